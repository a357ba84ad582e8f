/**
 * The events of a run: everything that ccrun says of what Claude Code does, in
 * one vocabulary that all output formats and the library share. This is the one
 * place that defines them; the types and the JSON Schema are both made from it.
 *
 * Within schema 1 types, fields and enum values are only added. Readers ignore
 * what they do not know.
 *
 * @module
 */

import {
  array,
  boolean,
  type Fields,
  type InferObject,
  integer,
  json,
  type JsonSchema,
  map,
  nullable,
  number,
  object,
  objectSchema,
  oneOf,
  optional,
  record,
  string,
} from "./json_schema.ts";
import { EXIT_REASONS, FAILURE_REASONS } from "./exit_codes.ts";

/** The name and version of the vocabulary, as `start` carries it. */
export const SCHEMA_ID = "ccrun.events/1";

const usageFields = {
  input: integer("Input tokens that were not read from the cache"),
  output: integer("Output tokens"),
  cache_read: integer("Input tokens read from the prompt cache"),
  cache_write: integer("Input tokens written to the prompt cache"),
};

/** Tokens used. */
export type Usage = InferObject<typeof usageFields>;

const modelUsageFields = {
  ...usageFields,
  cost_usd: number("Cost in US dollars"),
};

/** Tokens and cost of one model. */
export type ModelUsage = InferObject<typeof modelUsageFields>;

const denialFields = {
  tool_use_id: string("The refused tool use"),
  name: string("The tool's name"),
};

/** A tool use that was refused. */
export type Denial = InferObject<typeof denialFields>;

const textFields = {
  text: string("The text"),
  message_id: string("The message of the model that it is part of"),
  index: integer("Its place among the blocks of that message"),
};

function define<F extends Fields>(description: string, fields: F) {
  return { description, fields };
}

