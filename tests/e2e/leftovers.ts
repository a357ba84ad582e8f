/**
 * Processes that a run may leave behind. A test finds them by their command line, because some of
 * them do not carry the mark of the sandbox.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { processTable } from "../support/process_table.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";

/** A process that runs longer than any test and has a unique command line. */
export interface Leftover extends AsyncDisposable {
  /** The shell command that runs it without a terminal or pipe. */
  readonly command: string;
  /** Its command line. */
  readonly name: string;
  /** The shell command that waits until it runs. */
  readonly waitCommand: string;
  /** Returns the running processes with this command line. */
  pids(): Promise<readonly number[]>;
  /** Waits until it runs. */
  untilRunning(): Promise<void>;
  /** Waits until it has ended. */
  untilGone(): Promise<void>;
}

/** Longer than a process takes to start or end on a busy machine. */
const LIMIT_MS = 30_000;

let count = 0;

/** Creates a leftover, which the test's shell commands run. Disposing of it kills it. */
export function makeLeftover({ root }: Sandbox): Leftover {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const name = `sleep 777.${String(random).padStart(10, "0")}${++count}`;
  const file = `${root}/leftover-${count}`;
  const pids = () => processesNamed(name);
  return {
    command: `sh -c ': >"$0"; exec ${name}' ${file} </dev/null >/dev/null 2>&1`,
    name,
    waitCommand: `until [ -e ${file} ]; do sleep 0.05; done`,
    pids,
    async untilRunning() {
      assert(
        await waitFor(async () => (await pids()).length > 0, LIMIT_MS),
        `${name} does not run`,
      );
    },
    async untilGone() {
      const isGone = await waitFor(async () => (await pids()).length === 0, LIMIT_MS);
      assert(isGone, `${name} still runs`);
    },
    async [Symbol.asyncDispose]() {
      for (const pid of await pids()) {
        try {
          Deno.kill(pid, "SIGKILL");
        } catch {
          // It has ended in the meantime.
        }
      }
    },
  };
}

/** Creates several leftovers that are disposed of together. */
export function makeLeftovers<const K extends string>(
  sandbox: Sandbox,
  names: readonly K[],
): Readonly<Record<K, Leftover>> & AsyncDisposable {
  const leftovers = names.map((name) => [name, makeLeftover(sandbox)] as const);
  return {
    ...Object.fromEntries(leftovers) as Record<K, Leftover>,
    async [Symbol.asyncDispose]() {
      for (const [, leftover] of leftovers) await leftover[Symbol.asyncDispose]();
    },
  };
}

/** Fails if one of them runs. */
export async function assertGone(...leftovers: readonly Leftover[]): Promise<void> {
  for (const { name, pids } of leftovers) assertEquals(await pids(), [], `${name} still runs`);
}

/** Returns the processes with this command line. Zombies have none. */
async function processesNamed(name: string): Promise<readonly number[]> {
  return (await processTable()).filter(({ command }) => command === name).map(({ pid }) => pid);
}
