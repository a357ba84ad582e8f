/**
 * What must be true of a run of ccrun that has ended, whatever was done to it.
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
import { canEndFirst, type ChaosSignal, type RunChoices } from "./choices.ts";
import { describeProcess, type Family, type ProcessRow } from "./family.ts";
import { ANSWER } from "./scripts.ts";

/** How long things may take, in milliseconds. */
export interface Limits {
  /** How much longer than the grace anything of a run may live when ccrun has ended. */
  readonly strayMs: number;
  /** How much longer than the grace ccrun may take to end. */
  readonly endMs: number;
  /** How long a child that has ended may be a zombie, until ccrun asks how it ended. */
  readonly zombieMs: number;
  /** What the guardian may take to remove files when it has nothing else to do any more. */
  readonly removedMs: number;
}

/** What ccrun promises on a machine that has time for it. */
export const CONTRACT: Limits = {
  strayMs: 1000,
  // Less than its own last resort, which is 3 s.
  endMs: 2500,
  zombieMs: 1000,
  removedMs: 1000,
};

/** The signals' numbers, which the exit codes have. */
const NUMBERS: Readonly<Record<ChaosSignal, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGTERM: 15,
};

/** Where a file of mode 0600 is, its folder has 0700; both have nothing for anybody else. */
const OTHERS = 0o077;

/** What is judged. */
export interface Case {
  /** What was done. */
  readonly choices: RunChoices;
  /** How ccrun ended. */
  readonly result: CcrunResult;
  /** Where. */
  readonly sandbox: Sandbox;
  /** How long that took after the first signal, less the grace. */
  readonly endMs: number | undefined;
  /**
   * The children of ccrun that were zombies when it had ended.
   *
   * Who dies is a zombie until its parent asks how; when the parent dies before that, process 1 does it,
   * at once or a few seconds later, and nobody is to blame for the orphans that are seen there until then:
   * they are what claude and its tools have left, and ended as they should. What ccrun can prevent, and has
   * to, are zombies among its own children (claude, the guardian, its helpers): while it lives for longer
   * than a moment, and when it ends by itself any.
   */
  readonly zombies: readonly ProcessRow[];
  /** What was seen of its processes. */
  readonly family: Family;
  /** How long what was seen may have taken. */
  readonly limits: Limits;
}

/** Says what is wrong with how a run ended. */
export async function judge(the: Case): Promise<string[]> {
  const { choices, result, sandbox, endMs, zombies, family, limits } = the;
  const complaints: string[] = [];
  const allowed = allowedCodes(choices);
  if (!allowed.includes(result.code)) {
    complaints.push(`the exit code is ${result.code}, not ${allowed.join(" or ")}`);
  }
  if (endMs !== undefined && endMs > limits.endMs) {
    complaints.push(`it ended ${Math.round(endMs)} ms after the grace`);
  }
  if (/\n {4}at |Uncaught|panicked|internal error/.test(result.stderr)) {
    complaints.push("stderr tells of a fault");
  }
  complaints.push(...family.neglected.map((row) => `a zombie: ${describeProcess(row)}`));
  if (!wasCutShort(the)) {
    complaints.push(...zombies.map((row) => `left as a zombie: ${describeProcess(row)}`));
  }
  complaints.push(...judgeOutput(the), ...await judgeFiles(the));
  const answer = await Deno.readTextFile(`${sandbox.project}/answer.txt`).catch(() => undefined);
  if (result.code === 0 && choices.hasFiles && answer !== `${ANSWER}\n`) {
    complaints.push(`the file of --output has ${JSON.stringify(answer)}`);
  }
  return complaints;
}

/**
 * The first signal decides. What is sent at the same moment has no order; who is killed has no say; who
 * has ended by itself before has ended well.
 */
function allowedCodes(choices: RunChoices): number[] {
  const { signals } = choices;
  const [first, ...more] = signals;
  if (first === undefined) return [0];
  const allowed = new Set([128 + NUMBERS[first.signal]]);
  let isSameMoment = true;
  for (const { signal, delayMs } of more) {
    isSameMoment &&= delayMs === 0;
    if (isSameMoment || signal === "SIGKILL") allowed.add(128 + NUMBERS[signal]);
  }
  if (canEndFirst(choices)) allowed.add(0);
  return [...allowed];
}

/**
 * Whether ccrun may have had no time for its last words: it was killed; a third signal came, which ends
 * it at once, or a second one before there was a run that could be killed instead, which is before its
 * first event; or it died of its first signal because it did not listen yet.
 */
function wasCutShort({ choices, result }: Case): boolean {
  const { signals, moment } = choices;
  if (result.signal === "SIGKILL" || signals.length >= 3) return true;
  const hasSaidNothing = result.stdout === "";
  if (signals.length === 2 && hasSaidNothing) return true;
  return moment === "boot" && result.signal !== null && hasSaidNothing;
}

function judgeOutput(the: Case): string[] {
  switch (the.choices.format) {
    case "json":
      return judgeEvents(the);
    case "raw":
      return judgeRaw(the);
    case "pretty":
      return judgePretty(the);
  }
}

