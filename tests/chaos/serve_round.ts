/**
 * A round of chaos for `ccrun serve`: random requests, and random signals to the service, its claudes and
 * their guardians.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { readStateFile } from "../../lib/serve/state_file.ts";
import { exists } from "../../lib/util/exists.ts";
import { type CcrunResult, type RunningCcrun, startCcrun } from "../support/ccrun.ts";
import { claudeProcesses } from "../support/claude_processes.ts";
import { conversingClaude } from "../support/conversing_claude.ts";
import type { JsonObject } from "../support/json.ts";
import { makeRandom, type Random } from "../support/random.ts";
import { childrenOf } from "../support/process_table.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { eventsOfRequest, outputLines } from "../support/serve_output.ts";
import { waitFor } from "../support/wait_for.ts";
import { describeProcess, watchProcessTree } from "./process_tree.ts";

/** How the service ends. */
const ENDINGS = [
  "end of stdin",
  "end of stdin",
  "SIGTERM",
  "SIGINT",
  "SIGHUP",
  "SIGKILL",
  "the reader leaves",
] as const;

type Ending = typeof ENDINGS[number];

/** What happens to the service, one after the other. */
type Step =
  | { readonly kind: "send"; readonly line: JsonObject | string }
  | { readonly kind: "wait"; readonly ms: number }
  | KillStep;

/** Sends a signal to one of the claudes, or of the guardians. */
interface KillStep {
  readonly kind: "kill";
  readonly victim: "claude" | "guardian";
  /** Selects one of them. */
  readonly index: number;
  readonly signal: Deno.Signal;
}

/** The plan of a round. */
export interface ServeRound {
  readonly seed: number;
  readonly number: number;
  readonly options: readonly string[];
  readonly steps: readonly Step[];
  readonly ending: Ending;
  /** Whether a second signal follows at once. */
  readonly isRepeated: boolean;
}

/** The outcome of a round. */
export interface ServeOutcome {
  /** The broken rules. */
  readonly problems: readonly string[];
  /** What is printed if there is a problem. */
  readonly evidence: string;
}

/** Odd and large, so that the seeds of neighboring rounds have nothing in common. */
const ROUND_STRIDE = 0x85ebca6b;

const MAX_REQUESTS = 25;

/** Longer than a service needs to end on a loaded machine. */
const EXIT_WITHIN_MS = 60_000;

/** The exit code of each ending that does not kill the service. */
const CODES: { readonly [ending in Ending]?: number } = {
  "end of stdin": 0,
  "SIGTERM": 143,
  "SIGINT": 130,
  "SIGHUP": 129,
  "the reader leaves": EXIT_CODES.pipe,
};

/** The name of the state file in the project. */
const STATE_FILE = "names.json";

/** Plans the round with this number. The same seed gives the same plan. */
export function planServeRound(seed: number, number: number): ServeRound {
  const random = makeRandom(Math.imul(seed, ROUND_STRIDE) ^ Math.imul(number, ROUND_STRIDE + 2));
  const ending = random.pick(ENDINGS);
  const count = 1 + random.below(MAX_REQUESTS);
  const steps: Step[] = [];
  for (let index = 0; index < count; index++) {
    steps.push({ kind: "send", line: planRequest(random, `r${index}`) });
    steps.push(...planDisturbances(random, index));
    if (random.below(4) === 0) steps.push(planKill(random, canKillGuardian(ending, steps)));
  }
  return {
    seed,
    number,
    options: [
      ...["--jobs", String(1 + random.below(5)), "--max-processes", String(1 + random.below(4))],
      ...["--keep-alive", random.pick(["100ms", "1s", "1m"]), "--grace", "500ms"],
      ...(random.below(2) === 0 ? ["--state", STATE_FILE] : []),
    ],
    steps,
    ending,
    isRepeated: random.below(4) === 0,
  };
}

