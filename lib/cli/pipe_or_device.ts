import { resolveOutputPath } from "../util/output_path.ts";
import { ownUid } from "../util/own_uid.ts";

/** The name of an open file, such as the pipe of `>(gzip >tape.gz)`. */
const DESCRIPTOR = /^\/dev\/fd\/\d+$|^\/proc\/[^/]+\/fd\/\d+$/;

/**
 * Opens a pipe or a device such as /dev/null to write to it.
 *
 * @param workspaces directories that a path in them must not leave
 * @returns undefined if the path names something else, for example a link to a pipe
 * @throws if it cannot be opened, is a terminal, or belongs to another user
 */
export async function openPipeOrDevice(
  path: string,
  workspaces: readonly string[],
): Promise<Deno.FsFile | undefined> {
  if (DESCRIPTOR.test(path)) return await openForWriting(path);
  const info = await Deno.lstat(path).catch(() => undefined);
  if (info?.isCharDevice && path.startsWith("/dev/")) return await openForWriting(path);
  if (!info?.isFifo) return undefined;
  if (info.uid !== ownUid()) throw new Error("it is a pipe of another user");
  return await openForWriting(await resolveOutputPath(path, workspaces));
}

async function openForWriting(path: string): Promise<Deno.FsFile> {
  const file = await Deno.open(path, { write: true });
  if (!file.isTerminal()) return file;
  file.close();
  // A recording is not escaped.
  throw new Error("it is a terminal");
}
