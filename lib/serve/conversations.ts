import { resolve } from "@std/path/resolve";
import { isSessionId, normalizeSessionId } from "../claude/session_id.ts";
import { findSessionDirectory } from "../claude/sessions/locate.ts";
import { CcrunError } from "../errors.ts";
import { isInside } from "../run/outside_path.ts";
import { workspaceProblem } from "../run/workspace.ts";
import type { Env } from "../util/env.ts";
import { homeDirectory } from "../util/home_directory.ts";

/** A conversation that requests name. */
export interface Conversation {
  /** Its name, the id of the session that it began with, or a placeholder. */
  readonly name: string;
  /** Whether the state file keeps it: a request gave it a name. */
  readonly isNamed: boolean;
  /** The working directory. */
  readonly cwd: string;
  /** Its id in the pool of sessions. */
  poolId: string;
  /** Its session, once it is known. */
  sessionId: string | undefined;
}

/** A session and its directory, as the state file keeps them. */
export interface StoredConversation {
  readonly session_id: string;
  readonly cwd: string;
}

/** Options for {@linkcode Conversations}. */
export interface ConversationsOptions {
  /** The working directory of conversations that name none, without links. */
  readonly cwd: string;
  /** Other directories that conversations can work in, without links. */
  readonly allowedDirs: readonly string[];
  /** The environment of claude, which says where sessions are stored. */
  readonly env: Env;
  /** The conversations of an earlier service, by their names. @default none */
  readonly stored?: ReadonlyMap<string, StoredConversation> | undefined;
}

/** The conversations of a service, by their names and by the ids of their sessions. */
export class Conversations {
  #options: ConversationsOptions;
  #byName = new Map<string, Conversation>();
  #bySessionId = new Map<string, Conversation>();
  /** The conversations of an earlier service, until a request finds that their sessions are stored. */
  #unchecked = new Set<Conversation>();

