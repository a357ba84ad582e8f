import type { EventBody } from "../events.ts";
import type { SessionDetails } from "./messages.ts";

const NO_DETAILS: SessionDetails = {};

/** Tracks the session of a stream, and reports each change once. */
export class SessionTracker {
  readonly #forkedFrom: string | undefined;
  #id: string | undefined;
  /** The last details, as JSON. */
  #details = "{}";

  /** @param forkedFrom the session that a fork starts from; it is never reported */
  constructor(forkedFrom: string | undefined) {
    this.#forkedFrom = forkedFrom;
  }

  /** The id of the session, once it is known. */
  get id(): string | undefined {
    return this.#id;
  }

  /** Returns whether `id` is the session that a fork starts from. */
  isForkedFrom(id: string | undefined): boolean {
    return id !== undefined && id === this.#forkedFrom;
  }

  /**
   * Records what a message states about the session.
   *
   * @returns the event that reports it; undefined if nothing changed
   */
  update(
    id: string | undefined = this.#id,
    details: SessionDetails = NO_DETAILS,
  ): EventBody<"session_info"> | undefined {
    if (id === undefined || this.isForkedFrom(id)) return undefined;
    if (id === this.#id && details === NO_DETAILS) return undefined;
    const text = JSON.stringify(details);
    const hasNewDetails = text !== "{}" && text !== this.#details;
    if (id === this.#id && !hasNewDetails) return undefined;
    this.#id = id;
    if (hasNewDetails) this.#details = text;
    return { type: "session_info", session_id: id, ...details };
  }
}
