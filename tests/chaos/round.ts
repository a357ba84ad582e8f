/**
 * Plans the rounds of the chaos test at random. The same seed gives the same rounds.
 *
 * @module
 */

import { makeRandom, type Random } from "../support/random.ts";
import { claudeAtLeast } from "../support/claude.ts";

/** A signal that ccrun receives. */
export type ChaosSignal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGKILL";

/** A signal and its delay. */
export interface SentSignal {
  readonly signal: ChaosSignal;
  /** Milliseconds since the moment, or since the previous signal. */
  readonly delayMs: number;
}

/** The output format. */
export type ChaosFormat = "json" | "raw" | "pretty";

/**
 * The moment of the first signal. All except `launch` are conditions:
 *
 * - `launch`: ccrun has been started
 * - `claude_started`: claude has been started
 * - `request`: claude has read its prompt and written nothing
 * - `text`: claude is writing a text
 * - `tool`: a tool is running
 * - `subagent`, `subagent_tool`: a subagent is waiting for the API, or running a tool
 * - `background`: the model has answered, and a subagent is still running
 * - `flood`: claude is writing as fast as it can
 * - `result`: the last result has arrived; the real claude exits soon, the fake one hangs
 * - `claude_exited`: the last result has arrived and the fake claude has exited
 */
export type Moment =
  | "launch"
  | "claude_started"
  | "request"
  | "text"
  | "tool"
  | "subagent"
  | "subagent_tool"
  | "background"
  | "flood"
  | "result"
  | "claude_exited";

/** A kind of process that the fake claude or a tool starts. */
export type ChildKind = "child" | "stubborn" | "new_session" | "nohup" | "orphan" | "cleared";

/**
 * How the fake claude reacts to SIGINT: it exits, ignores SIGINT and SIGTERM, or reports success and
 * exits.
 */
export type InterruptBehavior = "exit" | "ignore" | "succeed";

/** The plan of one run of ccrun. */
export interface RunPlan {
  readonly claude: "real" | "fake";
  /** When the first signal is sent. A run without signals waits here for the other runs. */
  readonly moment: Moment;
  /** The signals. A run without signals must succeed. */
  readonly signals: readonly SentSignal[];
  readonly format: ChaosFormat;
  /** `--grace`, in milliseconds. */
  readonly graceMs: number;
  /** The processes that are running by then. */
  readonly children: readonly ChildKind[];
  /** Whether those processes keep the output of the fake claude open. */
  readonly holdsOutput: boolean;
  /** How the fake claude reacts to SIGINT. */
  readonly onInterrupt: InterruptBehavior;
  /** Whether the run has private files and `--output`. */
  readonly hasFiles: boolean;
}

/** A round: one run, or three at the same time. */
export interface Round {
  readonly seed: number;
  /** The number of the round, from 1. */
  readonly number: number;
  readonly runs: readonly RunPlan[];
}

/** Odd and large, so that the seeds of neighboring rounds have nothing in common. */
const ROUND_STRIDE = 0x9e3779b1;

const SIGNALS: readonly ChaosSignal[] = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"];

const FORMATS: readonly ChaosFormat[] = ["json", "json", "json", "raw", "pretty"];

const GRACES_MS: readonly number[] = [0, 100, 300, 600, 1000, 2000];

const CHILD_KINDS: readonly ChildKind[] = [
  "child",
  "stubborn",
  "new_session",
  "nohup",
  "orphan",
  "cleared",
];

const INTERRUPT_BEHAVIORS: readonly InterruptBehavior[] = ["exit", "exit", "ignore", "succeed"];

const FAKE_MOMENTS: readonly Moment[] = [
  "launch",
  "claude_started",
  "request",
  "text",
  "tool",
  "flood",
  "result",
  "claude_exited",
];

const REAL_MOMENTS: readonly Moment[] = [
  "launch",
  "claude_started",
  "request",
  "text",
  "tool",
  "tool",
  "subagent",
  "subagent_tool",
  "result",
  // Older versions have no subagents in the background.
  ...(claudeAtLeast("2.1.0") ? ["background" as const] : []),
];

