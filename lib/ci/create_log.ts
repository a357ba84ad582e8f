/**
 * The log of a job, and what in the job's workspace it may name.
 *
 * @module
 */

import { type CiLog, createCiLog } from "./log.ts";
import { SEPARATOR } from "@std/path";
import type { CiSystem } from "./detect.ts";
import type { Env } from "../util/env.ts";

/** As much of a file is read to find the line of a failed edit, in bytes: 1 MiB. */
const MAX_READ_BYTES = 1024 * 1024;

/** The commands for a system's log, where there are some; a failed edit is looked for in the workspace. */
export function createLog(
  ci: CiSystem,
  env: Env,
): CiLog | undefined {
  if (ci !== "github" && ci !== "gitlab") return undefined;
  const workspace = env["GITHUB_WORKSPACE"] || undefined;
  return createCiLog(ci, {
    // claude names files by their real paths.
    workspace: workspace && realPath(workspace),
    readFile: (path) => workspace === undefined ? undefined : readInside(workspace, path),
  });
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

/** Reads a file of a directory; the path may be anybody's. */
function readInside(directory: string, path: string): string | undefined {
  try {
    const [root, file] = [Deno.realPathSync(directory), Deno.realPathSync(path)];
    const { isFile, size } = Deno.statSync(file);
    // Not a pipe, where nobody writes, and not what a link leads to.
    const isInside = file.startsWith(`${root}${SEPARATOR}`);
    return isInside && isFile && size <= MAX_READ_BYTES ? Deno.readTextFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}
