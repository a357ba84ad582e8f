/**
 * What it costs that nothing is left of a run, whatever ends it.
 *
 * @module
 */

import { startChild } from "../../lib/process/child.ts";
import { textOf } from "../support/bytes.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import type { Bench } from "./bench.ts";
import { median } from "./numbers.ts";
import type { Row } from "./rows.ts";

/** Pairs of a child without and with a guardian. */
const PAIRS = 100;

/** How many idle processes there are beside those of the machine. */
const CROWDS = [0, 200] as const;

/** Measures what a guardian costs, also on a machine with many processes. */
export async function guardianSection(bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const idle of CROWDS) {
    const where = idle === 0 ? "" : `, ${idle} processes more`;
    bench.say(`guardian: ${PAIRS} pairs of a child${where}`);
    const { bare, guarded } = await childTimes({ pairs: PAIRS, idle, signal: bench.signal });
    const [without, within] = [median(bare), median(guarded)];
    rows.push(
      { name: `a bare child${where}`, value: without, unit: "ms" },
      { name: `a guarded child, swept${where}`, value: within, unit: "ms" },
      {
        name: `guardian's cost${where}`,
        value: within - without,
        unit: "ms",
        beside: "a bare child",
      },
    );
  }
  return rows;
}

/** What a child takes, from its start until nothing of it is left, in milliseconds. */
interface ChildTimes {
  /** With nothing around it, for each. */
  readonly bare: readonly number[];
  /** As a run has it: with its guardian, and swept up after, for each. */
  readonly guarded: readonly number[];
}

/** Pairs that are not counted: the first ones run code that is not compiled yet. */
const WARM_UP_PAIRS = 5;

/** Does next to nothing, and ends well. */
const CHILD = "/bin/true";

/** Longer than any of it takes. */
const GRACE_MS = 5000;

/** How to measure children. */
interface ChildOptions {
  readonly pairs: number;
  /** How many processes more than now there are meanwhile, which do nothing. */
  readonly idle: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Measures the same child bare and guarded, in turns, so that whatever else the machine does at the
 * time befalls both.
 */
async function childTimes({ pairs, idle, signal }: ChildOptions): Promise<ChildTimes> {
  await using sandbox = await makeSandbox();
  const crowd = Array.from({ length: idle }, startIdle);
  try {
    const bare: number[] = [];
    const guarded: number[] = [];
    for (let pair = 0; pair < WARM_UP_PAIRS + pairs; pair++) {
      signal?.throwIfAborted();
      bare.push(await timeOf(() => runBare(sandbox)));
      guarded.push(await timeOf(() => runGuarded(sandbox)));
    }
    return { bare: bare.slice(WARM_UP_PAIRS), guarded: guarded.slice(WARM_UP_PAIRS) };
  } finally {
    await Promise.all(crowd.map(endIdle));
  }
}

/** It waits for the end of its stdin, so that it ends also when this program is killed. */
function startIdle(): Deno.ChildProcess {
  return new Deno.Command("/bin/cat", { stdin: "piped", stdout: "null", stderr: "null" }).spawn();
}

async function endIdle(process: Deno.ChildProcess): Promise<void> {
  await process.stdin.close();
  await process.status;
}

async function timeOf(act: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

async function runBare(sandbox: Sandbox): Promise<void> {
  const process = new Deno.Command(CHILD, {
    env: sandbox.env(),
    clearEnv: true,
    cwd: sandbox.project,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const closed = process.stdin.close();
  await Promise.all([textOf(process.stdout), textOf(process.stderr), process.status, closed]);
}

async function runGuarded(sandbox: Sandbox): Promise<void> {
  const child = await startChild({
    command: CHILD,
    args: [],
    env: sandbox.env(),
    cwd: sandbox.project,
  });
  const closed = child.stdin.close();
  const cleared = child.exited.then(() => child.reapLeftovers(GRACE_MS));
  await Promise.all([textOf(child.stdout), textOf(child.stderr), cleared, closed]);
}
