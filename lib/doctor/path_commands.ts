import { fileKind, pathDirectories } from "../claude/find.ts";
import { readBoundedTextFile } from "../util/bounded_file.ts";
import type { Env } from "../util/env.ts";

/** A file in PATH that has the name of ccrun. */
export interface PathCommand {
  /** The path in a directory of PATH. */
  readonly file: string;
  /** The path without symbolic links. */
  readonly target: string;
  /** Its text if it is a script, or an empty string. */
  readonly script: string;
}

/** Much more than the scripts of package managers and of Deno need. */
const MAX_SCRIPT_BYTES = 64 * 1024;

/** Finds the files that a shell runs as ccrun, in the order of PATH. On Windows it finds none. */
export async function findPathCommands(env: Env, baseDirectory: string): Promise<PathCommand[]> {
  if (Deno.build.os === "windows") return [];
  const commands = new Map<string, PathCommand>();
  for (const directory of pathDirectories(env, baseDirectory)) {
    const file = `${directory}/ccrun`;
    if (await fileKind(file) !== "executable") continue;
    const target = await Deno.realPath(file).catch(() => undefined);
    // Two directories can be the same one, such as /bin and /usr/bin.
    if (target === undefined || commands.has(target)) continue;
    const script = await readBoundedTextFile(target, MAX_SCRIPT_BYTES).catch(() => "");
    commands.set(target, { file, target, script });
  }
  return [...commands.values()];
}
