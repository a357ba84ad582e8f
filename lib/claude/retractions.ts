import type { EventBody } from "../events.ts";
import { BoundedMap } from "../util/bounded_map.ts";

/** How many lines are remembered. Only the last ones are retracted. */
const MAX_LINES = 100;

/** Finds the messages that Claude Code retracts, which it names by their ids or those of their lines. */
export class Retractions {
  /** The messages of the last lines, by the ids of the lines. */
  #messages = new BoundedMap<string, string>(MAX_LINES);
  #retracted = new Set<string>();

  /** Records a line of a message. */
  recordLine(lineId: string | undefined, messageId: string): void {
    this.#messages.set(lineId ?? messageId, messageId);
  }

  /** Returns the notice about messages that no longer count, unless they were retracted before. */
  retract(ids: readonly string[]): EventBody<"notice"> | undefined {
    if (ids.length === 0) return undefined;
    const known = new Set(this.#messages.values());
    const messages = ids.map((id) => this.#messages.get(id) ?? id);
    const retracted = new Set(messages).difference(this.#retracted).intersection(known);
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
