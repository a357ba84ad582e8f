import { type EventOf, NO_USAGE, type RunEvent, type Usage } from "../events.ts";

/** A tool use that was refused, with what is needed to say what would allow it. */
export interface DeniedTool {
  /** The tool. */
  name: string;
  /** Its input, when its call was seen. */
  input?: { [key: string]: unknown };
  /** How its result begins, when that came first. */
  said?: string;
}

/**
 * What the events of a run add up to: all that its outcome and its `exit` event
 * are made of.
 */
export class RunState {
  /** The session, once it is known. */
  sessionId: string | undefined;
  /** The directory claude works in, once it is known. */
  cwd: string | undefined;
  /** The last result. */
  result: EventOf<"result"> | undefined;
  /** A retry of which nothing came yet. */
  openRetry: EventOf<"retry"> | undefined;
  /** Turns of all results. */
  turns = 0;
  /** Tokens of all results. */
  usage: Usage = { ...NO_USAGE };
  /** What was refused, by tool use. */
  denied = new Map<string, DeniedTool>();
  /** How many messages of Claude Code's were seen. */
  messages = 0;
  /** The last lines that were no messages. */
  rawLines: string[] = [];
  #tools = new Map<string, DeniedTool>();

  /** Takes an event. */
  record(event: RunEvent): void {
    switch (event.type) {
      case "session_info":
        this.sessionId = event.session_id;
        this.cwd = event.cwd ?? this.cwd;
        break;
      case "tool_use":
        this.#tools.set(event.id, { name: event.name, input: tellingInput(event.input) });
        break;
      case "tool_result": {
        const tool = this.#tools.get(event.tool_use_id);
        // A refusal shows as a failure before it is known to be one.
        if (!event.is_error) this.#tools.delete(event.tool_use_id);
        else if (tool !== undefined) tool.said = beginningOf(event.text);
        break;
      }
      case "permission_denied":
        this.denied.set(event.tool_use_id, {
          ...this.#tools.get(event.tool_use_id) ?? { name: event.name },
          // Its result may come only now, and says the same.
          ...(event.reason === undefined ? {} : { said: beginningOf(event.reason) }),
        });
        this.#tools.delete(event.tool_use_id);
        break;
      case "retry":
        this.openRetry = event;
        break;
      case "result":
        this.result = event;
        this.turns += event.turns;
        for (const key of Object.keys(this.usage) as (keyof Usage)[]) {
          this.usage[key] += event.usage[key];
        }
        break;
      case "raw":
        this.rawLines.push(beginningOf(event.content));
        if (this.rawLines.length > MAX_RAW_LINES) this.rawLines.shift();
    }
    if (event.type === "text" || event.type === "tool_use" || event.type === "result") {
      this.openRetry = undefined;
    }
    if (event.type !== "raw" && event.type !== "start" && event.type !== "notice") this.messages++;
  }
}

/** The fields of an input that say what was to be allowed: a file's content is not among them. */
const TELLING_FIELDS = ["command", "url", "file_path", "notebook_path", "path"] as const;

function tellingInput(input: { [key: string]: unknown }): { [key: string]: unknown } {
  const told: { [key: string]: unknown } = {};
  for (const field of TELLING_FIELDS) {
    const value = input[field];
    if (typeof value === "string") told[field] = beginningOf(value, MAX_INPUT_LENGTH);
  }
  return told;
}

/** A copy of a text's beginning: a slice would keep all of it in memory. */
function beginningOf(text: string, length = MAX_RAW_LENGTH): string {
  if (text.length <= length) return text;
  return new TextDecoder().decode(new TextEncoder().encode(text.slice(0, length)));
}

/** As long as a path or a command is that somebody allows by name. */
const MAX_INPUT_LENGTH = 4096;

/** How much is kept for an explanation of lines that are no messages, and of what a tool said. */
const MAX_RAW_LENGTH = 500;
const MAX_RAW_LINES = 5;