  constructor(options: ConversationsOptions) {
    this.#options = options;
    for (const [name, { session_id, cwd }] of options.stored ?? []) {
      this.#unchecked.add(
        this.#add({ name, isNamed: true, cwd, poolId: session_id, sessionId: session_id }),
      );
    }
  }

  /** How many conversations there are. */
  get size(): number {
    return this.#byName.size;
  }

  /** Returns whether there is this conversation; not after it was removed. */
  has(conversation: Conversation): boolean {
    const { name, sessionId = "" } = conversation;
    return this.#byName.get(name) === conversation ||
      this.#bySessionId.get(sessionId) === conversation;
  }

  /** Returns the conversation with a name, or with a session. */
  find(name: string): Conversation | undefined {
    return this.#byName.get(name) ?? this.#bySessionId.get(normalizeSessionId(name));
  }

  /**
   * Returns the conversation of a request. A new name begins one, and a session is resumed.
   *
   * @param name the name or the session; a new conversation without one
   * @param directory the working directory that the request names
   * @throws {CcrunError} `usage` if the session or the directory cannot be used
   */
  async open(name: string | undefined, directory: string | undefined): Promise<Conversation> {
    const known = name === undefined ? undefined : this.find(name);
    if (known !== undefined) {
      await this.#checkSameDirectory(known, directory);
      await this.#checkStillStored(known);
      return known;
    }
    const cwd = await this.#allowedDirectory(directory);
    if (name === undefined || !isSessionId(name)) {
      const poolId = newPoolId();
      const isNamed = name !== undefined;
      return this.#add({ name: name ?? poolId, isNamed, cwd, poolId, sessionId: undefined });
    }
    const id = normalizeSessionId(name);
    await this.#checkStored(id, cwd);
    return this.#add({ name: id, isNamed: false, cwd, poolId: id, sessionId: id });
  }

  /** Records the session of a conversation, which a fork changes. Returns whether it is another one. */
  setSessionId(conversation: Conversation, id: string): boolean {
    const previous = conversation.sessionId;
    if (id === previous) return false;
    if (previous !== undefined && this.#bySessionId.get(previous) === conversation) {
      this.#bySessionId.delete(previous);
    }
    conversation.sessionId = id;
    this.#bySessionId.set(id, conversation);
    if (conversation.poolId === previous) conversation.poolId = id;
    // The id of the session that a fork has left is no name of the fork.
    if (conversation.name === previous) this.#byName.delete(previous);
    return true;
  }

  /** Lets a conversation begin anew. */
  reset(conversation: Conversation): void {
    this.#unchecked.delete(conversation);
    const { name, sessionId } = conversation;
    if (sessionId !== undefined) this.#bySessionId.delete(sessionId);
    conversation.sessionId = isSessionId(name) ? name : undefined;
    conversation.poolId = conversation.sessionId ?? newPoolId();
  }

  /** Forgets a conversation. */
  remove(conversation: Conversation): void {
    this.#unchecked.delete(conversation);
    const { name, sessionId } = conversation;
    if (this.#byName.get(name) === conversation) this.#byName.delete(name);
    if (sessionId !== undefined && this.#bySessionId.get(sessionId) === conversation) {
      this.#bySessionId.delete(sessionId);
    }
  }

  /** Returns the conversations that requests have named, and whose session is known, for the state file. */
  toStored(): Map<string, StoredConversation> {
    const stored = new Map<string, StoredConversation>();
    for (const { name, isNamed, cwd, sessionId } of this.#byName.values()) {
      if (isNamed && sessionId !== undefined) stored.set(name, { session_id: sessionId, cwd });
    }
    return stored;
  }

  #add(conversation: Conversation): Conversation {
    const { name, sessionId } = conversation;
    this.#byName.set(name, conversation);
    if (sessionId !== undefined) this.#bySessionId.set(sessionId, conversation);
    return conversation;
  }

  /**
   * Checks that a conversation can still use its directory: a link can have replaced it, and an earlier
   * service may have allowed it.
   *
   * @throws {CcrunError} `usage` if it cannot
   */
  async checkDirectory({ cwd }: Conversation): Promise<void> {
    if (await this.#allowedDirectory(cwd) === cwd) return;
    throw new CcrunError(
      "usage",
      "the directory of this conversation is a link now",
      "begin another conversation",
    );
  }

  /** Claude Code stores a session for its directory. */
  async #checkSameDirectory(
    conversation: Conversation,
    directory: string | undefined,
  ): Promise<void> {
    await this.checkDirectory(conversation);
    if (directory === undefined) return;
    if (await this.#allowedDirectory(directory) === conversation.cwd) return;
    throw new CcrunError(
      "usage",
      "cwd is not the directory of this conversation",
      "leave cwd out, or begin another conversation",
    );
  }

  /** Returns a directory without links, if a conversation can use it. */
  async #allowedDirectory(directory: string | undefined): Promise<string> {
    const { cwd, allowedDirs } = this.#options;
    if (directory === undefined) return cwd;
    const path = resolve(cwd, directory);
    const real = await Deno.realPath(path).catch(() => path);
    // First, because a problem would tell what exists elsewhere.
    if (![cwd, ...allowedDirs].some((root) => isInside(real, root))) {
      throw new CcrunError(
        "usage",
        "the working directory is not one that this service allows",
        "start ccrun serve with --allow-cwd DIR",
      );
    }
    const problem = await workspaceProblem(real);
    if (problem !== undefined) throw problem;
    return real;
  }

  /** Claude Code deletes the sessions that were not used for some weeks. */
  async #checkStillStored(conversation: Conversation): Promise<void> {
    const { cwd, sessionId } = conversation;
    if (!this.#unchecked.has(conversation) || sessionId === undefined) return;
    if (await this.#findDirectory(sessionId, cwd) === undefined) {
      throw new CcrunError(
        "usage",
        `the session of this conversation is no longer stored: ${sessionId}`,
        "close the conversation to begin it anew",
      );
    }
    this.#unchecked.delete(conversation);
  }

  async #findDirectory(id: string, cwd: string): Promise<string | undefined> {
    const { env } = this.#options;
    return await findSessionDirectory(id, { cwd, env, home: await homeDirectory(env) });
  }

  async #checkStored(id: string, cwd: string): Promise<void> {
    const directory = await this.#findDirectory(id, cwd);
    if (directory === cwd) return;
    throw new CcrunError(
      "usage",
      `unknown session: ${cwd} has no session ${id}`,
      directory === undefined
        ? "use another name to begin a conversation"
        : "name the directory of the session with cwd",
    );
  }
}

/** Returns an id for a conversation whose session is not known. */
function newPoolId(): string {
  return `pending_${crypto.randomUUID()}`;
}
