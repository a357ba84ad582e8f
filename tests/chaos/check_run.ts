/**
 * The rules that every finished run of ccrun must follow, whatever signals it received.
 *
 * @module
 */

import { SIGNAL_REASONS } from "../../lib/exit_codes.ts";
import { temporaryFiles } from "../e2e/scene.ts";
import type { CcrunResult } from "../support/ccrun.ts";
import { assertEvents } from "../support/event_schema.ts";
import { asObject, isJsonObject, type JsonObject } from "../support/json.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";
import { canFinishFirst, type ChaosSignal, type RunPlan } from "./round.ts";
import { describeProcess, type ProcessTree } from "./process_tree.ts";
import type { ProcessStat } from "../support/process_table.ts";
import { ANSWER } from "./scripts.ts";

/** Limits in milliseconds. */
export interface Limits {
  /** How much longer than the grace period processes may live after ccrun has exited. */
  readonly leftoverMs: number;
  /** How much longer than the grace period ccrun may take to exit. */
  readonly endMs: number;
  /** How long a child may be a zombie before ccrun waits for it. */
  readonly zombieMs: number;
  /** How long a helper may take to remove files after all processes have exited. */
  readonly removedMs: number;
}

/** The limits on an idle machine. */
export const DEFAULT_LIMITS: Limits = {
  leftoverMs: 1000,
  // Less than the 3 s after which ccrun forces its own exit.
  endMs: 2500,
  zombieMs: 1000,
  removedMs: 1000,
};

/** The numbers of the signals. The exit code is 128 higher. */
const NUMBERS: Readonly<Record<ChaosSignal, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
};

/** A finished run. */
export interface FinishedRun {
  readonly plan: RunPlan;
  readonly result: CcrunResult;
  readonly sandbox: Sandbox;
  /** Milliseconds from the first signal to the exit of ccrun, without the grace period. */
  readonly endMs: number | undefined;
  /**
   * The children of ccrun that were zombies when it had exited.
   *
   * A process is a zombie until its parent waits for it. ccrun must wait for its own children. The
   * orphans of claude and of its tools are inherited by process 1, which may take a few seconds, so
   * they do not count.
   */
  readonly zombies: readonly ProcessStat[];
  readonly tree: ProcessTree;
  readonly limits: Limits;
}

/** Returns the rules that a run broke. */
export async function checkRun(run: FinishedRun): Promise<string[]> {
  const { plan, result, sandbox, endMs, zombies, tree, limits } = run;
  const problems: string[] = [];
  const allowed = allowedCodes(plan);
  if (!allowed.includes(result.code)) {
    problems.push(`the exit code is ${result.code}, not ${allowed.join(" or ")}`);
  }
  if (endMs !== undefined && endMs > limits.endMs) {
    problems.push(`ccrun exited ${Math.round(endMs)} ms after the grace period`);
  }
  if (/\n {4}at |Uncaught|panicked|internal error/.test(result.stderr)) {
    problems.push("stderr reports an internal error");
  }
  problems.push(...tree.lateZombies.map((row) => `a zombie: ${describeProcess(row)}`));
  if (!mayBeIncomplete(run)) {
    problems.push(...zombies.map((row) => `left as a zombie: ${describeProcess(row)}`));
  }
  problems.push(...checkOutput(run), ...await checkFiles(run));
  const answer = await Deno.readTextFile(`${sandbox.project}/answer.txt`).catch(() => undefined);
  if (result.code === 0 && plan.hasFiles && answer !== `${ANSWER}\n`) {
    problems.push(`the --output file contains ${JSON.stringify(answer)}`);
  }
  return problems;
}

/**
 * Returns the possible exit codes. The first signal decides, but signals of the same moment have no
 * order, SIGKILL can always win, and a run may have finished before its first signal.
 */
function allowedCodes(plan: RunPlan): number[] {
  const { signals } = plan;
  const [first, ...more] = signals;
  if (first === undefined) return [0];
  const allowed = new Set([128 + NUMBERS[first.signal]]);
  let isSameMoment = true;
  for (const { signal, delayMs } of more) {
    isSameMoment &&= delayMs === 0;
    if (isSameMoment || signal === "SIGKILL") allowed.add(128 + NUMBERS[signal]);
  }
  if (canFinishFirst(plan)) allowed.add(0);
  return [...allowed];
}

/**
 * Returns whether the output may be incomplete: ccrun was killed, a third signal forced its exit, a
 * second one did so before the run had started, or the first one arrived before ccrun handled it.
 */
function mayBeIncomplete({ plan, result }: FinishedRun): boolean {
  const { signals, moment } = plan;
  if (result.signal === "SIGKILL" || signals.length >= 3) return true;
  const hasNoOutput = result.stdout === "";
  if (signals.length === 2 && hasNoOutput) return true;
  return moment === "launch" && result.signal !== null && hasNoOutput;
}

