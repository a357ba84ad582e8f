import { isSessionId } from "../claude/session_id.ts";
import { CcrunError } from "../errors.ts";
import { type AtomicFile, replaceFile } from "../util/atomic_file.ts";
import { readBoundedTextFile } from "../util/bounded_file.ts";
import { describeReadError, describeWriteError } from "../util/file_errors.ts";
import { isJsonObject, parseJsonObject } from "../util/json.ts";
import { lockFile } from "../util/lock_file.ts";
import { PRIVATE_MODE } from "../util/new_file.ts";
import { findOutputTarget } from "../util/output_target.ts";
import { ownUid } from "../util/own_uid.ts";
import { isAbsolutePath } from "../util/plausible.ts";
import type { StoredConversation } from "./conversations.ts";
import { MAX_NAME_LENGTH } from "./parse_input.ts";

/** The version of the file's format. */
const VERSION = 1;

/** Room for more than 100,000 conversations. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The conversations of an earlier service, by their names. */
type Stored = ReadonlyMap<string, StoredConversation>;

/** Options for {@linkcode StateFile}. */
export interface StateFileOptions {
  readonly file: AtomicFile;
  /** Returns the conversations to store. */
  readonly read: () => Stored;
  /** Called when the file cannot be written. */
  readonly onFailure: (error: unknown) => void;
}

/** Keeps the sessions of the conversations, so that another service can continue them. */
export class StateFile {
  #options: StateFileOptions;
  #isDirty = false;
  #writing: Promise<void> | undefined;

  constructor(options: StateFileOptions) {
    this.#options = options;
  }

  /** Writes the file soon. Changes during a write are written together by the next one. */
  save(): void {
    this.#isDirty = true;
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when all changes are written. */
  async flush(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    const { file, read, onFailure } = this.#options;
    while (this.#isDirty) {
      this.#isDirty = false;
      const conversations = Object.fromEntries(read());
      const text = `${JSON.stringify({ version: VERSION, conversations }, null, 2)}\n`;
      await file.write(text).catch(onFailure);
    }
    this.#writing = undefined;
  }
}

/** A state file that no other service uses. Disposing of it lets others use it. */
export interface OpenedStateFile extends Disposable {
  /** The conversations of an earlier service. */
  readonly stored: Stored;
  readonly file: AtomicFile;
}

/**
 * Opens a state file, which need not exist, for one service. The file `PATH.lock` is locked meanwhile.
 *
 * @param workspaces directories that a path in them must not leave
 * @throws {CcrunError} `usage` if the file cannot be used, or another service uses it
 */
export async function openStateFile(
  path: string,
  workspaces: readonly string[] = [],
): Promise<OpenedStateFile> {
  const { target, lock } = await lockTarget(path, workspaces);
  if (lock === undefined) {
    throw new CcrunError(
      "usage",
      `cannot use --state ${path}: another ccrun serve uses it`,
      "stop that one, or name another file",
    );
  }
  try {
    const stored = await readStateFile(path);
    const file = { write: (text: string) => replaceFile(target, text) };
    return { stored, file, [Symbol.dispose]: () => lock.close() };
  } catch (error) {
    lock.close();
    throw error;
  }
}

async function lockTarget(path: string, workspaces: readonly string[]) {
  try {
    const target = { ...await findOutputTarget(path, workspaces), mode: PRIVATE_MODE };
    return { target, lock: await lockFile(`${target.path}.lock`) };
  } catch (error) {
    const reason = describeWriteError(error);
    throw new CcrunError("usage", `cannot write --state ${path}: ${reason}`, "name another file");
  }
}

/**
 * Reads the conversations that a service has stored.
 *
 * @throws {CcrunError} `usage` if the file cannot be read, or is not such a file
 */
export async function readStateFile(path: string): Promise<Stored> {
  let text: string;
  try {
    await checkOwn(path);
    text = await readBoundedTextFile(path, MAX_BYTES);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    throw new CcrunError(
      "usage",
      `cannot read --state ${path}: ${describeReadError(error)}`,
      "name another file",
    );
  }
  const stored = parseState(text);
  if (stored !== undefined) return stored;
  throw new CcrunError(
    "usage",
    `cannot read --state ${path}: it is not a state file of ccrun serve`,
    "name another file, or remove it to begin without conversations",
  );
}

/** Fails for a file that another user can have written. */
async function checkOwn(path: string): Promise<void> {
  const { isSymlink, uid } = await Deno.lstat(path);
  if (isSymlink) throw new Error("it is a link");
  if (uid !== ownUid()) throw new Error("it belongs to another user");
}

function parseState(text: string): Stored | undefined {
  const { version, conversations } = parseJsonObject(text) ?? {};
  if (version !== VERSION || !isJsonObject(conversations)) return undefined;
  const stored = new Map<string, StoredConversation>();
  for (const [name, value] of Object.entries(conversations)) {
    if (name === "" || name.length > MAX_NAME_LENGTH || !isStored(value)) return undefined;
    stored.set(name, { session_id: value.session_id, cwd: value.cwd });
  }
  return stored;
}

function isStored(value: unknown): value is StoredConversation {
  if (!isJsonObject(value)) return false;
  const { session_id: id, cwd } = value;
  return typeof id === "string" && isSessionId(id) && isAbsolutePath(cwd);
}
