import { basename, dirname, resolve } from "node:path";
import { atEnd } from "../at_end.ts";
import { CcrunError } from "../outcome.ts";
import { whyNot } from "./record_file.ts";

/** The file of `--output`: it gets the answer whole, or stays as it was. */
export interface AnswerFile {
  /** Writes the answer and puts it in its place. Rejects when it cannot. */
  write(answer: string): Promise<void>;
  /** Removes what is not in its place yet. Is called at every kind of end. */
  discard(): void;
}

/**
 * Prepares the file of `--output`, so that what cannot be written is known before
 * claude starts.
 *
 * @throws {CcrunError} `usage` when it cannot be written
 */
export async function openAnswerFile(path: string): Promise<AnswerFile> {
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
      `cannot write --output ${path}: ${whyNot(error)}`,
      "name another file",
    );
  }
}

/** A link may point to a file that is still to be made. */
async function targetOfLink(path: string): Promise<string> {
  const target = await Deno.readLink(path).catch(() => undefined);
  return target === undefined ? path : resolve(dirname(path), target);
}

/** A device or a pipe cannot be replaced: it is written to. */
async function openSpecial(path: string): Promise<AnswerFile> {
  const file = await Deno.open(path, { write: true });
  let isOpen = true;
  return {
    async write(answer) {
      const bytes = new TextEncoder().encode(answer);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
    },
    discard() {
      if (isOpen) file.close();
      isOpen = false;
    },
  };
}

async function openRegular(target: string, mode: number | undefined): Promise<AnswerFile> {
  const random = crypto.randomUUID().slice(0, 8);
  const temporary = `${dirname(target)}/.${basename(target)}.${random}.tmp`;
  await Deno.writeTextFile(temporary, "", { createNew: true });
  let isThere = true;
  const discard = () => {
    if (!isThere) return;
    isThere = false;
    forget();
    try {
      Deno.removeSync(temporary);
    } catch {
      // Somebody cleaned up before us.
    }
  };
  const forget = atEnd(discard);
  try {
    // A file that cannot be written is not to be replaced either.
    if (mode !== undefined) {
      (await Deno.open(target, { write: true })).close();
      if (Deno.build.os !== "windows") await Deno.chmod(temporary, mode & 0o777);
    }
  } catch (error) {
    discard();
    throw error;
  }
  return {
    async write(answer) {
      await Deno.writeTextFile(temporary, answer);
      await Deno.rename(temporary, target);
      isThere = false;
      forget();
    },
    discard,
  };
}