const DEFINITIONS = {
  start: define("First, exactly once: what is about to run.", {
    schema: oneOf([SCHEMA_ID], "The vocabulary that the events below follow"),
    ccrun: string("ccrun's version"),
    time: nullable(
      string("When the run started; null in a replay", "date-time"),
    ),
    claude: nullable(object({
      path: string("The executable"),
      version: optional(
        string("Its version, where it is known before it runs"),
      ),
    }, "Which claude; null in a replay, and where none was found")),
    cwd: nullable(string("The workspace; null in a replay")),
    resume: optional(string("The session that was asked to go on")),
  }),
  session_info: define(
    "The session is known, or more is known of it. Comes again when the id changes.",
    {
      session_id: string("What --resume takes"),
      model: optional(string("The model")),
      cwd: optional(string("The directory claude works in")),
      permission_mode: optional(string("The permission mode")),
      tools: optional(
        array(string("A tool's name"), "The tools that the model is offered"),
      ),
      mcp_servers: optional(array(
        object({
          name: string("The server's name"),
          status: string("connected, failed, ..."),
        }, "An MCP server"),
        "The MCP servers",
      )),
      claude_version: optional(string("Claude Code's version")),
    },
  ),
  text: define("A complete block of text by the model.", {
    ...textFields,
    synthetic: optional(
      boolean("Whether Claude Code itself wrote it: that the API failed, say"),
    ),
  }),
  thinking: define("A complete block of thinking by the model.", textFields),
  text_delta: define(
    "Text as it is generated (only with --partial; the complete block still follows).",
    textFields,
  ),
  thinking_delta: define(
    "Thinking as it is generated (only with --partial; the complete block still follows).",
    textFields,
  ),
  user_text: define("Text in the user's place that is not a tool's result.", {
    text: string("The text"),
    kind: oneOf(
      ["subagent", "synthetic", "replay", "other"],
      "The prompt of a sub-agent, a text that Claude Code made, a repeated message, or another",
    ),
  }),
  tool_use: define("The model calls a tool.", {
    id: string("The tool use's id"),
    name: string("The tool's name"),
    input: record("The tool's input"),
  }),
  tool_progress: define("A tool is still running.", {
    tool_use_id: string("The tool use"),
    name: string("The tool's name"),
    elapsed_ms: integer("How long it has been running, in milliseconds"),
  }),
  tool_result: define("A tool has ended.", {
    tool_use_id: string("The tool use"),
    name: string('The tool\'s name; "unknown" when its call was not seen'),
    is_error: boolean("Whether it failed"),
    text: string("Its output as text; what is not text is named in brackets"),
    content: optional(
      array(
        json("A content block"),
        "The blocks, when they are more than the text",
      ),
    ),
    duration_ms: nullable(
      integer(
        "Milliseconds from call to result; null in a replay, and when the call was not seen",
      ),
    ),
    interrupted: optional(
      boolean("Whether it was stopped, or not begun, because the run was interrupted"),
    ),
  }),
  task: define("A background task or a sub-agent changes its state.", {
    task_id: string("The task's id"),
    tool_use_id: optional(string("The tool use that started it")),
    status: oneOf(
      ["started", "progress", "completed", "failed", "stopped"],
      "Its state",
    ),
    description: optional(string("What it is to do")),
    summary: optional(string("What it did")),
    usage: optional(record("What it used, as Claude Code gives it")),
  }),
  retry: define("An API request failed and will be made again.", {
    attempt: integer("Which retry this is, from 1"),
    max_retries: integer("How many there will be at the most"),
    delay_ms: integer("How long until then, in milliseconds"),
    http_status: optional(integer("The HTTP status of the failure")),
    reason: string("overloaded, rate_limit, authentication_failed, ..."),
  }),
  rate_limit: define("What the API says of the rate limit.", {
    status: string("allowed, allowed_warning or rejected"),
    resets_at: optional(string("When the limit is lifted", "date-time")),
    kind: optional(string("Which limit: five_hour, seven_day, ...")),
    utilization: optional(number("How much of it is used, from 0 to 1")),
  }),
  usage: define(
    "Tokens of one message of the model, when it ends (only with --partial).",
    {
      message_id: string("The message"),
      usage: object(usageFields, "What it used"),
    },
  ),
  permission_denied: define("A tool use was refused (once a tool use).", {
    tool_use_id: string("The tool use"),
    name: string("The tool's name"),
    reason: optional(string("Why")),
  }),
  notice: define("Something else that is worth knowing.", {
    level: oneOf(["info", "warning", "error"], "How much it matters"),
    kind: string("compaction, hook, status, plugin, stderr, ..."),
    text: string("It in words"),
    data: optional(record("The message as Claude Code gave it")),
  }),
  result: define(
    "A result of Claude Code's. There may be several; the last is the answer.",
    {
      ok: boolean("Whether it is a success"),
      subtype: string("success, error_max_turns, error_during_execution, ..."),
      text: string("The final text"),
      structured_output: optional(
        json("The value that --json-schema asked for"),
      ),
      session_id: optional(string("The session")),
      turns: integer("Turns of this result"),
      duration_ms: integer("Time of this result in milliseconds"),
      api_duration_ms: integer("Time spent in the API so far in milliseconds"),
      cost_usd: number("Cost so far in US dollars"),
      usage: object(usageFields, "Tokens of this result"),
      models: optional(
        map(object(modelUsageFields, "One model"), "Tokens and cost by model"),
      ),
      denials: array(
        object(denialFields, "One refusal"),
        "The tool uses that were refused",
      ),
      errors: array(string("One error"), "What went wrong"),
      terminal_reason: optional(
        string("completed, max_turns, aborted_tools, ..."),
      ),
      http_status: optional(integer("The HTTP status of the API failure that ended it")),
      api_error: optional(string("That failure's name: overloaded, rate_limit, ...")),
    },
  ),
  raw: define("A line that is not a JSON object.", {
    content: string("The line"),
    truncated: optional(
      boolean("Whether it was longer than the bound and cut there"),
    ),
  }),
  unknown: define(
    "A message of a kind that this version does not know, whole.",
    {
      event: record("The message"),
    },
  ),
  error: define(
    "Why the exit code is not 0; exactly one then, just before `exit`.",
    {
      error: object({
        kind: oneOf(FAILURE_REASONS, "The exit's reason"),
        message: string("What happened, in one line"),
        hint: optional(string("What to do about it")),
      }, "The error"),
    },
  ),
  exit: define("Last, exactly once: how it ended.", {
    code: integer("ccrun's exit code"),
    reason: oneOf(EXIT_REASONS, "The code in a word"),
    ok: boolean("Whether the code is 0"),
    session_id: optional(string("What --resume takes")),
    signal: optional(string("The signal that ccrun got")),
    claude_exit_code: optional(
      integer("claude's own exit code; it is not the outcome"),
    ),
    claude_signal: optional(string("The signal that ended claude")),
    stderr: optional(
      string("The end of what claude wrote on stderr, when the run failed"),
    ),
    turns: integer("Turns of all results"),
    cost_usd: number("Cost in US dollars"),
    usage: object(usageFields, "Tokens of all results"),
    duration_ms: nullable(
      integer("Time of the whole run in milliseconds; null in a replay"),
    ),
  }),
};