function planRequest(random: Random, id: string): JsonObject {
  const session = random.pick(["a", "b", "c", "d", undefined]);
  return {
    id,
    prompt: random.pick([
      `hello ${id}`,
      `hello ${id}`,
      `hello ${id}`,
      "hang",
      "ignore",
      "die",
      "leave",
    ]),
    // A request that hangs ends by itself.
    timeout: random.pick(["300ms", "1s"]),
    ...(session === undefined ? {} : { session }),
    ...(random.below(6) === 0 ? { fork: true } : {}),
    ...(random.below(5) === 0 ? { model: random.pick(["haiku", "bad"]) } : {}),
  };
}

function planDisturbances(random: Random, index: number): Step[] {
  const steps: Step[] = [];
  if (random.below(4) === 0) {
    const id = `r${random.below(index + 1)}`;
    const line = random.pick([
      { cancel: id },
      { close: random.pick(["a", "b", "c"]) },
      { stats: true },
      "not JSON",
      { id: `invalid${index}` },
    ]);
    steps.push({ kind: "send", line });
  }
  if (random.below(3) === 0) steps.push({ kind: "wait", ms: random.below(200) });
  return steps;
}

function planKill(random: Random, canKillGuardian: boolean): KillStep {
  return {
    kind: "kill",
    victim: canKillGuardian && random.below(2) === 0 ? "guardian" : "claude",
    index: random.below(MAX_REQUESTS),
    signal: random.pick(["SIGKILL", "SIGTERM", "SIGINT"]),
  };
}

/** Returns whether a guardian may be killed. It is replaced once, and only while the service runs. */
function canKillGuardian(ending: Ending, steps: readonly Step[]): boolean {
  if (ending === "SIGKILL") return false;
  return !steps.some((step) => step.kind === "kill" && step.victim === "guardian");
}

/** Describes a plan in one line. */
export function describeServeRound({ options, steps, ending, isRepeated }: ServeRound): string {
  const count = (kind: Step["kind"]) => steps.filter((step) => step.kind === kind).length;
  return `serve ${options.join(" ")}: ${count("send")} lines, ${count("kill")} kills, ` +
    `${ending}${isRepeated ? " twice" : ""}`;
}

/** Runs a round. */
export async function runServeRound(round: ServeRound): Promise<ServeOutcome> {
  await using sandbox = await makeSandbox();
  const claude = await conversingClaude(sandbox);
  await using service = await startCcrun(["serve", "--claude", claude, ...round.options], {
    sandbox,
    stdin: "open",
    limitMs: EXIT_WITHIN_MS,
  });
  using tree = watchProcessTree(service.pid, EXIT_WITHIN_MS);
  const problems: string[] = [];
  try {
    for (const step of round.steps) await take(step, service, sandbox);
    await end(round, service);
  } catch (error) {
    problems.push(`the service does not read its input: ${error}`);
  }
  const result = await service.finished;
  problems.push(
    ...checkExit(round, result),
    ...checkRequests(round, result.stdout),
    ...checkAnswers(round, result.stdout),
  );
  const isGone = await waitFor(
    async () => tree.living().length === 0 && (await sandbox.processes()).length === 0,
    EXIT_WITHIN_MS,
  );
  if (!isGone) problems.push(`processes are left: ${tree.living().map(describeProcess)}`);
  const areRemoved = await waitFor(
    async () => (await leftFiles(round, sandbox)).length === 0,
    EXIT_WITHIN_MS,
  );
  if (!areRemoved) problems.push(`files are left: ${await leftFiles(round, sandbox)}`);
  problems.push(...await checkState(sandbox));
  if (await exists(`${sandbox.home}/shared`)) problems.push("two claudes had the same session");
  return { problems, evidence: `${result.stderr}\n${result.stdout}` };
}

async function take(step: Step, service: RunningCcrun, sandbox: Sandbox): Promise<void> {
  if (step.kind === "wait") return await delay(step.ms);
  if (step.kind === "send") {
    const line = typeof step.line === "string" ? step.line : JSON.stringify(step.line);
    return await service.write(`${line}\n`);
  }
  const victims = await findVictims(step, service, sandbox);
  const pid = victims[step.index % victims.length];
  if (pid === undefined) return;
  try {
    Deno.kill(pid, step.signal);
  } catch {
    // It has exited.
  }
}

