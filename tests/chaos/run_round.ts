/**
 * Runs a round: brings each run to its moment, sends its signals, and checks how it ends.
 *
 * @module
 */

import type { ApiRequest } from "../support/api_request.ts";
import { isWarmUp } from "../support/api_reply.ts";
import { type CcrunResult, type RunningCcrun, startCcrun } from "../support/ccrun.ts";
import { claudePath } from "../support/claude.ts";
import { exists } from "../../lib/util/exists.ts";
import { fakeClaude } from "../support/fake_claude.ts";
import { type MessagesApi, startMessagesApi } from "../support/messages_api.ts";
import { readStats } from "../support/process_table.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";
import { describeRun, type Round, type RunPlan } from "./round.ts";
import { describeProcess, type ProcessTree, watchProcessTree } from "./process_tree.ts";
import {
  ANSWER,
  fakeScript,
  REACHED_FILE,
  RELEASE_FILE,
  replies,
  STARTED_FILE,
  SUBAGENT_KEYWORD,
  WAITING_TEXT,
} from "./scripts.ts";
import { checkRun, type Limits } from "./check_run.ts";

/** The outcome of a run. */
export interface Outcome {
  /** The broken rules. */
  readonly problems: readonly string[];
  /** The details that are printed if there is a problem. */
  readonly evidence: string;
}

/** Much longer than a run takes to reach its moment on a loaded machine. */
const MOMENT_WITHIN_MS = 60_000;

/** Stops a run whose test has died. */
const TIMEOUT = "3m";

/** The maximum number of printed characters of an output. */
const MAX_SHOWN = 4000;

/** Runs a round. The outcomes do not count if `abort` is aborted. */
export async function runRound(
  round: Round,
  limits: Limits,
  abort?: AbortSignal,
): Promise<readonly Outcome[]> {
  const signaled = round.runs.filter(({ signals }) => signals.length > 0);
  let remaining = signaled.length;
  const signaledFinished = Promise.withResolvers<void>();
  const onFinished = () => {
    if (--remaining === 0) signaledFinished.resolve();
  };
  if (remaining === 0) signaledFinished.resolve();
  return await Promise.all(round.runs.map(async (plan) => {
    const isSignaled = plan.signals.length > 0;
    try {
      return await runOne(plan, limits, signaledFinished.promise, abort);
    } catch (error) {
      const text = error instanceof Error ? error.stack ?? error.message : String(error);
      return { problems: [`the run could not be set up: ${text}`], evidence: "" };
    } finally {
      if (isSignaled) onFinished();
    }
  }));
}

async function runOne(
  plan: RunPlan,
  limits: Limits,
  othersFinished: Promise<void>,
  abort: AbortSignal | undefined,
): Promise<Outcome> {
  await using sandbox = await makeSandbox();
  const released = Promise.withResolvers<void>();
  const isReal = plan.claude === "real";
  await using api = await startMessagesApi({
    respond: replies(plan, sandbox, released.promise),
  });
  const claude = isReal ? await claudePath() : await fakeClaude(
    sandbox,
    fakeScript(plan, sandbox),
  );
  await using process = await startCcrun(makeArguments(plan, claude), {
    sandbox,
    apiUrl: api.url,
  });
  using tree = watchProcessTree(process.pid, limits.zombieMs);
  const kill = () => process.kill("SIGKILL");
  abort?.addEventListener("abort", kill, { once: true });
  if (abort?.aborted) kill();
  try {
    return await signalAndCheck({ plan, limits, sandbox, api, claude, process, tree }, async () => {
      await Promise.race([othersFinished, process.finished]);
      released.resolve();
      await Deno.writeTextFile(`${sandbox.root}/${RELEASE_FILE}`, "");
    });
  } finally {
    abort?.removeEventListener("abort", kill);
    released.resolve();
  }
}

function makeArguments(plan: RunPlan, claude: string): string[] {
  const { format, graceMs, hasFiles, moment } = plan;
  return [
    ...["--claude", claude, "--dangerously-skip-permissions", "--format", format],
    ...["--grace", graceMs === 0 ? "0" : `${graceMs}ms`, "--timeout", TIMEOUT],
    ...(hasFiles ? ["--settings", '{"env":{"A":"1"}}', "--output", "answer.txt"] : []),
    ...(moment === "text" && format !== "pretty" ? ["--partial"] : []),
    ...["-p", "Start."],
  ];
}

/** A run with its surroundings. */
interface RunContext {
  readonly plan: RunPlan;
  readonly limits: Limits;
  readonly sandbox: Sandbox;
  readonly api: MessagesApi;
  readonly claude: string;
  readonly process: RunningCcrun;
  readonly tree: ProcessTree;
}