/** The lines; the last one is a piece only where ccrun was cut short. */
function wholeLines(the: Case, complaints: string[]): string[] {
  const lines = the.result.stdout.split("\n");
  const rest = lines.pop() ?? "";
  if (rest !== "" && !wasCutShort(the)) complaints.push(`the last line is not whole: ${rest}`);
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

function judgeEvents(the: Case): string[] {
  const complaints: string[] = [];
  const events: JsonObject[] = [];
  for (const line of wholeLines(the, complaints)) {
    const event = parsed(line);
    if (event === undefined) complaints.push(`not an event: ${line}`);
    else events.push(event);
  }
  const first = events[0];
  if (first !== undefined && first["type"] !== "start") complaints.push("start is not first");
  const exits = events.filter(({ type }) => type === "exit");
  if (exits.length === 0 && wasCutShort(the)) return complaints;
  try {
    assertEvents(events);
  } catch (error) {
    complaints.push(`the events are wrong: ${error instanceof Error ? error.message : error}`);
  }
  complaints.push(...judgeExit(the, asObject(exits[0])));
  const answer = events.findLast(({ type }) => type === "result");
  if (the.result.code === 0 && answer?.["text"] !== ANSWER) complaints.push("the answer is wrong");
  return complaints;
}

/** Whether `exit` says what the process's end says. */
function judgeExit({ choices, result }: Case, exit: JsonObject): string[] {
  const complaints: string[] = [];
  // Killed after its last words, it has told what it would have ended with.
  const isKilled = result.signal === "SIGKILL" || choices.signals.length >= 3;
  if (exit["code"] !== result.code && !isKilled) {
    complaints.push(`exit has code ${exit["code"]}, the process ended with ${result.code}`);
  }
  const signal = exit["signal"];
  const named = choices.signals.some((sent) =>
    sent.signal === signal && sent.signal in SIGNAL_REASONS
  );
  if (signal !== undefined && !named) complaints.push(`exit names ${signal}`);
  if ((signal !== undefined) !== Number(exit["code"]) > 128) {
    complaints.push(`exit has code ${exit["code"]} and signal ${signal}`);
  }
  return complaints;
}

function judgeRaw(the: Case): string[] {
  const complaints: string[] = [];
  const lines = wholeLines(the, complaints).map((line) => ({ line, value: parsed(line) }));
  const isOwn = (value: JsonObject | undefined) => value?.["source"] === "ccrun";
  for (const [at, { line, value }] of lines.entries()) {
    // claude was killed while it wrote: what it has written is passed on, and the last words are added.
    const isBrokenOff = isOwn(lines[at + 1]?.value) && !isOwn(lines[at - 1]?.value);
    if (value === undefined && !isBrokenOff) complaints.push(`not JSON: ${line}`);
  }
  const exits = lines.filter(({ value }) => isOwn(value) && value?.["type"] === "exit");
  if (exits.length === 0 && wasCutShort(the)) return complaints;
  if (exits.length !== 1 || lines.at(-1) !== exits[0]) {
    complaints.push(`${exits.length} exit, or not the last`);
  }
  complaints.push(...judgeExit(the, asObject(exits[0]?.value)));
  const answer = lines.findLast(({ value }) => value?.["type"] === "result")?.value;
  if (the.result.code === 0 && answer?.["result"] !== ANSWER) {
    complaints.push("the answer is wrong");
  }
  return complaints;
}

function judgePretty(the: Case): string[] {
  const { result } = the;
  const wanted = result.code === 0 ? `${ANSWER}\n` : "";
  if (result.stdout === wanted || wasCutShort(the)) return [];
  return [`stdout is ${JSON.stringify(result.stdout)}, not ${JSON.stringify(wanted)}`];
}

/** The answer on its way into its file, for the milliseconds that this takes: who is killed then leaves it. */
const DRAFT = /\/\.answer\.txt\.[0-9a-f]{8}\.tmp$/;

/**
 * Temporary files are gone at every end. After SIGKILL the guardian removes them, once it knows of them:
 * a ccrun that is killed before it has started claude may leave them, for nobody else to look in.
 */
async function judgeFiles({ choices, result, sandbox, limits }: Case): Promise<string[]> {
  const isFolder = (file: string) => !DRAFT.test(file);
  if (result.signal === "SIGKILL") {
    await waitFor(async () => !(await temporaryFiles(sandbox)).some(isFolder), limits.removedMs);
  }
  const files = (await temporaryFiles(sandbox))
    .filter((file) => result.signal !== "SIGKILL" || isFolder(file));
  const isEarly = choices.moment === "boot" || choices.moment === "begun";
  if (result.signal !== "SIGKILL" || !isEarly || !choices.hasFiles) {
    return files.map((file) => `a temporary file is left: ${file}`);
  }
  const complaints: string[] = [];
  for (const path of files) {
    const inside = [...Deno.readDirSync(path)].map(({ name }) => `${path}/${name}`);
    for (const file of [path, ...inside]) {
      const mode = (await Deno.stat(file)).mode ?? 0;
      if ((mode & OTHERS) !== 0) complaints.push(`${file} has mode ${mode.toString(8)}`);
    }
  }
  return complaints;
}
