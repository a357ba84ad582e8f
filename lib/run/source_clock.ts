import { isTime } from "../util/plausible.ts";

/** Tells the times that the messages of a recording state. */
export class SourceClock {
  #startMs: number | undefined;
  #startTime: string | undefined;
  #lastMs = 0;
  #timeMs: number | null = null;

  /** Reads the time of a message. A time before that of an earlier message counts as the same. */
  read(timestamp: unknown): void {
    this.#timeMs = null;
    if (!isTime(timestamp)) return;
    const ms = Date.parse(timestamp);
    this.#startTime ??= timestamp;
    this.#startMs ??= ms;
    this.#lastMs = Math.max(this.#lastMs, ms - this.#startMs);
    this.#timeMs = this.#lastMs;
  }

  /** Returns to the time of the last message that states one. */
  stop(): void {
    this.#timeMs = this.#startMs === undefined ? null : this.#lastMs;
  }

  /** The time of the current message in milliseconds since the first one; null if it states none. */
  get timeMs(): number | null {
    return this.#timeMs;
  }

  /** The first time, as RFC 3339; null if no message has stated one. */
  get startTime(): string | null {
    return this.#startTime ?? null;
  }
}
