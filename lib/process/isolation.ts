import { constants } from "node:os";
import { CcrunError } from "../errors.ts";
import type { Env } from "../util/env.ts";
import { runShell, systemPathFirst } from "../util/run_shell.ts";

/** Make unshare start a PID namespace whose processes are killed together with it. */
const NAMESPACE = ["--pid", "--fork", "--kill-child=KILL", "--mount-proc"] as const;

/** Lets users other than root create a PID namespace. */
const USER_NAMESPACE = ["--user", "--map-current-user"] as const;

/** The first process inside, which adopts orphans: a shell that waits for the program. */
const INIT = ["/bin/sh", "-c", '"$@"; exit $?', "ccrun-init"] as const;

/** Options for {@linkcode isolationCommand}. */
export interface IsolationOptions {
  /** The PATH that contains `unshare`. @default {"/usr/bin:/bin, then the PATH of the environment"} */
  readonly path?: string;
}

/**
 * Returns the command that runs a program in a PID namespace, which no process can leave. It begins with
 * an absolute path, so that the environment of the program does not decide which `unshare` runs.
 *
 * @throws {CcrunError} `usage` when the host does not allow it
 */
export async function isolationCommand(
  env: Env,
  { path = systemPathFirst(env) }: IsolationOptions = {},
): Promise<readonly [string, ...string[]]> {
  if (Deno.build.os !== "linux") {
    throw new CcrunError(
      "usage",
      `cannot isolate claude: ${Deno.build.os} has no PID namespaces`,
      "remove --isolate, which works only on Linux",
    );
  }
  const unshare = await runShell("command -v unshare", { PATH: path });
  const program = unshare?.output.trim();
  if (!program?.startsWith("/")) throw cannotIsolate("unshare was not found");
  let reason = "";
  for (const user of [[], USER_NAMESPACE]) {
    const command = [program, ...NAMESPACE, ...user] as const;
    const trial = await runShell('"$@" true 2>&1', { PATH: path }, command);
    if (trial?.code === 0) return [...command, ...INIT];
    reason = trial?.output.trim() ?? "unshare cannot be executed";
  }
  throw cannotIsolate(reason);
}

function cannotIsolate(reason: string): CcrunError {
  const hint = "remove --isolate, or allow unprivileged user namespaces on this host";
  return new CcrunError("usage", `cannot isolate claude: ${reason}`, hint);
}

/** A shell reports a program that died of signal N with the exit code 128 + N. */
const SIGNAL_BASE = 128;

/** Returns how the isolated program exited, given the exit code of the shell around it. */
export function decodeShellStatus(code: number): { code: number } | { signal: Deno.Signal } {
  const [name] = Object.entries(constants.signals)
    .find(([, number]) => code === SIGNAL_BASE + number) ?? [];
  return name === undefined ? { code } : { signal: name as Deno.Signal };
}
