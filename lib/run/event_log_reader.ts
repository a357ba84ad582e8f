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
import type { Line } from "../stream/line_splitter.ts";

/** Reads a stream of ccrun's own events. */
export interface EventLogReader {
  /** The events of a line, numbered anew; their times are as they were. */
  read(line: Line): RunEvent[];
  /** How the run ended, as the stream has told by now; undefined when it has not. */
  readonly ending: { error?: EventOf<"error">; exit: EventOf<"exit"> } | undefined;
}

/** Types of events that there are only with `--partial`. */
const PARTIAL_TYPES: ReadonlySet<string> = new Set(["text_delta", "thinking_delta", "usage"]);

/** Types that messages of Claude Code's have, too. */
const SHARED_TYPES: ReadonlySet<unknown> = new Set(["result", "tool_progress"]);

/**
 * What a line tells of the stream that it is in: whether that has ccrun's own events; undefined
 * where the line is no message at all. Somebody may have taken fields out.
 */
export function isCcrunEvent(line: string): boolean | undefined {
  const event = parse(line);
  if (event === undefined) return undefined;
  const type = event["type"];
  if (!EVENT_TYPES.some((name) => name === type)) return false;
  // No message of Claude Code's has a number and a time.
  const isNumbered = Number.isInteger(event["seq"]) || Object.hasOwn(event, "time_ms");
  return isNumbered || !SHARED_TYPES.has(type) || typeof event["ok"] === "boolean";
}

/**
 * Makes a reader of what `ccrun --json` wrote. It may be of a later version, cut off, filtered, or
 * have several runs one after the other: of these the last one's ending
 * counts, and what they took is added up.
 *
 * @param stamp numbers the events
 * @param options.hasStarted whether there was a `start` before it. @default {false}
 * @param options.partial whether what `--partial` adds is wanted. @default {true}
 */
export function createEventLogReader(
  stamp: EventFactory,
  options: { hasStarted?: boolean; partial?: boolean | undefined } = {},
): EventLogReader {
  let { hasStarted = false } = options;
  const { partial = true } = options;
  let error: EventOf<"error"> | undefined;
  let exit: EventOf<"exit"> | undefined;
  /** What the runs before this one came to. */
  let total: EventOf<"exit"> | undefined;

  /** Gives an event its number; its time stays. */
  const renumbered = (event: RunEvent): RunEvent => {
    const { seq: _, time_ms, ...body } = event;
    return { ...stamp(body as EventBody), time_ms } as RunEvent;
  };
  const take = (event: RunEvent): RunEvent[] => {
    if (!partial && PARTIAL_TYPES.has(event.type)) return [];
    switch (event.type) {
      case "start": {
        const before = exit;
        total = exit ?? total;
        error = exit = undefined;
        if (!hasStarted) {
          hasStarted = true;
          return [renumbered(event)];
        }
        const ended = before === undefined ? "" : `; the one before it ended with ${before.reason}`;
        const text = `another run begins${ended}`;
        return [stamp({ type: "notice", level: "info", kind: "next_run", text })];
      }
      case "result":
        // It is the cost so far.
        return [renumbered({ ...event, cost_usd: event.cost_usd + (total?.cost_usd ?? 0) })];
      case "error":
        error = event;
        return [];
      case "exit":
        // The code is the table's, whatever the line says.
        exit = {
          ...withEarlier(event, total),
          code: EXIT_CODES[event.reason],
          ok: event.reason === "success",
        };
        return [];
    }
    return [renumbered(event)];
  };
  return {
    read({ text, truncated }) {
      const value = truncated ? undefined : parse(text);
      if (value === undefined) {
        const cut = truncated ? { truncated: true } : {};
        return [stamp({ type: "raw", content: text, ...cut })];
      }
      const event = readEvent(value);
      return event === undefined ? [stamp({ type: "unknown", event: value })] : take(event);
    },
    get ending() {
      if (exit === undefined) return undefined;
      return error === undefined ? { exit } : { error, exit };
    },
  };
}

/** Adds up what several runs took. */
function withEarlier(exit: EventOf<"exit">, earlier: EventOf<"exit"> | undefined): EventOf<"exit"> {
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

function parse(line: string): { [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as { [key: string]: unknown } : undefined;
  } catch {
    return undefined;
  }
}

/** Reads an event. The number and the time may have been removed. */
function readEvent(value: { [key: string]: unknown }): RunEvent | undefined {
  const event = { seq: 0, time_ms: null, ...value } as unknown as RunEvent;
  return EVENT_TYPES.includes(event.type) && hasTotals(event) ? event : undefined;
}

/** Returns whether an event has the fields that the reader adds up or decides the outcome by. */
function hasTotals(event: RunEvent): boolean {
  switch (event.type) {
    case "result":
      return Number.isFinite(event.cost_usd) && isUsage(event.usage);
    case "exit":
      return Object.hasOwn(EXIT_CODES, event.reason) && Number.isFinite(event.cost_usd) &&
        Number.isFinite(event.turns) && isUsage(event.usage);
    case "error":
      return typeof event.error === "object" && event.error !== null;
  }
  return true;
}

function isUsage(value: unknown): value is Usage {
  return typeof value === "object" && value !== null;
}
