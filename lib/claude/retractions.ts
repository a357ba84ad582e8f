/** How many lines are remembered. Only the last ones are retracted. */
const MAX_LINES = 100;

/** Finds the messages that Claude Code retracts, which it names by their ids or those of their lines. */
export class Retractions {
  /** The messages of the last lines, by the ids of the lines. */
  #messages = new Map<string, string>();
  #retracted = new Set<string>();

  /** Records a line of a message. */
  recordLine(lineId: string | undefined, messageId: string): void {
    this.#messages.set(lineId ?? messageId, messageId);
    if (this.#messages.size <= MAX_LINES) return;
    const [oldest] = this.#messages.keys();
    if (oldest !== undefined) this.#messages.delete(oldest);
  }

  /** Returns the messages that no longer count, without those that were retracted before. */
  retract(ids: readonly string[]): string[] {
    const known = new Set(this.#messages.values());
    const messages = ids.map((id) => this.#messages.get(id) ?? id);
    const retracted = new Set(messages).difference(this.#retracted).intersection(known);
    for (const id of retracted) this.#retracted.add(id);
    return [...retracted];
  }
}