const BASE_FIELDS = {
  seq: integer("0, 1, 2 ... without a gap"),
  time_ms: nullable(number("Milliseconds since the start; null in a replay")),
};

const SUBAGENT_FIELDS = {
  parent_tool_use_id: optional(
    string("The tool use whose sub-agent this is from"),
  ),
};

type Definitions = typeof DEFINITIONS;
type Simple<T> = { [K in keyof T]: T[K] };

/** The `type` of an event. */
export type EventType = keyof Definitions;

/** What an event says, before it has its number and time. */
export type EventBody<K extends EventType = EventType> = {
  [T in K]: Simple<
    & { type: T }
    & InferObject<Definitions[T]["fields"]>
    & InferObject<typeof SUBAGENT_FIELDS>
  >;
}[K];

/** An event of one type, as it is emitted. */
export type EventOf<K extends EventType> = {
  [T in K]: Simple<
    & { type: T }
    & InferObject<typeof BASE_FIELDS>
    & InferObject<Definitions[T]["fields"]>
    & InferObject<typeof SUBAGENT_FIELDS>
  >;
}[K];

/** Any event. */
export type RunEvent = EventOf<EventType>;

/** All types of events, in the order of their definition. */
export const EVENT_TYPES = Object.keys(DEFINITIONS) as readonly EventType[];

/** The usage of nothing. */
export const NO_USAGE: Usage = {
  input: 0,
  output: 0,
  cache_read: 0,
  cache_write: 0,
};

/** Numbers events and gives them their time. */
export interface EventFactory {
  /** Turns a body into an event. Each call takes the next number. */
  <K extends EventType>(body: EventBody<K>): EventOf<K>;
}

/**
 * Makes the stamp of one run.
 *
 * @param clock gives the milliseconds since the start, or null in a replay
 *
 * @example
 * ```ts
 * import { createEventFactory } from "./events.ts";
 *
 * const stamp = createEventFactory(() => null);
 * const event = stamp({ type: "raw", content: "hello" });
 * console.log(event.seq, event.time_ms); // 0 null
 * ```
 */
export function createEventFactory(clock: () => number | null): EventFactory {
  let seq = 0;
  return <K extends EventType>(body: EventBody<K>): EventOf<K> => {
    // The type first, for who reads a line; spread over it, it keeps its place.
    const fields: object = body;
    return {
      type: body.type,
      seq: seq++,
      time_ms: clock(),
      ...fields,
    } as unknown as EventOf<K>;
  };
}

/** The JSON Schema of the events of one type. */
export function eventSchemaOf(type: EventType): JsonSchema {
  const { description, fields } = DEFINITIONS[type];
  const schema = objectSchema({ ...BASE_FIELDS, ...fields, ...SUBAGENT_FIELDS });
  return {
    ...schema,
    properties: { type: { const: type }, ...(schema["properties"] as JsonSchema) },
    required: ["type", ...(schema["required"] as string[])],
    description,
  };
}

/** The JSON Schema (2020-12) of one event, which is what `ccrun schema` prints. */
export function eventSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: SCHEMA_ID,
    title: "An event of ccrun --json",
    description: "One line of `ccrun --json`. Readers ignore types and fields they do not know.",
    oneOf: EVENT_TYPES.map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: Object.fromEntries(EVENT_TYPES.map((type) => [type, eventSchemaOf(type)])),
  };
}
