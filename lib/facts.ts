import { type EventOf, NO_USAGE, type RunEvent, type Usage } from "./events.ts";

/** A tool use that was refused, with what is needed to say what would allow it. */
export interface RefusedTool {
  /** The tool. */
  name: string;
  /** Its input, when its call was seen. */
  input?: { [key: string]: unknown };
}

/**
 * What the events of a run add up to: all that its outcome and its `exit` event
 * are made of.
 */
export class Facts {
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
  refused = new Map<string, RefusedTool>();
  /** How many messages of Claude Code's were seen. */
  messages = 0;
  /** The last lines that were no messages. */
  rawLines: string[] = [];
  #tools = new Map<string, RefusedTool>();

  /** Takes an event. */
  take(event: RunEvent): void {
    switch (event.type) {
      case "session_info":
        this.sessionId = event.session_id;
        this.cwd = event.cwd ?? this.cwd;
        break;
      case "tool_use":
        this.#tools.set(event.id, { name: event.name, input: event.input });
        break;
      case "tool_result":
        // A refusal shows as a failure before it is known to be one.
        if (!event.is_error) this.#tools.delete(event.tool_use_id);
        break;
      case "permission_denied":
        this.refused.set(
          event.tool_use_id,
          this.#tools.get(event.tool_use_id) ?? { name: event.name },
        );
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
        this.rawLines.push(event.content.slice(0, MAX_RAW_LENGTH));
        if (this.rawLines.length > MAX_RAW_LINES) this.rawLines.shift();
    }
    if (event.type === "text" || event.type === "tool_use" || event.type === "result") {
      this.openRetry = undefined;
    }
    if (event.type !== "raw" && event.type !== "start" && event.type !== "notice") this.messages++;
  }
}

/** How much of lines that are no messages is kept for an explanation. */
const MAX_RAW_LENGTH = 500;
const MAX_RAW_LINES = 5;
