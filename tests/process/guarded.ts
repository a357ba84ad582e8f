/**
 * A child with its guardian, and what a test asks of the processes around them.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type Guardian, type GuardianOptions, startGuardian } from "../../lib/process/guardian.ts";
import { createRunToken, withRunToken } from "../../lib/process/run_token.ts";
import type { Child } from "../../lib/process/child.ts";
import { living as entriesOf } from "../support/process_table.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";

/** Longer than anything here takes: who waits so long waits in vain. */
export const LONG_MS = 60_000;

/** Long enough for whoever is asked to end, short enough to wait until it is over. */
export const SHORT_MS = 600;

/** A shell that runs until it is ended. */
export const FOREVER = "while :; do sleep 0.02; done";

/** A function of a script's: waits until a process has become `sleep`. */
export const IS_SLEEP = `is_sleep() { until [ "$(${
  Deno.build.os === "linux" ? 'cat "/proc/$1/comm"' : 'ps -o comm= -p "$1"'
})" = sleep ]; do sleep 0.02; done; }`;

/**
 * Clears the environment but for the test's own mark, so that also a failed test finds the process.
 * Goes before a command of a script.
 */
export const CLEARED = 'env -i "CCRUN_TEST_MARK=$CCRUN_TEST_MARK"';

/** A shell script that runs as a run's child, under a guardian. */
export interface Guarded {
  /** What the run's processes carry. */
  readonly token: string;
  /** The child's process id. */
  readonly pid: number;
  /** How the child ended. */
  readonly ended: Promise<Deno.CommandStatus>;
  /** Who guards it. */
  readonly guardian: Guardian;
  /** The process id that the script has written to `$HOME/NAME`. */
  pidOf(name: string): Promise<number>;
}

/** What a test may want otherwise. */
export interface GuardedOptions extends Partial<Omit<GuardianOptions, "token" | "env">> {
  /** The environment of both. @default {the sandbox's} */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Whether the guardian is told which child is the run's. @default {true} */
  readonly isKnown?: boolean | undefined;
}

/** Starts a guardian, and then a script that it guards. */
export function startGuarded(
  sandbox: Sandbox,
  script: string,
  options: GuardedOptions = {},
): Guarded {
  const { env = sandbox.env(), isKnown = true, shell = ["/bin/sh"], ...others } = options;
  const token = createRunToken();
  const guardian = startGuardian({
    token,
    env,
    graceMs: LONG_MS,
    // So that a failed test finds the guardian, too.
    shell: ["/usr/bin/env", `CCRUN_TEST_MARK=${env["CCRUN_TEST_MARK"]}`, ...shell],
    ...others,
  });
  assert(guardian !== undefined);
  const child = startScript(sandbox, script, withRunToken(env, token));
  if (isKnown) guardian.guard(child.pid);
  const { pid, status: ended } = child;
  return { token, pid, ended, guardian, pidOf: (name) => pidOf(sandbox, name) };
}

/** Starts a script in a session of its own. */
export function startScript(
  sandbox: Sandbox,
  script: string,
  env: Readonly<Record<string, string>> = sandbox.env(),
): Deno.ChildProcess {
  return new Deno.Command("/bin/sh", {
    args: ["-c", script],
    cwd: sandbox.project,
    clearEnv: true,
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
}

/** The process id that a script has written to `$HOME/NAME`. */
export async function pidOf(sandbox: Sandbox, name: string): Promise<number> {
  let text = "";
  const isWritten = await waitFor(async () => {
    text = await Deno.readTextFile(`${sandbox.home}/${name}`).catch(() => "");
    return text.endsWith("\n");
  }, LONG_MS);
  assert(isWritten, `${name} was never written`);
  return Number(text);
}

/** What state a process is in: one letter; undefined when it has ended. */
export async function stateOf(pid: number): Promise<string | undefined> {
  let state: string | undefined;
  // In the kernel's hands, it takes a signal a moment later.
  await waitFor(async () => {
    state = (await entriesOf([pid]))[0]?.state;
    return state !== "D";
  }, LONG_MS);
  return state;
}

/** Those of the processes that live. */
export async function living(pids: readonly number[]): Promise<readonly number[]> {
  const found = new Set((await entriesOf(pids)).map(({ pid }) => pid));
  return pids.filter((pid) => found.has(pid));
}

/** Waits for a file of the home directory to be there. */
export async function until(sandbox: Sandbox, name: string): Promise<void> {
  const isThere = () => Deno.stat(`${sandbox.home}/${name}`).then(() => true, () => false);
  assert(await waitFor(isThere, LONG_MS), `${name} never came`);
}

/** Writes a text to a child's stdin and closes it, whether or not the child reads it. */
export async function writeStdin(child: Child, text: string): Promise<void> {
  const writer = child.stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // The child has exited or closed its stdin.
  }
}
