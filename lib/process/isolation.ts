import { CcrunError } from "../errors.ts";
import { execCapture } from "./exec_capture.ts";
import type { Env } from "../util/env.ts";

/** A PID namespace whose processes are killed with the one that made it. */
const UNSHARE = ["unshare", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"] as const;

/** For whom is not root. */
const AS_USER = ["--user", "--map-current-user"] as const;

/** The first process inside, which takes up orphans: a shell that waits for the program. */
const INIT = ["/bin/sh", "-c", '"$@"; exit $?', "ccrun-init"] as const;

/** How long the host may take to say whether it allows it, in milliseconds. */
const PROBE_LIMIT_MS = 5000;

/**
 * The words before a command that run it in a PID namespace of its own, which nothing can leave.
 *
 * @param env the environment whose PATH has `unshare`
 * @throws {CcrunError} `usage` where the host does not allow it
 */
export async function isolation(
  env: Env,
): Promise<readonly [string, ...string[]]> {
  let why = `${Deno.build.os} has no PID namespaces`;
  if (Deno.build.os === "linux") {
    for (const user of [[], AS_USER]) {
      const [command, ...options] = [...UNSHARE, ...user];
      try {
        const { code, stderr } = await execCapture({
          command: command ?? "",
          args: [...options, "true"],
          env: { ...env, LC_ALL: "C" },
          cwd: "/",
          limitMs: PROBE_LIMIT_MS,
        });
        if (code === 0) return [...UNSHARE, ...user, ...INIT];
        why = stderr.trim();
      } catch {
        why = "there is no unshare that can be run";
      }
    }
  }
  throw new CcrunError(
    "usage",
    `this host does not let claude be isolated: ${why}`,
    Deno.build.os === "linux"
      ? "leave --isolate out, or allow unprivileged user namespaces"
      : "leave --isolate out: it works on Linux alone",
  );
}
