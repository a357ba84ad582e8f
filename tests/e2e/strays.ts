/**
 * Processes that a run may leave behind, and that a test finds by their command line: also one that has cleared its
 * environment, by which a sandbox knows its own.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { processTable } from "../support/process_table.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";

/** A program that does nothing for longer than any test, and that no other process is taken for. */
export interface Stray extends AsyncDisposable {
  /** The shell command that runs it, with nothing of a terminal or a pipe held open. */
  readonly command: string;
  /** What is left of the command line when it runs. */
  readonly name: string;
  /** The shell command that waits until it runs. */
  readonly awaited: string;
  /** Those that live, wherever they are. */
  pids(): Promise<readonly number[]>;
  /** Waits until it runs. */
  running(): Promise<void>;
  /** Waits until it has gone, and fails when it does not go. */
  gone(): Promise<void>;
}

/** Long beside what a process takes to come or to go on a loaded machine. */
const LIMIT_MS = 30_000;

let count = 0;

/** Makes one; it is for the test's shell commands to run it. Disposing of it kills what is left. */
export function makeStray({ root }: Sandbox): Stray {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const name = `sleep 777.${String(random).padStart(10, "0")}${++count}`;
  const file = `${root}/stray-${count}`;
  const pids = () => processesNamed(name);
  return {
    command: `sh -c ': >"$0"; exec ${name}' ${file} </dev/null >/dev/null 2>&1`,
    name,
    awaited: `until [ -e ${file} ]; do sleep 0.05; done`,
    pids,
    async running() {
      assert(await waitFor(async () => (await pids()).length > 0, LIMIT_MS), `${name}: not there`);
    },
    async gone() {
      const isGone = await waitFor(async () => (await pids()).length === 0, LIMIT_MS);
      assert(isGone, `${name}: still there`);
    },
    async [Symbol.asyncDispose]() {
      for (const pid of await pids()) {
        try {
          Deno.kill(pid, "SIGKILL");
        } catch {
          // It ended by itself in the meantime.
        }
      }
    },
  };
}

/** Several at once, which one statement disposes of. */
export function makeStrays<const K extends string>(
  sandbox: Sandbox,
  names: readonly K[],
): Readonly<Record<K, Stray>> & AsyncDisposable {
  const strays = names.map((name) => [name, makeStray(sandbox)] as const);
  return {
    ...Object.fromEntries(strays) as Record<K, Stray>,
    async [Symbol.asyncDispose]() {
      for (const [, stray] of strays) await stray[Symbol.asyncDispose]();
    },
  };
}

/** Fails when one of them lives: a run that is over has ended it already. */
export async function assertGone(...strays: readonly Stray[]): Promise<void> {
  for (const { name, pids } of strays) assertEquals(await pids(), [], `still there: ${name}`);
}

/** The live processes with this command line; a zombie has none. */
async function processesNamed(name: string): Promise<readonly number[]> {
  return (await processTable()).filter(({ command }) => command === name).map(({ pid }) => pid);
}