async function signalAndCheck(context: RunContext, release: () => Promise<void>): Promise<Outcome> {
  const { plan, limits, process, tree, sandbox } = context;
  let hasExited = false;
  process.finished.finally(() => hasExited = true).catch(() => {});
  const problems: string[] = [];

  const wasReached = await waitFor(
    async () => await hasReachedMoment(context) || hasExited,
    MOMENT_WITHIN_MS,
  );
  if (!wasReached || (hasExited && !await hasReachedMoment(context))) {
    problems.push(wasReached ? "ccrun exited before the moment" : "the moment was never reached");
    const result = hasExited ? await process.finished : undefined;
    return { problems, evidence: await describe(context, result) };
  }
  let signaledAt: number | undefined;
  for (const { signal, delayMs } of plan.signals) {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    tree.living(); // records the children that exist now
    signaledAt ??= performance.now();
    process.kill(signal);
  }
  if (signaledAt === undefined) await release();

  const result = await process.finished;
  const exitedAt = performance.now();
  const endMs = signaledAt === undefined ? undefined : exitedAt - signaledAt - plan.graceMs;
  const zombies = tree.zombies();
  const isGone = await waitFor(
    async () => tree.living().length === 0 && (await sandbox.processes()).length === 0,
    plan.graceMs + limits.leftoverMs,
  );
  if (!isGone) {
    const ms = Math.round(performance.now() - exitedAt);
    problems.push(`processes are left ${ms} ms after ccrun exited`);
  }
  const evidence = await describe(context, result);
  problems.push(...await checkRun({ plan, result, sandbox, endMs, zombies, tree, limits }));
  return { problems, evidence };
}

/** Returns whether a run has reached its moment. */
async function hasReachedMoment(context: RunContext): Promise<boolean> {
  const { plan: { claude, moment, format }, sandbox, process, api, tree } = context;
  const isReal = claude === "real";
  const hasFile = (name: string) => exists(`${sandbox.root}/${name}`);
  const asked = (matches: (request: ApiRequest) => boolean) =>
    api.requests.some((request) => request.hasTools && !isWarmUp(request) && matches(request));
  const ofSubAgent = ({ firstPrompt }: ApiRequest) => firstPrompt.includes(SUBAGENT_KEYWORD);
  const isShown = (text: string) => format === "pretty" || process.stdout().includes(text);
  const isAnswered = () =>
    format === "pretty"
      ? process.stdout().includes(ANSWER)
      : process.stdout().includes('"type":"result"');
  switch (moment) {
    case "launch":
      return true;
    case "claude_started":
      if (!isReal) return await hasFile(STARTED_FILE);
      return tree.living().some(({ name }) => context.claude.endsWith(`/${name}`));
    case "request":
      return isReal ? asked(() => true) : await hasFile(REACHED_FILE);
    case "text":
      if (!isReal) return await hasFile(REACHED_FILE) && isShown("Once upon");
      return asked(() => true) && isShown("text_delta");
    case "subagent":
      return asked(ofSubAgent);
    case "background":
      // Some versions report a result at this point and others do not.
      return asked(ofSubAgent) && isShown(WAITING_TEXT) &&
        asked((request) => !ofSubAgent(request) && request.turn === 1);
    case "result":
      return isReal
        ? isAnswered()
        : await hasFile(REACHED_FILE) && (format === "pretty" || isAnswered());
    default:
      return await hasFile(REACHED_FILE);
  }
}

async function describe(context: RunContext, result: CcrunResult | undefined): Promise<string> {
  const { plan, process, tree, sandbox } = context;
  const part = (text: string) =>
    text.length <= MAX_SHOWN
      ? text
      : `${text.slice(0, MAX_SHOWN / 2)}\n... ${text.length} characters ...\n` +
        text.slice(-MAX_SHOWN / 2);
  const ending = result === undefined
    ? "ccrun is still running"
    : `ccrun exited with ${result.code}${result.signal === null ? "" : ` (${result.signal})`}`;
  const pids = new Set(await sandbox.processes());
  for (const { pid } of [...tree.living(), ...tree.zombies()]) pids.add(pid);
  const rows = readStats().filter(({ pid }) => pids.has(pid)).map(describeProcess);
  return [
    describeRun(plan),
    ending,
    `stdout:\n${part(process.stdout())}`,
    `stderr:\n${part(process.stderr())}`,
    `processes:\n${rows.join("\n") || "none"}`,
  ].join("\n");
}
