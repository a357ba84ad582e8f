/**
 * The JSON Schema of the events, which `ccrun schema` prints.
 *
 * The compiler checks it against the interfaces in events.ts: a missing or additional field, a
 * wrong type, and a wrong `optional()` are errors.
 *
 * @module
 */

import {
  EXIT_REASONS,
  type ExitReason,
  FAILURE_REASONS,
  type FailureReason,
} from "./exit_codes.ts";
import type { Failure } from "./errors.ts";
import {
  type ClaudeProgram,
  type Denial,
  DENIAL_CAUSES,
  type DenialCause,
  EVENT_TYPES,
  type EventBase,
  type EventOf,
  type EventType,
  type McpServer,
  type ModelUsage,
  SCHEMA_ID,
  type Usage,
  type WorkspaceSettings,
} from "./events.ts";
import {
  array,
  boolean,
  constant,
  type Fields,
  type FieldsOf,
  integer,
  json,
  type JsonSchema,
  map,
  nullable,
  number,
  object,
  objectJson,
  oneOf,
  optional,
  record,
  string,
} from "./util/typed_schema.ts";

/** The fields of an event that {@linkcode BASE} does not contain, and what the event is for. */
interface Definition<K extends EventType> {
  readonly description: string;
  readonly fields: FieldsOf<Omit<EventOf<K>, "type" | keyof EventBase>>;
}

const BASE: FieldsOf<Pick<EventBase, "seq" | "time_ms">> = {
  seq: integer("The number of the event in its run: 0, 1, 2, without a gap"),
  time_ms: nullable(
    number("Milliseconds since the start of the run; null if a replayed message states no time"),
  ),
};

const PARENT: FieldsOf<Pick<EventBase, "parent_tool_use_id">> = {
  parent_tool_use_id: optional(string("The tool call whose subagent the event belongs to")),
};

const USAGE: FieldsOf<Usage> = {
  input: integer("Input tokens that were not read from the cache"),
  output: integer("Output tokens"),
  cache_read: integer("Input tokens read from the prompt cache"),
  cache_write: integer("Input tokens written to the prompt cache"),
};

const MODELS = map(
  object<ModelUsage>({
    ...USAGE,
    cost_usd: nullable(number("Cost in US dollars; null if it is not known")),
  }, "One model"),
  "Tokens and cost by model",
);

const BLOCK: Definition<"thinking">["fields"] = {
  text: string("The text"),
  message_id: string("The model's message that the block belongs to"),
  index: integer("The position of the block in its message, from 0"),
};

