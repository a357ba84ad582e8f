import type { EventBody } from "../events.ts";
import type { ClaudeMessage, SessionDetails } from "./messages.ts";
import { isSessionNotFoundResult } from "./session_id.ts";

const NO_DETAILS: SessionDetails = {};

/** Tracks the session of a stream, and what its init messages state. */
export class SessionTracker {
  readonly #forkedFrom: string | undefined;
  #id: string | undefined;
  #details = NO_DETAILS;
  #claudeVersion: string | undefined;
  #keySource: string | undefined;

  /** @param forkedFrom the session that a fork starts from; it is never reported */
  constructor(forkedFrom: string | undefined) {
    this.#forkedFrom = forkedFrom;
  }

  /** The version of Claude Code, once it is known. */
  get claudeVersion(): string | undefined {
    return this.#claudeVersion;
  }

  /** Where the API key of Claude Code comes from, once it is known. */
  get keySource(): string | undefined {
    return this.#keySource;
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
      this.#keySource = message.apiKeySource ?? this.#keySource;
    }
    const id = message.sessionId ?? this.#id;
    if (id === undefined || this.isForkedFrom(id)) return undefined;
    if (this.#id === undefined && isSessionNotFoundResult(message.json)) return undefined;
    const details = message.kind === "init" ? message.details : NO_DETAILS;
    const hasNewDetails = isNews(details, this.#details);
    if (id === this.#id && !hasNewDetails) return undefined;
    this.#id = id;
    if (hasNewDetails) this.#details = details;
    return { type: "session_info", session_id: id, ...details };
  }
}

function isNews(details: SessionDetails, known: SessionDetails): boolean {
  return details !== NO_DETAILS && Object.keys(details).length > 0 &&
    JSON.stringify(details) !== JSON.stringify(known);
}
