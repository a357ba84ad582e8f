import type { EventBody } from "../events.ts";
import { switchedModel } from "./change_notices.ts";
import type { ClaudeMessage, SessionDetails } from "./messages.ts";
import { isSessionNotFoundResult } from "./session_id.ts";

/** The messages that can precede the init message of a turn. Those of the turn itself follow it. */
const KINDS_BEFORE_INIT: ReadonlySet<ClaudeMessage["kind"]> = new Set(["event", "empty", "other"]);

/** Tracks the session of a stream and what its init messages state. */
export class SessionTracker {
  readonly #forkedFrom: string | undefined;
  #id: string | undefined = undefined;
  #details: SessionDetails = {};
  #reported = { id: this.#id, details: this.#details };
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
   * Records what a message states about the session. A session id that precedes init is held until init,
   * because `/clear` replaces it, and so that one event has all facts.
   *
   * @returns the event that reports the session; undefined if there is nothing to report yet
   */
  record(message: ClaudeMessage): EventBody<"session_info"> | undefined {
    if (message.kind === "init") {
      this.#claudeVersion = message.details.claude_version ?? this.#claudeVersion;
      this.#apiKeySource = message.apiKeySource ?? this.#apiKeySource;
    }
    if (this.isForkedFrom(message.sessionId)) return undefined;
    if (this.#id === undefined && isSessionNotFoundResult(message.json)) return undefined;
    this.#id = message.sessionId ?? this.#id;
    const model = message.kind === "event" ? switchedModel(message.json) : undefined;
    if (message.kind === "init") this.#recordDetails(message.details);
    if (model !== undefined) this.#recordDetails({ ...this.#details, model });
    if (KINDS_BEFORE_INIT.has(message.kind) && model === undefined) return undefined;
    // The next message states the id that an init lacks.
    const canBeFirst = message.kind !== "init" && model === undefined;
    if (this.#id === undefined && !canBeFirst) return undefined;
    return this.report();
  }

  /** Returns the event that reports the session, unless its facts are unknown or were reported. */
  report(): EventBody<"session_info"> | undefined {
    const id = this.#id;
    const details = this.#details;
    if (id === this.#reported.id && details === this.#reported.details) return undefined;
    this.#reported = { id, details };
    return { type: "session_info", ...(id === undefined ? {} : { session_id: id }), ...details };
  }

  #recordDetails(details: SessionDetails): void {
    const isNew = JSON.stringify(details) !== JSON.stringify(this.#details);
    if (isNew && Object.keys(details).length > 0) this.#details = details;
  }
}