/** What the events contain, by their types. */
export const EVENT_DEFINITIONS: { readonly [K in EventType]: Definition<K> } = {
  start: {
    description: "The first event, emitted once, before claude is started.",
    fields: {
      schema: oneOf<typeof SCHEMA_ID>([SCHEMA_ID], "The vocabulary that the events follow"),
      ccrun: string("The version of ccrun"),
      time: nullable(
        string(
          "When the run or the stored session started; null when replaying claude's stream",
          "date-time",
        ),
      ),
      claude: nullable(object<ClaudeProgram>({
        path: string("The path of the executable"),
        version: optional(string("Its version, if it is known before the program runs")),
      }, "The claude that runs; null when replaying claude's stream, and if none was found")),
      cwd: nullable(string("The working directory; null when replaying claude's stream")),
      resume: optional(string("The session that is resumed")),
    },
  },
  session_info: {
    description: "The session is known, more is known about it, or its id changed.",
    fields: {
      session_id: optional(string("The session id, which --resume accepts")),
      model: optional(string("The model")),
      cwd: optional(string("The directory that claude works in")),
      permission_mode: optional(string("The permission mode")),
      tools: optional(array(string("A tool's name"), "The tools that the model can call")),
      mcp_servers: optional(array(
        object<McpServer>({
          name: string("The server's name"),
          status: string("connected, failed, and so on"),
        }, "An MCP server"),
        "The MCP servers",
      )),
      claude_version: optional(string("The version of Claude Code")),
    },
  },
  text: {
    description: "The model has completed a block of text.",
    fields: {
      ...BLOCK,
      synthetic: optional(
        boolean("Whether Claude Code wrote the text itself, for example because the API failed"),
      ),
      continues: optional(
        boolean("Whether the text continues the previous text, which was cut off"),
      ),
    },
  },
  thinking: { description: "The model has completed a block of thinking.", fields: BLOCK },
  text_delta: {
    description: "A part of a text, with --partial. The text event follows.",
    fields: BLOCK,
  },
  thinking_delta: {
    description: "A part of the thinking, with --partial. The thinking event follows.",
    fields: BLOCK,
  },
  user_text: {
    description: "A user message that is not the result of a tool.",
    fields: {
      text: string("The text"),
      kind: oneOf<EventOf<"user_text">["kind"]>(
        [
          "prompt",
          "subagent",
          "synthetic",
          "compaction",
          "interruption",
          "continuation",
          "replay",
          "other",
        ],
        "The user's prompt (only in a stored session), the prompt of a subagent, a text that Claude " +
          "Code wrote, the summary of a compacted conversation, the note of an interruption, the " +
          "request to continue a message that was cut off, a repeated message, or another",
      ),
    },
  },
  tool_use: {
    description: "The model calls a tool.",
    fields: {
      id: string("The id of the tool call"),
      name: string("The tool's name"),
      input: record("The tool's input"),
    },
  },
  tool_progress: {
    description: "A tool is still running.",
    fields: {
      tool_use_id: string("The id of the tool call"),
      name: string("The tool's name"),
      elapsed_ms: integer("How long the tool has been running, in milliseconds"),
    },
  },
  tool_result: {
    description: "A tool has ended.",
    fields: {
      tool_use_id: string("The id of the tool call"),
      name: string('The tool\'s name; "unknown" if ccrun did not see the call'),
      is_error: boolean("Whether the tool failed"),
      text: string("The output as text. Other content is named in brackets"),
      content: optional(
        array(json("A content block"), "The content blocks, if they contain more than the text"),
      ),
      diff: optional(
        string("The change of an existing file, as a unified diff without the names of the file"),
      ),
      duration_ms: nullable(integer(
        "Milliseconds from the call to the result; null if a replayed message states no time, and if ccrun " +
          "did not see the call",
      )),
      interrupted: optional(
        boolean("Whether an interrupt stopped the tool or kept it from starting"),
      ),
    },
  },
  task: {
    description: "A background task or a subagent changes its state.",
    fields: {
      task_id: string("The id of the task"),
      tool_use_id: optional(string("The tool call that started the task")),
      status: oneOf<EventOf<"task">["status"]>(
        ["started", "progress", "completed", "failed", "stopped"],
        "The state",
      ),
      description: optional(string("What the task should do")),
      summary: optional(string("What the task did")),
      usage: optional(record("The resources that the task used, as Claude Code reports them")),
      ambient: optional(boolean("Whether the session does not wait for the task")),
    },
  },
  retry: {
    description: "An API request failed and Claude Code is about to send it again.",
    fields: {
      attempt: integer("The number of this retry, from 1"),
      max_retries: integer("The maximum number of retries"),
      delay_ms: integer("The time until the retry, in milliseconds"),
      http_status: optional(integer("The HTTP status of the failure")),
      reason: string("overloaded, rate_limit, authentication_failed, and so on"),
      address: optional(string("The address whose connection failed: scheme, host and port")),
      proxy: optional(string("The address of the proxy through which the request was sent")),
    },
  },
  rate_limit: {
    description: "The API reports the state of a rate limit.",
    fields: {
      status: string("allowed, allowed_warning or rejected"),
      resets_at: optional(string("When the limit is reset", "date-time")),
      kind: optional(string("Which limit it is: five_hour, seven_day, and so on")),
      utilization: optional(number("The used share of the limit, from 0 to 1")),
    },
  },
  waiting: {
    description: "The run waits before it resumes the session. Repeated every half hour.",
    fields: {
      reason: oneOf(["quota", "api"], "Why the attempt before has ended"),
      message: string("That failure in words"),
      until: string("When the run continues", "date-time"),
      resets_at: optional(string("When the usage limit is reset, if that is known", "date-time")),
      attempt: optional(integer("The next attempt after a failure of the API, from 2")),
      max_attempts: optional(integer("How many attempts there can be")),
    },
  },
  usage: {
    description: "The tokens of a message of the model. A later one of the message replaces it.",
    fields: {
      message_id: string("The id of the message"),
      model: optional(string("The model that wrote the message")),
      usage: object(USAGE, "The tokens of the message"),
    },
  },
  permission_denied: {
    description: "A tool call is denied. Emitted once for each call.",
    fields: {
      tool_use_id: string("The id of the tool call"),
      name: string("The tool's name"),
      reason: optional(string("Why the call was denied")),
      cause: optional(oneOf<DenialCause>(DENIAL_CAUSES, "What denied the call")),
    },
  },
  notice: {
    description: "Something worth knowing that has no event of its own.",
    fields: {
      level: oneOf<EventOf<"notice">["level"]>(
        ["info", "warning", "error"],
        "How important the notice is",
      ),
      kind: string("compaction, hook, status, plugin, stderr, and so on"),
      text: string("The notice in words"),
      retracts: optional(
        array(string("The id of a message"), "The ids of messages that no longer count"),
      ),
      url: optional(string("The page of a published change, for example of a pull request")),
      workspace_settings: optional(array(
        object<WorkspaceSettings>({
          file: string("The file"),
          names: array(string("A name such as hooks or env.PATH"), "The names of settings"),
          omitted: optional(integer("How many more names there are")),
        }, "What a file sets"),
        "What an untrusted workspace sets",
      )),
      data: optional(record("The message or the block of Claude Code, unchanged")),
    },
  },
  result: {
    description:
      "The result of a turn. Background tasks start further turns. exit has the sums of the numbers.",
    fields: {
      ok: boolean("Whether the result is a success"),
      subtype: string("success, error_max_turns, error_during_execution, and so on"),
      text: string("The result in the words of Claude Code, often only the last block of text"),
      answer: optional(
        string("What claude said when it had finished working, in all turns so far"),
      ),
      structured_output: optional(
        json("The value that --json-schema asked for, from this turn or an earlier one"),
      ),
      session_id: optional(string("The session id")),
      origin: optional(string("What started the turn, if it was not the prompt")),
      turns: nullable(integer("The number of requests to the model; null if it is not known")),
      duration_ms: nullable(integer("The time this result took, in milliseconds")),
      api_duration_ms: nullable(integer("The time spent in the API so far, in milliseconds")),
      cost_usd: nullable(number("The cost in US dollars")),
      usage: nullable(object(USAGE, "The tokens, with those of subagents")),
      models: optional(MODELS),
      denials: array(
        object<Denial>({
          tool_use_id: string("The id of the denied tool call"),
          name: string("The tool's name"),
        }, "A denied tool call"),
        "The tool calls that were denied",
      ),
      errors: array(string("An error"), "The errors that Claude Code reports"),
      stop_reason: optional(string("Why the model stopped: end_turn, tool_use, and so on")),
      terminal_reason: optional(
        string("Why the turn ended: completed, max_turns, aborted_tools, and so on"),
      ),
      deferred_tool_use: optional(record("The tool call that a hook deferred")),
      http_status: optional(integer("The HTTP status of the API failure that ended the run")),
      truncated: optional(
        boolean(
          "Whether claude's output ends in the middle of the result, so that fields are missing",
        ),
      ),
      api_error: optional(
        string("The name of that API failure: overloaded, rate_limit, and so on"),
      ),
    },
  },
  raw: {
    description: "A line that is not a JSON object.",
    fields: {
      content: string("The line"),
      truncated: optional(boolean("Whether the line was longer than the limit and is truncated")),
    },
  },
  unknown: {
    description: "A message that this version of ccrun does not know.",
    fields: { event: record("The complete message") },
  },
  error: {
    description: "The failure, emitted once, just before exit, when the exit code is not 0.",
    fields: {
      error: object<Failure>({
        kind: oneOf<FailureReason>(FAILURE_REASONS, "The name of the exit code"),
        message: string("What happened, in one line"),
        hint: optional(string("What to do about it")),
        resets_at: optional(string("When the usage limit is reset", "date-time")),
      }, "The failure"),
    },
  },
  exit: {
    description: "The last event, emitted once: how the run ended.",
    fields: {
      code: integer("The exit code of ccrun"),
      reason: nullable(
        oneOf<ExitReason>(
          EXIT_REASONS,
          "The name of the exit code; null if a stored session does not tell how it ended",
        ),
      ),
      ok: nullable(
        boolean(
          "Whether the run succeeded; null if a stored session does not tell. The code is 0 then",
        ),
      ),
      session_id: optional(string("The session id, which --resume accepts")),
      resume: optional(
        string("The command that resumes the session, without a prompt, if the session is stored"),
      ),
      signal: optional(string("The signal that ccrun received")),
      claude_exit_code: optional(
        integer("The exit code of claude itself, which does not decide the outcome"),
      ),
      claude_signal: optional(string("The signal that terminated claude")),
      stderr: optional(string("The end of the stderr of claude, if the run failed")),
      resets_at: optional(
        string("When the usage limit that ended the run is reset", "date-time"),
      ),
      turns: nullable(integer("The number of requests to the model; null if it is not known")),
      cost_usd: nullable(number("The cost of this run in US dollars; null if it is not known")),
      usage: nullable(
        object(USAGE, "The tokens of this run, with those of subagents; null if not known"),
      ),
      models: optional(MODELS),
      duration_ms: nullable(
        integer(
          "The time of the run, or of the turns of a stored session, in milliseconds; null when " +
            "replaying claude's stream",
        ),
      ),
    },
  },
};

/**
 * Returns the JSON Schema (2020-12) of one event.
 *
 * @example
 * ```ts
 * import { eventSchema } from "./json_schema.ts";
 *
 * console.log(JSON.stringify(eventSchema(), null, 2));
 * ```
 */
export function eventSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: SCHEMA_ID,
    title: "An event of ccrun --json",
    description: "One line of `ccrun --json`. Readers ignore types and fields they do not know.",
    oneOf: EVENT_TYPES.map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: Object.fromEntries(EVENT_TYPES.map((type) => [type, eventDefinition(type)])),
  };
}

/**
 * Returns the JSON Schema of the events of one type.
 *
 * @param added Describes what the events have in addition, for example because they are not of one run.
 */
export function eventDefinition(type: EventType, added: Fields = {}): JsonSchema {
  const { description, fields } = EVENT_DEFINITIONS[type];
  const all = { type: constant(type), ...BASE, ...fields, ...PARENT, ...added };
  return { ...objectJson(all), description };
}
