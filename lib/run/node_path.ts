import { dirname } from "@std/path/dirname";
import type { Env } from "../util/env.ts";

/**
 * Returns an environment whose PATH ends with the directory of claude if that contains `node`. A claude
 * that a version manager installed is a script for the `node` beside it, and cron and CI lack both in PATH.
 */
export async function withNodeInPath(env: Env, claude: string): Promise<Env> {
  if (Deno.build.os === "windows") return env;
  const directory = dirname(claude);
  const directories = (env["PATH"] ?? "").split(":").filter((path) => path !== "");
  if (directories.includes(directory) || !(await hasNode(directory))) return env;
  return { ...env, PATH: [...directories, directory].join(":") };
}

async function hasNode(directory: string): Promise<boolean> {
  try {
    return (await Deno.stat(`${directory}/node`)).isFile;
  } catch {
    return false;
  }
}