/** The maximum time from the moment to the first signal. */
const MAX_DELAY_MS = 50;

/** The same for `launch`: about as long as ccrun takes to start claude. */
const MAX_LAUNCH_DELAY_MS = 400;

/**
 * The time between two signals is zero, or long enough that ccrun handles the first one before it
 * receives the second. Pending signals have no order.
 */
const MIN_GAP_MS = 120;
const MAX_GAP_MS = 400;

/** Plans the round with this number. */
export function planRound(seed: number, number: number): Round {
  const random = makeRandom(Math.imul(seed, ROUND_STRIDE) ^ Math.imul(number, ROUND_STRIDE + 2));
  const isCrowd = random.below(4) === 0;
  const runs = Array.from({ length: isCrowd ? 3 : 1 }, () => planRun(random));
  // Of three runs, the first always receives a signal and the last never does.
  const unsignaled = isCrowd ? [2, ...(random.below(2) === 0 ? [1] : [])] : [];
  return {
    seed,
    number,
    runs: runs.map((run, index) => unsignaled.includes(index) ? withoutSignals(run) : run),
  };
}

function planRun(random: Random): RunPlan {
  const claude = random.pick(["real", "fake"] as const);
  const moment = random.pick(claude === "real" ? REAL_MOMENTS : FAKE_MOMENTS);
  return {
    claude,
    moment,
    signals: planSignals(random, moment),
    format: random.pick(FORMATS),
    graceMs: random.pick(GRACES_MS),
    children: planChildren(random, claude, moment),
    holdsOutput: random.below(2) === 0,
    onInterrupt: random.pick(INTERRUPT_BEHAVIORS),
    hasFiles: random.below(3) === 0,
  };
}

function planSignals(random: Random, moment: Moment): SentSignal[] {
  const first = random.below(moment === "launch" ? MAX_LAUNCH_DELAY_MS : MAX_DELAY_MS + 1);
  const signals = [{ signal: random.pick(SIGNALS), delayMs: first }];
  const more = random.pick([0, 0, 0, 0, 0, 1, 1, 2]);
  for (let count = 0; count < more; count++) {
    const gap = random.pick([0, MIN_GAP_MS + random.below(MAX_GAP_MS - MIN_GAP_MS)]);
    signals.push({ signal: random.pick(SIGNALS), delayMs: gap });
  }
  return signals;
}

function planChildren(
  random: Random,
  claude: RunPlan["claude"],
  moment: Moment,
): readonly ChildKind[] {
  const chosen = CHILD_KINDS.filter(() => random.below(3) === 0);
  // The real claude starts only its tools.
  if (claude === "real" && !moment.endsWith("tool") && moment !== "result") return [];
  // A process without the environment and without its parent may be in an unknown session.
  const losesParents = claude === "real" && moment === "result";
  return losesParents ? chosen.filter((kind) => kind !== "cleared") : chosen;
}

/** Returns the same plan without signals. */
function withoutSignals(run: RunPlan): RunPlan {
  // A run that floods while it waits for the others would keep them from finishing.
  return { ...run, signals: [], moment: run.moment === "flood" ? "tool" : run.moment };
}

/** Returns whether a run may have finished before its first signal. */
export function canFinishFirst({ claude, moment }: RunPlan): boolean {
  return moment === "claude_exited" || (claude === "real" && moment === "result");
}

/** Describes a plan in one line. */
export function describeRun(run: RunPlan): string {
  const { claude, moment, format, graceMs, signals, children, onInterrupt, holdsOutput } = run;
  const sent = signals.map(({ signal, delayMs }) => `${signal} after ${delayMs} ms`).join(", ");
  const behavior = claude === "fake"
    ? ` (SIGINT: ${onInterrupt}${holdsOutput ? "; output kept open" : ""})`
    : "";
  const started = children.length > 0 ? ` with ${children.join(", ")}` : "";
  return `${claude}${behavior}, ${moment}${started}, ${format}, grace ${graceMs} ms` +
    `${run.hasFiles ? ", files" : ""}: ${sent || "no signals"}`;
}