async function findVictims(
  { victim }: KillStep,
  service: RunningCcrun,
  sandbox: Sandbox,
): Promise<number[]> {
  if (victim === "claude") {
    // The arguments of the service name the fake claude, too.
    return (await claudeProcesses(sandbox, "fake-claude")).filter((pid) => pid !== service.pid);
  }
  const children = await childrenOf(service.pid);
  return children.filter(({ command }) => command.endsWith("ccrun-guardian")).map(({ pid }) => pid);
}

async function end({ ending, isRepeated }: ServeRound, service: RunningCcrun): Promise<void> {
  if (ending === "end of stdin") return await service.closeStdin();
  // Before, a signal kills the program that is not yet ready for it.
  await service.stdoutUntil('"ready"');
  if (ending === "the reader leaves") {
    await service.closeStdout();
    // The service notices it when it writes, and may have exited already.
    return await service.write('{"stats":true}\n').catch(() => {});
  }
  service.kill(ending);
  if (isRepeated) service.kill(ending);
}

function checkExit({ ending }: ServeRound, { code, signal }: CcrunResult): string[] {
  const expected = CODES[ending];
  if (expected === undefined) return [];
  const isExpected = code === expected || signal !== null && signal === ending;
  return isExpected ? [] : [`exit code ${code} instead of ${expected}`];
}

/** Returns the requests that do not have exactly one start and one exit. */
function checkRequests({ steps, ending }: ServeRound, stdout: string): string[] {
  if (ending === "SIGKILL" || ending === "the reader leaves") return [];
  const output = outputLines(stdout);
  const sent = steps.flatMap((step) => step.kind === "send" ? [step.line] : [])
    .map((line) => typeof line === "string" ? undefined : line["id"])
    .filter((id) => typeof id === "string");
  return sent.flatMap((id) => {
    const types = eventsOfRequest(output, id).map(({ type }) => type);
    const [starts, exits] = ["start", "exit"].map((type) =>
      types.filter((other) => other === type).length
    );
    // A signal ends the input, so that the last lines may not have been read.
    const isUnread = types.length === 0 && ending !== "end of stdin";
    return isUnread || starts === 1 && exits === 1
      ? []
      : [`${id}: ${starts} starts, ${exits} exits`];
  });
}

/** Returns the requests whose answer is that of another one. The fake claude repeats the prompt. */
function checkAnswers({ steps }: ServeRound, stdout: string): string[] {
  const prompts = new Map(
    steps.flatMap((step) =>
      step.kind === "send" && typeof step.line !== "string"
        ? [[step.line["id"], step.line["prompt"]]]
        : []
    ),
  );
  return wholeLines(stdout)
    .filter(({ type, answer }) => type === "result" && typeof answer === "string" && answer !== "")
    .filter(({ request, answer }) => !String(answer).endsWith(`: ${prompts.get(request)}`))
    .map(({ request, answer }) => `the answer of ${request} is ${answer}`);
}

/** Parses the complete lines. A service that is killed can leave a part of a line. */
function wholeLines(stdout: string): JsonObject[] {
  return outputLines(stdout.slice(0, stdout.lastIndexOf("\n") + 1));
}

/** Returns the temporary files, and the drafts of the state file unless the service was killed. */
async function leftFiles({ ending }: ServeRound, { root, project }: Sandbox): Promise<string[]> {
  const names = async (directory: string) =>
    await Array.fromAsync(Deno.readDir(directory), ({ name }) => name);
  const drafts = (await names(project)).filter((name) => name.endsWith(".tmp"));
  return [
    ...(await names(`${root}/tmp`)).filter((name) => name.startsWith("ccrun-")),
    ...(ending === "SIGKILL" ? [] : drafts),
  ];
}

/** Checks that another service could read the state file, if there is one. */
async function checkState({ project }: Sandbox): Promise<string[]> {
  try {
    await readStateFile(`${project}/${STATE_FILE}`);
    return [];
  } catch (error) {
    return [String(error)];
  }
}
