import type { EventBody } from "../events.ts";
import type { ClaudeMessage, SessionDetails } from "./messages.ts";
import { isSessionNotFoundResult } from "./session_id.ts";

/** Tracks the session of a stream and what its init messages state. */
export class SessionTracker {
  readonly #forkedFrom: string | undefined;
  #id: string | undefined;
  #details: SessionDetails = {};
  #claudeVersion: string | undefined;
  #apiKeySource: string | undefined;

  /** @param forkedFrom the session that a fork starts from; it is never reported */
  constructor(forkedFrom: string | undefined) {
    this.#forkedFrom = forkedFrom;
  }

  /** The version of Claude Code, once it is known. */
  get claudeVersion(): string | undefined {
    return this.#claudeVersion;
  }

  /** Where the API key of Claude Code comes from, once it is known. */
  get apiKeySource(): string | undefined {
    return this.#apiKeySource;
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
  record(message: ClaudeMessage): EventBody<"session_info"> | undefined {
    if (message.kind === "init") {
      this.#claudeVersion = message.details.claude_version ?? this.#claudeVersion;
      this.#apiKeySource = message.apiKeySource ?? this.#apiKeySource;
    }
    const id = message.sessionId ?? this.#id;
    if (id === undefined || this.isForkedFrom(id)) return undefined;
    if (this.#id === undefined && isSessionNotFoundResult(message.json)) return undefined;
    const details = message.kind === "init" ? message.details : {};
    const addsDetails = Object.keys(details).length > 0 && !isEqual(details, this.#details);
    if (id === this.#id && !addsDetails) return undefined;
    this.#id = id;
    if (addsDetails) this.#details = details;
    return { type: "session_info", session_id: id, ...details };
  }
}

function isEqual(one: SessionDetails, other: SessionDetails): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
