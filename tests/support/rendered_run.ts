import {
  createEventFactory,
  type EventBody,
  type EventOf,
  type EventType,
  NO_USAGE,
  type RunEvent,
} from "../../lib/events.ts";
import {
  createProgressRenderer,
  type ProgressOptions,
  type ProgressRenderer,
} from "../../lib/render/pretty/progress.ts";
import { createTerminal } from "../../lib/terminal/terminal.ts";
import { makeKeptSink } from "./kept_writer.ts";
import { makeScreen } from "./screen.ts";

/** Options of {@linkcode makeRun}. */
export interface RunOptions extends Partial<ProgressOptions> {
  /** The width of the terminal; undefined if there is none. */
  columns?: number | (() => number);
  color?: boolean;
  /** Whether rows can be repainted. */
  live?: boolean;
}

/** A run whose events and time a test controls. */
export interface Run {
  readonly progress: ProgressRenderer;
  /** Passes an event to the renderer. */
  give(body: EventBody): void;
  /** Passes a complete event to the renderer. */
  event(event: RunEvent): void;
  /** Lets time pass, with the repaints of that time. */
  pass(ms: number): void;
  /** Whether the repaint timer runs. */
  readonly ticking: boolean;
  /** Returns everything that was written. */
  text(): string;
  readonly writes: string[];
  /** Returns the lines on the screen. */
  lines(): string[];
}

/** Creates a {@linkcode Run}. */
export function makeRun(options: RunOptions = {}): Run {
  const { columns, color = false, live = false } = options;
  const width = typeof columns === "function" ? columns : () => columns;
  const sink = makeKeptSink();
  const terminal = createTerminal({
    isTerminal: columns !== undefined,
    columns: width,
    color,
    isLog: options.ci !== undefined,
    term: live ? "xterm" : "dumb",
  });
  let now = 1_000;
  let tick: (() => void) | undefined;
  let every = 0;
  const progress = createProgressRenderer(sink, terminal, {
    isAnswerElsewhere: false,
    clock: () => now,
    repeat(callback, ms) {
      tick = callback;
      every = ms;
      return () => tick = undefined;
    },
    ...options,
  });
  const stamp = createEventFactory(() => now);
  return {
    progress,
    give: (body) => progress.event(stamp<EventType>(body)),
    event: (event) => progress.event(event),
    pass(ms) {
      const until = now + ms;
      while (tick !== undefined && now + every <= until) {
        now += every;
        tick();
      }
      now = until;
    },
    get ticking() {
      return tick !== undefined;
    },
    text: sink.text,
    writes: sink.writes,
    lines() {
      if (columns === undefined) return sink.text().split("\n").slice(0, -1);
      const screen = makeScreen(width() ?? 80);
      screen.write(sink.text());
      return screen.lines();
    },
  };
}

/** A run whose session has started. */
export interface StartedRun extends Run {
  /** Returns the lines below the header and the blank line after it. */
  shown(): string[];
}

/** Creates a run at a terminal with 60 columns, and passes {@linkcode START} and {@linkcode SESSION}. */
export function startRun(options: RunOptions = {}): StartedRun {
  const run = makeRun({ columns: 60, home: "/home/ada", ...options });
  run.give(START);
  run.give(SESSION);
  const header = run.lines().length;
  return Object.assign(run, { shown: () => run.lines().slice(header + 1) });
}

/** Returns what is shown of events below the header. */
export function show(events: readonly EventBody[], options: RunOptions = {}): string[] {
  const run = startRun(options);
  for (const event of events) run.give(event);
  // The last row of a text is printed when something follows.
  run.give(answer(""));
  return run.shown();
}

/** The first event of a run. */
export const START: EventBody<"start"> = {
  type: "start",
  schema: "ccrun.events/1",
  ccrun: "0.0.0",
  time: "2026-01-01T00:00:00Z",
  claude: { path: "/usr/bin/claude" },
  cwd: "/home/ada/project",
};

/** The session of a run. */
export const SESSION: EventBody<"session_info"> = {
  type: "session_info",
  session_id: "0c949d68-6fd3-4732-ba68-7a0099347d44",
  model: "claude-opus-4-8[1m]",
  cwd: "/home/ada/project",
};

/** Returns a complete text. */
export function text(text: string, more: Partial<EventOf<"text">> = {}): EventBody<"text"> {
  return { type: "text", text, message_id: "msg_1", index: 0, ...more };
}

/** Returns a piece of text. */
export function delta(
  text: string,
  more: Partial<EventOf<"text_delta">> = {},
): EventBody<"text_delta"> {
  return { type: "text_delta", text, message_id: "msg_1", index: 0, ...more };
}

/** Returns complete thinking. */
export function thinking(
  text: string,
  more: Partial<EventOf<"thinking">> = {},
): EventBody<"thinking"> {
  return { type: "thinking", text, message_id: "msg_0", index: 0, ...more };
}

/** Returns a tool call. */
export function use(
  id: string,
  name: string,
  input: { [key: string]: unknown },
  parent?: string,
): EventBody<"tool_use"> {
  return { type: "tool_use", id, name, input, ...parentOf(parent) };
}

/** Returns the result of a tool. */
export function result(
  id: string,
  text: string,
  more: Partial<EventOf<"tool_result">> = {},
): EventBody<"tool_result"> {
  return {
    type: "tool_result",
    tool_use_id: id,
    name: "Bash",
    is_error: false,
    text,
    duration_ms: 100,
    ...more,
  };
}

/** Returns the field that makes an event one of a subagent. */
export function parentOf(parent: string | undefined): { parent_tool_use_id?: string } {
  return parent === undefined ? {} : { parent_tool_use_id: parent };
}

/** Returns a result of the run. */
export function answer(
  text: string,
  more: Partial<EventOf<"result">> = {},
): EventBody<"result"> {
  return {
    type: "result",
    ok: true,
    subtype: "success",
    text,
    turns: 3,
    duration_ms: 3_000,
    api_duration_ms: 2_000,
    cost_usd: 0.005,
    usage: NO_USAGE,
    denials: [],
    errors: [],
    ...more,
  };
}

/** Returns the end of a run. */
export function exit(more: Partial<EventOf<"exit">> = {}): EventBody<"exit"> {
  return {
    type: "exit",
    code: 0,
    reason: "success",
    ok: true,
    turns: 3,
    cost_usd: 0.005,
    usage: { input: 1_200, output: 126, cache_read: 44_000, cache_write: 0 },
    duration_ms: 125_000,
    ...more,
  };
}

/** Returns the end of a run that failed. */
export function failedExit(more: Partial<EventOf<"exit">> = {}): EventBody<"exit"> {
  return exit({ ok: false, code: 4, reason: "api", ...more });
}
