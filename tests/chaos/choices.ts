/**
 * What a round of chaos is made of: everything in it is chosen by chance, from a seed, so that the same
 * seed gives the same rounds.
 *
 * @module
 */

import { makeRandom, type Random } from "../support/random.ts";
import { claudeAtLeast } from "../support/claude.ts";

/** A signal that ccrun gets. */
export type ChaosSignal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGKILL";

/** A signal, and how long after what comes before it. */
export interface SentSignal {
  /** The signal. */
  readonly signal: ChaosSignal;
  /** Milliseconds since the moment, or since the signal before. */
  readonly delayMs: number;
}

/** What stdout carries. */
export type ChaosFormat = "json" | "raw" | "pretty";

/**
 * When the first signal comes. All but `boot` are a condition, not a time:
 *
 * - `boot`: ccrun has been started
 * - `begun`: claude has been started
 * - `request`: claude has its prompt, and has said nothing
 * - `text`: in the middle of a text
 * - `tool`: a tool runs
 * - `subagent`, `subagent tool`: a sub-agent waits for the API, or its tool runs
 * - `background`: the model has had its say, and a sub-agent still runs in the background
 * - `flood`: claude writes as fast as it can
 * - `result`: the last result is in; the real claude ends soon, the stand-in hangs
 * - `left`: the last result is in, and the stand-in has ended
 */
export type Moment =
  | "boot"
  | "begun"
  | "request"
  | "text"
  | "tool"
  | "subagent"
  | "subagent tool"
  | "background"
  | "flood"
  | "result"
  | "left";

/** Processes that the stand-in or a tool has started. */
export type Offspring = "child" | "deaf" | "session" | "nohup" | "orphan" | "cleared";

/**
 * How the stand-in takes SIGINT: it ends; it does not listen, nor to SIGTERM; it says that all went
 * well, and ends.
 */
export type Temper = "meek" | "deaf" | "late";

/** One run of ccrun in a round. */
export interface RunChoices {
  /** Which claude it runs. */
  readonly claude: "real" | "fake";
  /** When the first signal comes; who gets none waits here for the others' end. */
  readonly moment: Moment;
  /** What is sent: nothing to who is to end well beside the others. */
  readonly signals: readonly SentSignal[];
  /** What stdout carries. */
  readonly format: ChaosFormat;
  /** `--grace`, in milliseconds. */
  readonly graceMs: number;
  /** What has been started by then. */
  readonly offspring: readonly Offspring[];
  /** Whether the offspring of the stand-in holds its output open. */
  readonly holdsOutput: boolean;
  /** How the stand-in takes it. */
  readonly temper: Temper;
  /** Whether the run has private files and an `--output`. */
  readonly hasFiles: boolean;
}

/** A round: what runs at once. */
export interface Round {
  /** What all its choices come from. */
  readonly seed: number;
  /** Its number, from 1. */
  readonly number: number;
  /** One run, or three. */
  readonly runs: readonly RunChoices[];
}

/** Odd and large, so that neighbours have nothing in common. */
const ROUND_STRIDE = 0x9e3779b1;

