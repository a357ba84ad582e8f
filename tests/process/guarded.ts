/**
 * A child with its guardian, and helpers to inspect the processes around them.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Child } from "../../lib/process/child.ts";
import { type Guardian, type GuardianOptions, startGuardian } from "../../lib/process/guardian.ts";
import { createRunToken, withRunToken } from "../../lib/process/run_token.ts";
import { exists } from "../../lib/util/exists.ts";
import { isSuspended, living as entriesOf, processTable } from "../support/process_table.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";

/** Longer than anything here takes. */
export const LONG_MS = 60_000;

/** Long enough for a process to exit on request, and short enough to wait for. */
export const SHORT_MS = 600;

/** A script that runs until it is stopped. */
export const FOREVER = "while :; do sleep 0.02; done";

/** Defines a shell function that waits until a process has become `sleep`. */
export const IS_SLEEP = `is_sleep() { until [ "$(${
  Deno.build.os === "linux" ? 'cat "/proc/$1/comm"' : 'ps -o comm= -p "$1"'
})" = sleep ]; do sleep 0.02; done; }`;

/** Starts a command without the run token. The mark lets the sandbox find it after a failed test. */
export const CLEARED = 'env -i "CCRUN_TEST_MARK=$CCRUN_TEST_MARK"';

/** A shell script that runs as the child of a guarded run. */
export interface Guarded {
  readonly token: string;
  readonly pid: number;
  readonly guardian: Guardian;
  readonly exited: Promise<Deno.CommandStatus>;
  /** Returns the pid that the script has written to `$HOME/NAME`. */
  pidOf(name: string): Promise<number>;
}

export interface GuardedOptions extends Partial<Omit<GuardianOptions, "token" | "env">> {
  /** The environment of the guardian and the child. @default {the sandbox's} */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Whether the guardian receives the pid of the child. @default {true} */
  readonly isKnown?: boolean | undefined;
}

/** Starts a guardian and then a script that it guards. */
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
    shell: ["/usr/bin/env", `CCRUN_TEST_MARK=${env["CCRUN_TEST_MARK"]}`, ...shell],
    ...others,
  });
  assert(guardian !== undefined);
  const child = startScript(sandbox, script, withRunToken(env, token));
  if (isKnown) guardian.guard(child.pid);
  const { pid, status: exited } = child;
  return { token, pid, exited, guardian, pidOf: (name) => pidOf(sandbox, name) };
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

/** Returns the pid that a script has written to `$HOME/NAME`. */
export async function pidOf(sandbox: Sandbox, name: string): Promise<number> {
  let text = "";
  const isWritten = await waitFor(async () => {
    text = await Deno.readTextFile(`${sandbox.home}/${name}`).catch(() => "");
    return text.endsWith("\n");
  }, LONG_MS);
  assert(isWritten, `${name} was never written`);
  return Number(text);
}

/** Returns the state of a process as one letter, or undefined if it has ended. */
export async function stateOf(pid: number): Promise<string | undefined> {
  return (await entriesOf([pid]))[0]?.state;
}

export async function statesOf(pids: readonly number[]): Promise<readonly (string | undefined)[]> {
  return await Promise.all(pids.map(stateOf));
}

/** Waits until all processes are suspended. A running process handles the signal a moment later. */
export async function untilSuspended(pids: readonly number[]): Promise<void> {
  const areSuspended = async () => {
    const table = await processTable();
    const entries = table.filter(({ pid }) => pids.includes(pid));
    return entries.length === pids.length && entries.every((entry) => isSuspended(entry, table));
  };
  assert(await waitFor(areSuspended, LONG_MS), "a process is not suspended");
}

/** Returns those of the processes that are alive. */
export async function living(pids: readonly number[]): Promise<readonly number[]> {
  const found = new Set((await entriesOf(pids)).map(({ pid }) => pid));
  return pids.filter((pid) => found.has(pid));
}

/** Waits for a file in the home directory. */
export async function until(sandbox: Sandbox, name: string): Promise<void> {
  const path = `${sandbox.home}/${name}`;
  assert(await waitFor(() => exists(path), LONG_MS), `${name} was never written`);
}

/** Writes a script to the home directory. */
export async function writeScript(sandbox: Sandbox, name: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${sandbox.home}/${name}`, text);
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
