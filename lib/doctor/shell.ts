import { execCapture } from "../process/exec_capture.ts";
import type { Env } from "../util/env.ts";

/** A shell that takes longer hangs, for example because of a network file system. */
const LIMIT_MS = 5000;

/**
 * Runs a short script in /bin/sh and returns the lines that it wrote. A shell can ask the kernel what
 * Deno cannot, for example whether a directory on a read-only file system is writable.
 *
 * @returns an empty set if there is no shell
 */
export async function shellLines(
  script: string,
  args: readonly string[],
  env: Env,
  aborted: Promise<void>,
): Promise<ReadonlySet<string>> {
  if (Deno.build.os === "windows") return new Set();
  try {
    const { stdout } = await execCapture({
      command: "/bin/sh",
      args: ["-c", script, "sh", ...args],
      env: { ...env, PATH: `/usr/bin:/bin:${env["PATH"] ?? ""}`, LC_ALL: "C" },
      cwd: "/",
      limitMs: LIMIT_MS,
      signal: aborted,
    });
    return new Set(stdout.split("\n"));
  } catch {
    return new Set();
  }
}
