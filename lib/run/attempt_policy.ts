import { CcrunError } from "../errors.ts";
import type { EventOf } from "../events.ts";

/** Options that decide whether a run that has failed is continued. */
export interface AttemptOptions {
  /**
   * How long a run waits for a usage limit to be reset before it resumes the session, in milliseconds. The
   * time counts anew when the model has worked since the last wait.
   * @default {0} it does not wait
   */
  readonly waitForLimitMs?: number | undefined;
  /** How many attempts a run has if the API fails. @default {1} */
  readonly attempts?: number | undefined;
}

/** Checks the options. @throws {CcrunError} `usage` if one is not possible */
export function checkAttemptOptions({ waitForLimitMs = 0, attempts = 1 }: AttemptOptions): void {
  if (!(waitForLimitMs >= 0)) {
    throw new CcrunError("usage", `waitForLimitMs must be 0 or more, not ${waitForLimitMs}`);
  }
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    throw new CcrunError("usage", `attempts must be an integer above 0, not ${attempts}`);
  }
}

/** How an attempt has ended. */
export interface AttemptEnd extends Pick<EventOf<"exit">, "reason" | "resets_at"> {
  /** Whether the failure can go away by itself. */
  readonly isTransient: boolean;
  /** Whether the model has worked. */
  readonly hasProgress: boolean;
}

/** A wait before the next attempt. */
export interface PlannedWait {
  readonly reason: "quota" | "api";
  /** When it ends, in milliseconds since 1970. */
  readonly until: number;
  /** The number of the next attempt, after a failure of the API. */
  readonly attempt?: number;
}

/** How often a run tries again if nothing says when the limit is reset, in milliseconds. */
const LIMIT_CHECK_MS = 15 * 60_000;

/** How much later than the reset the run continues at most, in milliseconds, so that not all do at once. */
const MAX_LIMIT_JITTER_MS = 60_000;

/** The delay before the second attempt, and the longest one, in milliseconds. */
const FIRST_DELAY_MS = 2_000;
const MAX_DELAY_MS = 5 * 60_000;

/** Decides whether there is another attempt, and when. */
export class AttemptPolicy {
  readonly #waitForLimitMs: number;
  readonly #attempts: number;
  readonly #random: () => number;
  #attempt = 1;
  /** How long the run has waited for a limit since the model has worked, in milliseconds. */
  #waitedMs = 0;
  /** Whether the run has waited for a limit since the model has worked. */
  #hasWaited = false;

  /** @param random returns a number from 0 to 1. @default {Math.random} */
  constructor({ waitForLimitMs = 0, attempts = 1 }: AttemptOptions, random = Math.random) {
    this.#waitForLimitMs = waitForLimitMs;
    this.#attempts = attempts;
    this.#random = random;
  }

  /** How many attempts there can be if the API fails. */
  get maxAttempts(): number {
    return this.#attempts;
  }

  /**
   * Returns the wait before the next attempt; undefined if there is none, `too_long` if the limit is reset
   * too late.
   *
   * @param now the time of day, in milliseconds since 1970
   */
  next(end: AttemptEnd, now: number): PlannedWait | "too_long" | undefined {
    if (end.hasProgress) {
      this.#waitedMs = 0;
      this.#hasWaited = false;
    }
    if (end.reason === "quota") return this.#waitForLimit(end, now);
    if (end.reason !== "api" || !end.isTransient) return undefined;
    if (this.#attempt >= this.#attempts) return undefined;
    this.#attempt++;
    const delayMs = Math.min(FIRST_DELAY_MS * 2 ** (this.#attempt - 2), MAX_DELAY_MS);
    const until = now + delayMs * (0.5 + this.#random() / 2);
    return { reason: "api", until, attempt: this.#attempt };
  }

  #waitForLimit({ resets_at }: AttemptEnd, now: number): PlannedWait | "too_long" | undefined {
    if (this.#waitForLimitMs === 0) return undefined;
    const reset = Date.parse(resets_at ?? "");
    // A reset in the past says nothing about the limit if an attempt has failed since.
    const isKnown = reset > now || reset <= now && !this.#hasWaited;
    this.#hasWaited = true;
    const waitMs = isKnown ? Math.max(reset - now, 0) : LIMIT_CHECK_MS;
    const leftMs = this.#waitForLimitMs - this.#waitedMs;
    if (leftMs <= 0 || isKnown && waitMs > leftMs) return "too_long";
    const jitterMs = Math.min(waitMs / 20 + 1_000, MAX_LIMIT_JITTER_MS) * this.#random();
    const totalMs = Math.min(waitMs + jitterMs, leftMs);
    this.#waitedMs += totalMs;
    return { reason: "quota", until: now + totalMs };
  }
}
