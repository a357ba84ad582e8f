import { basename, dirname, resolve } from "@std/path";
import { onExit } from "./exit_handlers.ts";
import { describeWriteError } from "./file_errors.ts";
import { CcrunError } from "../errors.ts";
import { createBufferedWriter } from "../terminal/buffered_writer.ts";

/** A file that gets its text whole, or stays as it was: that of `--output`, for one. */
export interface AtomicFile {
  /** Writes the text and puts it in its place. Rejects when it cannot. */
  write(text: string): Promise<void>;
  /** Removes what is not in its place yet. Is called at every kind of end. */
  discard(): void;
}

/**
 * Prepares a file that an option names, so that what cannot be written is known before
 * claude starts.
 *
 * @param option the option, for messages
 * @throws {CcrunError} `usage` when it cannot be written
 */
export async function openAtomicFile(
  path: string,
  option: string,
): Promise<AtomicFile> {
  const stream = STREAMS.get(path);
  if (stream !== undefined) return streamFile(stream);
  try {
    // What a link points to is replaced, not the link.
    const target = await Deno.realPath(path).catch(() => targetOfLink(path));
    const info = await Deno.stat(target).catch(() => undefined);
    if (info?.isDirectory) throw new Deno.errors.IsADirectory(path);
    if (info !== undefined && !info.isFile) return await openSpecial(target);
    return await openRegular(target, info?.mode ?? undefined);
  } catch (error) {
    throw new CcrunError(
      "usage",
      `cannot write ${option} ${path}: ${describeWriteError(error)}`,
      // Also what a shell makes of >(...).
      error instanceof Deno.errors.NotCapable
        ? "name a file, a named pipe or /dev/stdout"
        : "name another file",
    );
  }
}

/** Names of streams that are open already, which Deno would not let a program open by name. */
const STREAMS: ReadonlyMap<string, typeof Deno.stdout> = new Map([
  ["/dev/stdout", Deno.stdout],
  ["/dev/stderr", Deno.stderr],
]);

function streamFile(stream: typeof Deno.stdout): AtomicFile {
  return {
    async write(text) {
      const sink = createBufferedWriter(stream);
      sink.write(text);
      await sink.flush();
      if (sink.failure !== undefined) throw sink.failure;
    },
    discard() {},
  };
}

/** A link may point to a file that is still to be made. */
async function targetOfLink(path: string): Promise<string> {
  const target = await Deno.readLink(path).catch(() => undefined);
  return target === undefined ? path : resolve(dirname(path), target);
}

/** A device or a pipe cannot be replaced: it is written to. */
async function openSpecial(path: string): Promise<AtomicFile> {
  const file = await Deno.open(path, { write: true });
  let isOpen = true;
  return {
    async write(text) {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    },
    discard() {
      if (isOpen) file.close();
      isOpen = false;
    },
  };
}

/** Whether a file can be made beside another one. Rejects when it cannot. */
async function probe(temporary: string): Promise<void> {
  await Deno.writeTextFile(temporary, "", { createNew: true });
  await Deno.remove(temporary);
}

/** A name beside a file that nobody else has. */
function draftOf(target: string): string {
  return `${dirname(target)}/.${basename(target)}.${crypto.randomUUID().slice(0, 8)}.tmp`;
}

/**
 * Puts a file in a place, whatever was there: a link is replaced, and not what it points to, so that
 * whoever made it cannot choose another place. Rejects when it cannot.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  await replace(path, draftOf(path), text, undefined);
}

async function openRegular(target: string, mode: number | undefined): Promise<AtomicFile> {
  const temporary = draftOf(target);
  const isThere = mode !== undefined;
  // A file that cannot be written is not to be replaced either.
  if (isThere) (await Deno.open(target, { write: true })).close();
  // Nothing of ours is in the folder while claude works in it.
  let canReplace = true;
  await probe(temporary).catch((error) => {
    if (!isThere) throw error;
    canReplace = false;
  });
  return {
    async write(text) {
      if (canReplace && await replace(target, temporary, text, mode)) return;
      await Deno.writeTextFile(target, text);
    },
    discard() {},
  };
}

/**
 * Puts the text in the place of the file, in one step.
 *
 * @returns whether it could; a file that is a mount of its own (as in a container) can only be written
 */
async function replace(
  target: string,
  temporary: string,
  text: string,
  mode: number | undefined,
): Promise<boolean> {
  const discard = () => {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It is in its place, or was never made.
    }
  };
  const forget = onExit(discard);
  try {
    await Deno.writeTextFile(temporary, text, { createNew: true });
    if (mode !== undefined && Deno.build.os !== "windows") {
      await Deno.chmod(temporary, mode & 0o777);
    }
    return await Deno.rename(temporary, target).then(() => true, (error) => {
      if (mode === undefined) throw error;
      return false;
    });
  } finally {
    discard();
    forget();
  }
}
