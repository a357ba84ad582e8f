import type { EventBody } from "../events.ts";

/** The minimum number of lines that are remembered. Only the last ones are retracted. */
const MIN_LINES = 100;

/** A line of a message. */
interface Line {
  readonly id: string | undefined;
  readonly messageId: string;
}

/** Finds the messages that Claude Code retracts, which it names by their ids or those of their lines. */
export class Retractions {
  #lastLines: Line[] = [];
  #retracted = new Set<string>();

  /** Records a line of a message. */
  recordLine(line: Line): void {
    this.#lastLines.push(line);
    if (this.#lastLines.length > 2 * MIN_LINES) this.#lastLines.splice(0, MIN_LINES);
  }

  /** Returns the notice about messages that no longer count, unless they were retracted before. */
  retract(ids: readonly string[]): EventBody<"notice"> | undefined {
    if (ids.length === 0) return undefined;
    const named = this.#lastLines.filter(({ id, messageId }) =>
      id !== undefined && ids.includes(id) || ids.includes(messageId)
    );
    const messages = new Set(named.map(({ messageId }) => messageId));
    const retracted = messages.difference(this.#retracted);
    if (retracted.size === 0) return undefined;
    for (const id of retracted) this.#retracted.add(id);
    return {
      type: "notice",
      level: "info",
      kind: "retracted",
      text: "the model's last message was retracted",
      retracts: [...retracted],
    };
  }
}
