import { constants } from "node:os";
import { CcrunError } from "../errors.ts";
import type { Env } from "../util/env.ts";
import { runShell } from "../util/run_shell.ts";

/** Starts a PID namespace whose processes are killed together with unshare. */
const UNSHARE = ["unshare", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"] as const;

/** Lets users other than root create a PID namespace. */
const USER_NAMESPACE = ["--user", "--map-current-user"] as const;

/** The first process inside, which adopts orphans: a shell that waits for the program. */
const INIT = ["/bin/sh", "-c", '"$@"; exit $?', "ccrun-init"] as const;

/** The exit code of a shell that does not find a command. */
const NOT_FOUND = 127;

/**
 * Returns the command that runs a program in a PID namespace, which no process can leave.
 *
 * @param env the environment whose PATH contains `unshare`
 * @throws {CcrunError} `usage` when the host does not allow it
 */
export async function isolationCommand(env: Env): Promise<readonly [string, ...string[]]> {
  if (Deno.build.os !== "linux") {
    throw new CcrunError(
      "usage",
      `cannot isolate claude: ${Deno.build.os} has no PID namespaces`,
      "remove --isolate, which works only on Linux",
    );
  }
  let reason = "";
  for (const command of [UNSHARE, [...UNSHARE, ...USER_NAMESPACE] as const]) {
    const result = await runShell(`${command.join(" ")} true 2>&1`, env);
    if (result?.code === 0) return [...command, ...INIT];
    reason = result === undefined || result.code === NOT_FOUND
      ? "unshare cannot be executed"
      : result.output.trim();
  }
  throw new CcrunError(
    "usage",
    `cannot isolate claude: ${reason}`,
    "remove --isolate, or allow unprivileged user namespaces on this host",
  );
}

/** A shell reports a program that died of signal N with the exit code 128 + N. */
const SIGNAL_BASE = 128;

/** Returns how the isolated program exited, given the exit code of the shell around it. */
export function decodeShellStatus(code: number): { code: number } | { signal: Deno.Signal } {
  const [name] = Object.entries(constants.signals)
    .find(([, number]) => code === SIGNAL_BASE + number) ?? [];
  return name === undefined ? { code } : { signal: name as Deno.Signal };
}
