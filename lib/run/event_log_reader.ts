import {
  EVENT_TYPES,
  type EventBody,
  type EventFactory,
  type EventOf,
  NO_USAGE,
  type RunEvent,
  type Usage,
} from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { parseJsonObject } from "../util/json.ts";
import { TRUNCATION_MARK } from "../util/truncate.ts";

/** Reads a stream that `ccrun --json` wrote. */
export interface EventLogReader {
  /** Returns the events of a line, numbered anew; their times stay. */
  read(line: string): RunEvent[];
  /** How the run ended, once the stream has contained its `exit` event. */
  readonly ending: { error?: EventOf<"error">; exit: EventOf<"exit"> } | undefined;
}

/** Options for {@linkcode createEventLogReader}. */
export interface EventLogReaderOptions {
  /** Whether there was a `start` event already. @default {false} */
  readonly hasStarted?: boolean;
  /** Whether to keep the events that only `--partial` adds. @default {true} */
  readonly partial?: boolean | undefined;
}

/** Types of events that only `--partial` adds. */
const PARTIAL_TYPES: ReadonlySet<string> = new Set(["text_delta", "thinking_delta", "usage"]);

/** Types that messages of Claude Code have, too. */
const SHARED_TYPES: ReadonlySet<unknown> = new Set(["result", "tool_progress"]);

/**
 * Returns whether a line is an event of ccrun, or undefined if it is not a message at all. A filter may
 * have removed fields.
 */
export function isCcrunEvent(line: string): boolean | undefined {
  const event = parseJsonObject(line);
  if (event === undefined) return undefined;
  const type = event["type"];
  if (!EVENT_TYPES.some((name) => name === type)) return false;
  // No message of Claude Code has a number and a time.
  const isNumbered = Number.isInteger(event["seq"]) || Object.hasOwn(event, "time_ms");
  return isNumbered || !SHARED_TYPES.has(type) || typeof event["ok"] === "boolean";
}

/**
 * Creates a reader of what `ccrun --json` wrote. The stream may come from a later version, be truncated or
 * filtered, or contain several runs. The ending of the last run counts, and the usage of all is added up.
 */
export function createEventLogReader(
  createEvent: EventFactory,
  options: EventLogReaderOptions = {},
): EventLogReader {
  let { hasStarted = false } = options;
  const { partial = true } = options;
  let error: EventOf<"error"> | undefined;
  let exit: EventOf<"exit"> | undefined;
  /** What the runs before the current one used. */
  let earlier: EventOf<"exit"> | undefined;

  function renumber(event: RunEvent): RunEvent {
    const { seq: _, time_ms, ...body } = event;
    return { ...createEvent(body as EventBody), time_ms } as RunEvent;
  }

  function readStart(event: EventOf<"start">): RunEvent {
    const previous = exit;
    earlier = exit ?? earlier;
    error = exit = undefined;
    if (!hasStarted) {
      hasStarted = true;
      return renumber(event);
    }
    const ended = previous === undefined ? "" : `; the previous one ended with ${previous.reason}`;
    const text = `another run begins${ended}`;
    return createEvent({ type: "notice", level: "info", kind: "next_run", text });
  }

  function readKnown(event: RunEvent): RunEvent[] {
    if (!partial && PARTIAL_TYPES.has(event.type)) return [];
    switch (event.type) {
      case "start":
        return [readStart(event)];
      case "result":
        // It is the cost so far.
        return [renumber({ ...event, cost_usd: event.cost_usd + (earlier?.cost_usd ?? 0) })];
      case "error":
        error = event;
        return [];
      case "exit": {
        // The table decides the code, whatever the line contains.
        const code = EXIT_CODES[event.reason];
        exit = { ...addUsage(event, earlier), code, ok: event.reason === "success" };
        return [];
      }
    }
    return [renumber(event)];
  }

  return {
    read(line) {
      if (line === "") return [];
      const value = parseJsonObject(line);
      if (value === undefined) {
        const isTruncated = line.endsWith(TRUNCATION_MARK);
        const content = isTruncated ? line.slice(0, -TRUNCATION_MARK.length) : line;
        return [createEvent({ type: "raw", content, ...(isTruncated && { truncated: true }) })];
      }
      const event = readEvent(value);
      if (event === undefined) return [createEvent({ type: "unknown", event: value })];
      return readKnown(event);
    },
    get ending() {
      if (exit === undefined) return undefined;
      return error === undefined ? { exit } : { error, exit };
    },
  };
}

/** Adds what earlier runs used to an `exit` event. */
function addUsage(exit: EventOf<"exit">, earlier: EventOf<"exit"> | undefined): EventOf<"exit"> {
  if (earlier === undefined) return exit;
  const usage = { ...exit.usage };
  for (const key of Object.keys(NO_USAGE) as (keyof Usage)[]) usage[key] += earlier.usage[key];
  return {
    ...exit,
    turns: exit.turns + earlier.turns,
    cost_usd: exit.cost_usd + earlier.cost_usd,
    usage,
  };
}

/** The text fields that each type must have, so that everything that reads events can rely on them. */
const REQUIRED_TEXT: { readonly [T in RunEvent["type"]]?: readonly string[] } = {
  start: ["schema", "ccrun"],
  session_info: ["session_id"],
  text: ["text", "message_id"],
  thinking: ["text", "message_id"],
  text_delta: ["text", "message_id"],
  thinking_delta: ["text", "message_id"],
  user_text: ["text", "kind"],
  tool_use: ["id", "name"],
  tool_progress: ["tool_use_id", "name"],
  tool_result: ["tool_use_id", "name", "text"],
  task: ["task_id", "status"],
  retry: ["reason"],
  rate_limit: ["status"],
  usage: ["message_id"],
  permission_denied: ["tool_use_id", "name"],
  notice: ["level", "kind", "text"],
  result: ["subtype", "text"],
  raw: ["content"],
  exit: ["reason"],
};

/** Returns the event of a JSON object, or undefined if it lacks what readers of events rely on. */
function readEvent(value: { readonly [key: string]: unknown }): RunEvent | undefined {
  // A filter may have removed the number and the time.
  const event = { seq: 0, time_ms: null, ...value } as unknown as RunEvent;
  if (!EVENT_TYPES.includes(event.type)) return undefined;
  const hasText = REQUIRED_TEXT[event.type]?.every((name) => typeof value[name] === "string");
  return hasText !== false && hasStructure(event) ? event : undefined;
}

/** Returns whether the objects, lists and numbers of an event have their types. */
function hasStructure(event: RunEvent): boolean {
  switch (event.type) {
    case "tool_use":
      return isObject(event.input);
    case "unknown":
      return isObject(event.event);
    case "usage":
      return isUsage(event.usage);
    case "error":
      return isObject(event.error) && Object.hasOwn(EXIT_CODES, event.error.kind) &&
        typeof event.error.message === "string";
    case "result":
      return Number.isFinite(event.cost_usd) && Number.isFinite(event.turns) &&
        Array.isArray(event.denials) && Array.isArray(event.errors) && isUsage(event.usage);
    case "exit":
      return Object.hasOwn(EXIT_CODES, event.reason) && Number.isFinite(event.cost_usd) &&
        Number.isFinite(event.turns) && isUsage(event.usage);
  }
  return true;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isUsage(value: Usage): boolean {
  return isObject(value) &&
    (Object.keys(NO_USAGE) as (keyof Usage)[]).every((key) => Number.isFinite(value[key]));
}
