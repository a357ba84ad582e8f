import type { ProcessBroker, ProcessHolder } from "./process_broker.ts";

/** The place of a claude. */
interface Place {
  /** The session of the claude, if it is known. */
  readonly sessionId: string | undefined;
  readonly isIdle: boolean;
}

/**
 * Limits the number of claudes, and gives each session at most one.
 *
 * Runs wait in order for a place. The claude that was idle for the longest time makes room.
 */
export class ProcessSlots implements ProcessBroker {
  readonly #max: number;
  /** The places by their holders. Those that became idle last are at the end. */
  #places = new Map<ProcessHolder, Place>();
  /** The holders that wait for a place, in order. */
  #queue: ProcessHolder[] = [];
  #changed = Promise.withResolvers<void>();

  /** @param max how many claudes there can be */
  constructor(max: number) {
    this.#max = max;
  }

  /** How many claudes there are, or are being started. */
  get size(): number {
    return this.#places.size;
  }

  async acquire(
    holder: ProcessHolder,
    sessionId: string | undefined,
    aborted: Promise<unknown>,
  ): Promise<void> {
    let isAborted = false;
    const abortion = aborted.then(() => void (isAborted = true));
    while (!isAborted) {
      const event = this.#take(holder, sessionId);
      if (event === undefined) break;
      await Promise.race([event, abortion]);
    }
    this.#leaveQueue(holder);
  }

  setIdle(holder: ProcessHolder): void {
    const place = this.#places.get(holder);
    if (place === undefined) return;
    this.#places.delete(holder);
    this.#places.set(holder, { ...place, isIdle: true });
    this.#notify();
  }

  setSessionId(holder: ProcessHolder, sessionId: string): void {
    const place = this.#places.get(holder);
    if (place === undefined) return;
    this.#places.set(holder, { ...place, sessionId });
    // claude chose the session itself, for example the newest one of its directory.
    this.#otherHolder(holder, sessionId)?.release();
  }

  free(holder: ProcessHolder): void {
    this.#places.delete(holder);
    this.#notify();
  }

  /** Takes a place if that is possible. Otherwise, returns what has to happen before. */
  #take(holder: ProcessHolder, sessionId: string | undefined): Promise<void> | undefined {
    const other = this.#otherHolder(holder, sessionId);
    if (other !== undefined) {
      this.#leaveQueue(holder);
      return other.release();
    }
    const hasPlace = this.#places.has(holder);
    if (!hasPlace && !this.#queue.includes(holder)) this.#queue.push(holder);
    const isNext = this.#queue[0] === holder;
    if (hasPlace || isNext && this.#places.size < this.#max) {
      this.#places.set(holder, { sessionId, isIdle: false });
      return undefined;
    }
    const idle = isNext ? this.#leastRecentlyUsed() : undefined;
    return idle === undefined ? this.#changed.promise : idle.release();
  }

  /** Returns another holder that has the claude of a session. */
  #otherHolder(holder: ProcessHolder, sessionId: string | undefined): ProcessHolder | undefined {
    if (sessionId === undefined) return undefined;
    for (const [other, place] of this.#places) {
      if (other !== holder && place.sessionId === sessionId) return other;
    }
    return undefined;
  }

  #leastRecentlyUsed(): ProcessHolder | undefined {
    for (const [holder, { isIdle }] of this.#places) if (isIdle) return holder;
    return undefined;
  }

  #leaveQueue(holder: ProcessHolder): void {
    const index = this.#queue.indexOf(holder);
    if (index === -1) return;
    this.#queue.splice(index, 1);
    this.#notify();
  }

  /** Lets the waiting holders look again. */
  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