function checkOutput(run: FinishedRun): string[] {
  switch (run.plan.format) {
    case "json":
      return checkEvents(run);
    case "raw":
      return checkRaw(run);
    case "pretty":
      return checkPretty(run);
  }
}

/** Returns the lines. Only incomplete output may end with a part of a line. */
function wholeLines(run: FinishedRun, problems: string[]): string[] {
  const lines = run.result.stdout.split("\n");
  const rest = lines.pop() ?? "";
  if (rest !== "" && !mayBeIncomplete(run)) problems.push(`the last line is incomplete: ${rest}`);
  return lines;
}

function parsed(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function checkEvents(run: FinishedRun): string[] {
  const problems: string[] = [];
  const events: JsonObject[] = [];
  for (const line of wholeLines(run, problems)) {
    const event = parsed(line);
    if (event === undefined) problems.push(`not an event: ${line}`);
    else events.push(event);
  }
  const first = events[0];
  if (first !== undefined && first["type"] !== "start") problems.push("start is not first");
  const exits = events.filter(({ type }) => type === "exit");
  if (exits.length === 0 && mayBeIncomplete(run)) return problems;
  try {
    assertEvents(events);
  } catch (error) {
    problems.push(`the events are wrong: ${error instanceof Error ? error.message : error}`);
  }
  problems.push(...checkExit(run, asObject(exits[0])));
  const answer = events.findLast(({ type }) => type === "result");
  if (run.result.code === 0 && answer?.["text"] !== ANSWER) problems.push("the answer is wrong");
  return problems;
}

/** Compares the `exit` event with the exit status of the process. */
function checkExit({ plan, result }: FinishedRun, exit: JsonObject): string[] {
  const problems: string[] = [];
  // A ccrun that is killed after its exit event has another exit status.
  const isKilled = result.signal === "SIGKILL" || plan.signals.length >= 3;
  if (exit["code"] !== result.code && !isKilled) {
    problems.push(`exit has code ${exit["code"]}, the process exited with ${result.code}`);
  }
  const signal = exit["signal"];
  const named = plan.signals.some((sent) =>
    sent.signal === signal && sent.signal in SIGNAL_REASONS
  );
  if (signal !== undefined && !named) problems.push(`exit names ${signal}`);
  if ((signal !== undefined) !== Number(exit["code"]) > 128) {
    problems.push(`exit has code ${exit["code"]} and signal ${signal}`);
  }
  return problems;
}

function checkRaw(run: FinishedRun): string[] {
  const problems: string[] = [];
  const lines = wholeLines(run, problems).map((line) => ({ line, value: parsed(line) }));
  const isOwn = (value: JsonObject | undefined) => value?.["source"] === "ccrun";
  for (const [at, { line, value }] of lines.entries()) {
    // If claude is killed while it writes, a part of a line comes before the lines of ccrun.
    const isPartial = isOwn(lines[at + 1]?.value) && !isOwn(lines[at - 1]?.value);
    if (value === undefined && !isPartial) problems.push(`not JSON: ${line}`);
  }
  const exits = lines.filter(({ value }) => isOwn(value) && value?.["type"] === "exit");
  if (exits.length === 0 && mayBeIncomplete(run)) return problems;
  if (exits.length !== 1 || lines.at(-1) !== exits[0]) {
    problems.push(`${exits.length} exit lines, or exit is not the last line`);
  }
  problems.push(...checkExit(run, asObject(exits[0]?.value)));
  const answer = lines.findLast(({ value }) => value?.["type"] === "result")?.value;
  if (run.result.code === 0 && answer?.["result"] !== ANSWER) {
    problems.push("the answer is wrong");
  }
  return problems;
}

function checkPretty(run: FinishedRun): string[] {
  const { result } = run;
  const expected = result.code === 0 ? `${ANSWER}\n` : "";
  if (result.stdout === expected || mayBeIncomplete(run)) return [];
  return [`stdout is ${JSON.stringify(result.stdout)}, not ${JSON.stringify(expected)}`];
}

/** The temporary file of --output, which a ccrun that is killed while it writes leaves behind. */
const DRAFT = /\/\.answer\.txt\.[0-9a-f]{8}\.tmp$/;

/** Checks that no temporary file is left. A helper removes private files after SIGKILL. */
async function checkFiles({ result, sandbox, limits }: FinishedRun): Promise<string[]> {
  const isKilled = result.signal === "SIGKILL";
  const found = async () =>
    (await temporaryFiles(sandbox)).filter((file) => !isKilled || !DRAFT.test(file));
  if (isKilled) await waitFor(async () => (await found()).length === 0, limits.removedMs);
  return (await found()).map((file) => `a temporary file is left: ${file}`);
}