const SIGNALS: readonly ChaosSignal[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"];

/** As it is used: a program mostly wants events. */
const FORMATS: readonly ChaosFormat[] = ["json", "json", "json", "raw", "pretty"];

const GRACES_MS: readonly number[] = [0, 100, 300, 600, 1000, 2000];

const OFFSPRING: readonly Offspring[] = ["child", "deaf", "session", "nohup", "orphan", "cleared"];

const TEMPERS: readonly Temper[] = ["meek", "meek", "deaf", "late"];

const FAKE_MOMENTS: readonly Moment[] = [
  "boot",
  "begun",
  "request",
  "text",
  "tool",
  "flood",
  "result",
  "left",
];

const REAL_MOMENTS: readonly Moment[] = [
  "boot",
  "begun",
  "request",
  "text",
  "tool",
  "tool",
  "subagent",
  "subagent tool",
  "result",
  // Older versions have no sub-agents in the background.
  ...(claudeAtLeast("2.1.0") ? ["background" as const] : []),
];

/** How long after its moment the first signal comes at most. */
const MAX_DELAY_MS = 50;

/** The same for `boot`, which has no condition: about as long as ccrun takes to start claude. */
const MAX_BOOT_DELAY_MS = 400;

/**
 * Between two signals: none at all, or long enough that the first is taken before the second comes. What
 * is pending at the same time has no order.
 */
const MIN_GAP_MS = 120;
const MAX_GAP_MS = 400;

/** Gives the round of this number. */
export function makeRound(seed: number, number: number): Round {
  const random = makeRandom(Math.imul(seed, ROUND_STRIDE) ^ Math.imul(number, ROUND_STRIDE + 2));
  const isCrowd = random.below(4) === 0;
  const runs = Array.from({ length: isCrowd ? 3 : 1 }, () => makeRun(random));
  // Of three, the first is always signalled, and the last never is.
  const calm = isCrowd ? [2, ...(random.below(2) === 0 ? [1] : [])] : [];
  return {
    seed,
    number,
    runs: runs.map((run, index) => calm.includes(index) ? calmed(run) : run),
  };
}

function makeRun(random: Random): RunChoices {
  const claude = random.pick(["real", "fake"] as const);
  const moment = random.pick(claude === "real" ? REAL_MOMENTS : FAKE_MOMENTS);
  return {
    claude,
    moment,
    signals: makeSignals(random, moment),
    format: random.pick(FORMATS),
    graceMs: random.pick(GRACES_MS),
    offspring: makeOffspring(random, claude, moment),
    holdsOutput: random.below(2) === 0,
    temper: random.pick(TEMPERS),
    hasFiles: random.below(3) === 0,
  };
}

function makeSignals(random: Random, moment: Moment): SentSignal[] {
  const first = random.below(moment === "boot" ? MAX_BOOT_DELAY_MS : MAX_DELAY_MS + 1);
  const signals = [{ signal: random.pick(SIGNALS), delayMs: first }];
  const more = random.pick([0, 0, 0, 0, 0, 1, 1, 2]);
  for (let count = 0; count < more; count++) {
    const gap = random.pick([0, MIN_GAP_MS + random.below(MAX_GAP_MS - MIN_GAP_MS)]);
    signals.push({ signal: random.pick(SIGNALS), delayMs: gap });
  }
  return signals;
}

function makeOffspring(
  random: Random,
  claude: RunChoices["claude"],
  moment: Moment,
): readonly Offspring[] {
  const chosen = OFFSPRING.filter(() => random.below(3) === 0);
  // The real claude starts nothing but its tools.
  if (claude === "real" && !moment.endsWith("tool") && moment !== "result") return [];
  // What has cleared its environment and lost its parent may be in no session that is known.
  const losesParents = claude === "real" && moment === "result";
  return losesParents ? chosen.filter((kind) => kind !== "cleared") : chosen;
}

/** The same run, left in peace. */
function calmed(run: RunChoices): RunChoices {
  // Who floods while it waits for the others would keep them from ending.
  return { ...run, signals: [], moment: run.moment === "flood" ? "tool" : run.moment };
}

/** Whether a run can have ended by itself when its first signal comes. */
export function canEndFirst({ claude, moment }: RunChoices): boolean {
  return moment === "left" || (claude === "real" && moment === "result");
}

/** A run in one line. */
export function describeRun(run: RunChoices): string {
  const { claude, moment, format, graceMs, signals, offspring, temper, holdsOutput } = run;
  const sent = signals.map(({ signal, delayMs }) => `${signal} after ${delayMs} ms`).join(", ");
  const nature = claude === "fake" ? ` ${temper}${holdsOutput ? ", output held" : ""}` : "";
  const kin = offspring.length > 0 ? ` with ${offspring.join(", ")}` : "";
  return `${claude}${nature}, ${moment}${kin}, ${format}, grace ${graceMs} ms` +
    `${run.hasFiles ? ", files" : ""}: ${sent || "left in peace"}`;
}
