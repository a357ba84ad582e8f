/**
 * The plan of a round of chaos for `ccrun batch`: its tasks, and the moments at which it is killed.
 *
 * @module
 */

import { makeRandom, type Random } from "../support/random.ts";

/** A task of a round. */
export interface ChaosTask {
  readonly id: string;
  /** Its first word identifies the task in the list of executions. */
  readonly prompt: string;
  /** What it leaves in its worktree. */
  readonly change: "nothing" | "a file" | "a commit";
}

/** The moments of a kill, after the start of ccrun. */
const MOMENTS = ["launch", "an execution", "a result"] as const;

/** The signals that end ccrun, most often at once. */
const SIGNALS = ["SIGKILL", "SIGKILL", "SIGKILL", "SIGTERM", "SIGINT"] as const;

/** Ends ccrun. */
export interface Kill {
  readonly signal: typeof SIGNALS[number];
  /** What comes before it. */
  readonly moment: typeof MOMENTS[number];
  /** How many executions or results have to come first. */
  readonly count: number;
  /** The time between both. */
  readonly delayMs: number;
  /** How many bytes of the last result are lost, as if the machine had crashed, too. */
  readonly lostBytes: number;
}

/** The plan of a round. */
export interface BatchRound {
  readonly seed: number;
  readonly number: number;
  readonly hasWorktrees: boolean;
  readonly hasLogs: boolean;
  readonly tasks: readonly ChaosTask[];
  /** Each one is followed by the same command. */
  readonly kills: readonly Kill[];
}

/** Odd and large, so that the seeds of neighboring rounds have nothing in common. */
const ROUND_STRIDE = 0x27d4eb2f;

const TASKS = 40;

const MAX_KILLS = 6;

/** Plans the round with this number. The same seed gives the same plan. */
export function planBatchRound(seed: number, number: number): BatchRound {
  const random = makeRandom(Math.imul(seed, ROUND_STRIDE) ^ Math.imul(number, ROUND_STRIDE + 2));
  const hasWorktrees = number % 2 === 0;
  return {
    seed,
    number,
    hasWorktrees,
    hasLogs: random.below(2) === 0,
    tasks: Array.from({ length: TASKS }, (_, index) => planTask(random, index, hasWorktrees)),
    kills: Array.from({ length: 1 + random.below(MAX_KILLS) }, () => planKill(random)),
  };
}

function planTask(random: Random, index: number, hasWorktrees: boolean): ChaosTask {
  const name = `t${index}`;
  const change = hasWorktrees ? random.pick(["nothing", "a file", "a commit"] as const) : "nothing";
  const words = [
    name,
    `alone=${name}`,
    ...(change === "nothing" ? [] : ["trace"]),
    `sleep=${(random.below(12) / 100).toFixed(2)}`,
    ...(random.below(12) === 0 ? [`flaky=${name}`] : []),
    ...(random.below(20) === 0 ? ["leave"] : []),
    ...(change === "a file" ? [`edit=${name}`] : []),
    ...(change === "a commit" ? [`commit=${name}`] : []),
  ];
  const id = random.pick([`src/${name}.js`, name, `../${name}`, `-${name}`, `${name} ü.js`]);
  return { id, prompt: words.join(" "), change };
}

function planKill(random: Random): Kill {
  const moment = random.pick(MOMENTS);
  return {
    signal: random.pick(SIGNALS),
    moment,
    count: 1 + random.below(12),
    delayMs: moment === "launch" ? random.below(600) : random.below(moment === "a result" ? 3 : 80),
    lostBytes: random.below(4) === 0 ? 1 + random.below(400) : 0,
  };
}

/** Describes a plan in one line. */
export function describeBatchRound({ hasWorktrees, hasLogs, kills }: BatchRound): string {
  const moments = kills.map(({ signal, moment }) => `${signal} after ${moment}`).join(", ");
  const options = [...(hasWorktrees ? [" --worktrees"] : []), ...(hasLogs ? [" --logs"] : [])];
  return `batch${options.join("")}, ${moments}`;
}
