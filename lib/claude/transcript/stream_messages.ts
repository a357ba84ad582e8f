import { type JsonObject, omitUndefined } from "../../util/json.ts";
import { isAbsolutePath, isName, isWord } from "../../util/plausible.ts";
import { getNonEmptyString, getPlausible } from "../json_fields.ts";

/** What an init message of a stream would state. */
interface SessionFacts {
  sessionId?: string | undefined;
  cwd?: string | undefined;
  version?: string | undefined;
  permissionMode?: string | undefined;
  model?: string | undefined;
}

/** How many messages wait until the model is known. */
const MAX_HELD = 100;

/**
 * Collects the messages of the stream that a transcript becomes. Those of a turn wait until the model that
 * answers its prompt is known, because the init message before them states it.
 */
export class StreamMessages {
  #facts: SessionFacts = {};
  #ready: JsonObject[] = [];
  /** The messages since a prompt, until the model is known. */
  #held: JsonObject[] | undefined = [];
  /** The messages of a compaction, which come before the prompt `/compact` in a transcript. */
  #compaction: JsonObject[] = [];

  /** Records what an entry states about the session. */
  recordFacts(entry: JsonObject): void {
    const facts = this.#facts;
    facts.sessionId ??= getNonEmptyString(entry, "sessionId");
    facts.cwd ??= getPlausible(entry, "cwd", isAbsolutePath);
    facts.version = getPlausible(entry, "version", isName) ?? facts.version;
    facts.permissionMode = getPlausible(entry, "permissionMode", isWord) ?? facts.permissionMode;
  }

  /** Records which model answers, if it is known. */
  recordModel(model: string | undefined): void {
    this.#facts.model = model ?? this.#facts.model;
  }

  /** Adds a message. */
  add(fields: JsonObject): void {
    this.#addCompaction();
    const message = omitUndefined<JsonObject>(fields);
    if (this.#held === undefined) this.#ready.push(message);
    else if (this.#held.push(message) > MAX_HELD) this.release();
  }

  /** Adds a message of a compaction. */
  addToCompaction(message: JsonObject): void {
    this.#compaction.push(message);
  }

  /** Whether the last message belongs to a compaction. */
  get endsWithCompaction(): boolean {
    return this.#compaction.length > 0;
  }

  #addCompaction(): void {
    for (const message of this.#compaction.splice(0)) this.add(message);
  }

  /** Adds a prompt, before the compaction that it asks for. */
  addPrompt(prompt: JsonObject): void {
    const compaction = this.#compaction.splice(0);
    for (const message of [prompt, ...compaction]) this.add(message);
  }

  /** Begins a turn, whose messages are held until {@linkcode release}. */
  beginTurn(): void {
    this.#held ??= [];
  }

  /** Passes the held messages on, after the init message that begins their turn. */
  release(): void {
    if (this.#held === undefined) return;
    const [first] = this.#held;
    const { model } = this.#facts;
    if (first !== undefined || model !== undefined) {
      this.#ready.push(this.#init(first?.["timestamp"]));
    }
    this.#ready.push(...this.#held);
    this.#held = undefined;
  }

  #init(timestamp: unknown): JsonObject {
    const { sessionId, cwd, version, permissionMode, model } = this.#facts;
    return {
      type: "system",
      subtype: "init",
      session_id: sessionId,
      timestamp,
      cwd,
      model,
      permissionMode,
      claude_code_version: version,
    };
  }

  /** Returns the messages that are left. */
  end(): JsonObject[] {
    this.#addCompaction();
    this.release();
    return this.take();
  }

  /** Returns the messages that are ready, and forgets them. */
  take(): JsonObject[] {
    const messages = this.#ready;
    this.#ready = [];
    return messages;
  }
}
