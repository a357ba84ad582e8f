import type { EventBody } from "../events.ts";
import type { JsonObject } from "../util/json.ts";
import { switchedModel } from "./change_notices.ts";
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
  record(message: ClaudeMessage): EventBody<"session_info" | "notice"> | undefined {
    if (message.kind === "init") {
      this.#claudeVersion = message.details.claude_version ?? this.#claudeVersion;
      this.#apiKeySource = message.apiKeySource ?? this.#apiKeySource;
    }
    const details = this.#detailsAfter(message);
    const addsDetails = !isEqual(details, this.#details);
    const id = message.sessionId ?? this.#id;
    if (id === undefined) {
      this.#details = details;
      return message.kind === "init" ? missingIdNotice(message.json) : undefined;
    }
    if (this.isForkedFrom(id)) return undefined;
    // The details can be older than the id.
    const hasDetails = this.#id === undefined || addsDetails || message.kind === "init";
    if (this.#id === undefined && isSessionNotFoundResult(message.json)) return undefined;
    if (id === this.#id && !addsDetails) return undefined;
    this.#id = id;
    this.#details = details;
    return { type: "session_info", session_id: id, ...(hasDetails ? details : {}) };
  }

  /** Returns what is known about the session after a message. */
  #detailsAfter(message: ClaudeMessage): SessionDetails {
    if (message.kind === "init" && Object.keys(message.details).length > 0) return message.details;
    const model = switchedModel(message.json);
    return model === undefined ? this.#details : { ...this.#details, model };
  }
}

/** Reports an init that has no event of its own, because an event about a session has its id. */
function missingIdNotice(json: JsonObject): EventBody<"notice"> {
  const text = "the session started without an id";
  return { type: "notice", level: "info", kind: "session", text, data: json };
}

function isEqual(one: SessionDetails, other: SessionDetails): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
