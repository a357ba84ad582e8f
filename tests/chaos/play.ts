/**
 * Playing a round: its runs are brought to their moments, signalled or left in peace, and judged.
 *
 * @module
 */

import type { ApiRequest } from "../support/api_request.ts";
import { isWarmUp } from "../support/api_reply.ts";
import { type CcrunResult, type RunningCcrun, startCcrun } from "../support/ccrun.ts";
import { claudePath } from "../support/claude.ts";
import { fakeClaude } from "../support/fake_claude.ts";
import { type MessagesApi, startMessagesApi } from "../support/messages_api.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";
import { exists } from "../e2e/scene.ts";
import { describeRun, type Round, type RunChoices } from "./choices.ts";
import { describeProcess, type Family, readProcesses, watchFamily } from "./family.ts";
import { ANSWER, BEGUN, fakeScript, GO, REACHED, replies, SUB_AGENT, WAITS } from "./scripts.ts";
import { judge, type Limits } from "./verdict.ts";

/** How a run went. */
export interface Outcome {
  /** What was wrong with it. */
  readonly complaints: readonly string[];
  /** What to show of it when something was. */
  readonly evidence: string;
  /** Milliseconds from its first signal to the end of ccrun, less the grace. */
  readonly endMs?: number | undefined;
  /** Milliseconds from the end of ccrun until nothing was left of it, as far as it can be seen. */
  readonly leftMs?: number | undefined;
  /** The same when it was killed, less the grace that what it left had then. */
  readonly strayMs?: number | undefined;
}

/** Long beside the time that a moment takes to come on a loaded machine. */
const MOMENT_WITHIN_MS = 60_000;

/** Who plays has died when this is over: then a run is to end by itself. */
const TIMEOUT = "3m";

/** How much of an output is shown: a flood is long. */
const MAX_SHOWN = 4000;

/** Plays a round. When the signal is aborted, it ends soon, and what it says does not count. */
export async function playRound(
  round: Round,
  limits: Limits,
  abort?: AbortSignal,
): Promise<readonly Outcome[]> {
  const signalled = round.runs.filter(({ signals }) => signals.length > 0);
  let left = signalled.length;
  const over = Promise.withResolvers<void>();
  const onOver = () => {
    if (--left === 0) over.resolve();
  };
  if (left === 0) over.resolve();
  return await Promise.all(round.runs.map(async (choices) => {
    const isCalm = choices.signals.length === 0;
    try {
      return await playRun(choices, limits, over.promise, abort);
    } catch (error) {
      const text = error instanceof Error ? error.stack ?? error.message : String(error);
      return { complaints: [`it could not be played: ${text}`], evidence: "" };
    } finally {
      if (!isCalm) onOver();
    }
  }));
}

async function playRun(
  choices: RunChoices,
  limits: Limits,
  othersAreOver: Promise<void>,
  abort: AbortSignal | undefined,
): Promise<Outcome> {
  await using sandbox = await makeSandbox();
  const released = Promise.withResolvers<void>();
  const isReal = choices.claude === "real";
  await using api = await startMessagesApi({
    respond: replies(choices, sandbox, released.promise),
  });
  const claude = isReal ? await claudePath() : await fakeClaude(
    sandbox,
    fakeScript(choices, sandbox),
  );
  await using process = await startCcrun(makeArguments(choices, claude), {
    sandbox,
    apiUrl: api.url,
  });
  using family = watchFamily(process.pid, limits.zombieMs);
  const kill = () => process.kill("SIGKILL");
  abort?.addEventListener("abort", kill, { once: true });
  if (abort?.aborted) kill();
  try {
    return await act({ choices, limits, sandbox, api, claude, process, family }, async () => {
      await Promise.race([othersAreOver, process.finished]);
      released.resolve();
      await Deno.writeTextFile(`${sandbox.root}/${GO}`, "");
    });
  } finally {
    abort?.removeEventListener("abort", kill);
    released.resolve();
  }
}

function makeArguments(choices: RunChoices, claude: string): string[] {
  const { format, graceMs, hasFiles, moment } = choices;
  return [
    ...["--claude", claude, "--dangerously-skip-permissions", "--format", format],
    ...["--grace", graceMs === 0 ? "0" : `${graceMs}ms`, "--timeout", TIMEOUT],
    ...(hasFiles ? ["--settings", '{"env":{"A":"1"}}', "--output", "answer.txt"] : []),
    ...(moment === "text" && format !== "pretty" ? ["--partial"] : []),
    ...["-p", "Begin."],
  ];
}

/** What a run has around it. */
interface Stage {
  readonly choices: RunChoices;
  readonly limits: Limits;
  readonly sandbox: Sandbox;
  readonly api: MessagesApi;
  readonly claude: string;
  readonly process: RunningCcrun;
  readonly family: Family;
}

async function act(stage: Stage, release: () => Promise<void>): Promise<Outcome> {
  const { choices, limits, process, family, sandbox } = stage;
  let isOver = false;
  process.finished.finally(() => isOver = true).catch(() => {});
  const complaints: string[] = [];

  const hasCome = await waitFor(
    async () => await isThere(stage) || isOver,
    MOMENT_WITHIN_MS,
  );
  if (!hasCome || (isOver && !await isThere(stage))) {
    complaints.push(hasCome ? "it ended before its moment" : "its moment never came");
    const result = isOver ? await process.finished : undefined;
    return { complaints, evidence: await describe(stage, result) };
  }
  let signalledAt: number | undefined;
  for (const { signal, delayMs } of choices.signals) {
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    family.living(); // the last look before it
    signalledAt ??= performance.now();
    process.kill(signal);
  }
  if (signalledAt === undefined) await release();

  const result = await process.finished;
  const endedAt = performance.now();
  const endMs = signalledAt === undefined ? undefined : endedAt - signalledAt - choices.graceMs;
  const zombies = family.zombies();
  const isGone = await waitFor(
    async () => family.living().length === 0 && (await sandbox.processes()).length === 0,
    choices.graceMs + limits.strayMs,
  );
  const goneMs = performance.now() - endedAt;
  if (!isGone) {
    complaints.push(`something is left ${Math.round(goneMs)} ms after ccrun has ended`);
  }
  const evidence = await describe(stage, result);
  complaints.push(...await judge({ choices, result, sandbox, endMs, zombies, family, limits }));
  const times = result.signal === "SIGKILL"
    ? { strayMs: goneMs - choices.graceMs }
    : { leftMs: goneMs };
  return { complaints, evidence, endMs, ...times };
}

/** Whether a run has come to its moment. */
async function isThere(stage: Stage): Promise<boolean> {
  const { choices: { claude, moment, format }, sandbox, process, api, family } = stage;
  const isReal = claude === "real";
  const hasFile = (name: string) => exists(`${sandbox.root}/${name}`);
  const asked = (isIt: (request: ApiRequest) => boolean) =>
    api.requests.some((request) => request.hasTools && !isWarmUp(request) && isIt(request));
  const ofSubAgent = ({ firstPrompt }: ApiRequest) => firstPrompt.includes(SUB_AGENT);
  const isShown = (text: string) => format === "pretty" || process.stdout().includes(text);
  const isAnswered = () =>
    format === "pretty"
      ? process.stdout().includes(ANSWER)
      : process.stdout().includes('"type":"result"');
  switch (moment) {
    case "boot":
      return true;
    case "begun":
      if (!isReal) return await hasFile(BEGUN);
      return family.living().some(({ name }) => stage.claude.endsWith(`/${name}`));
    case "request":
      return isReal ? asked(() => true) : await hasFile(REACHED);
    case "text":
      if (!isReal) return await hasFile(REACHED) && isShown("Once upon");
      return asked(() => true) && isShown("text_delta");
    case "subagent":
      return asked(ofSubAgent);
    case "background":
      // Some versions give a result for it, others hold that back.
      return asked(ofSubAgent) && isShown(WAITS) &&
        asked((request) => !ofSubAgent(request) && request.turn === 1);
    case "result":
      return isReal
        ? isAnswered()
        : await hasFile(REACHED) && (format === "pretty" || isAnswered());
    default:
      return await hasFile(REACHED);
  }
}

async function describe(stage: Stage, result: CcrunResult | undefined): Promise<string> {
  const { choices, process, family, sandbox } = stage;
  const part = (text: string) =>
    text.length <= MAX_SHOWN
      ? text
      : `${text.slice(0, MAX_SHOWN / 2)}\n... ${text.length} characters in all ...\n` +
        text.slice(-MAX_SHOWN / 2);
  const ending = result === undefined
    ? "ccrun has not ended"
    : `ccrun ended with ${result.code}${result.signal === null ? "" : `, by ${result.signal}`}`;
  const pids = new Set(await sandbox.processes());
  for (const { pid } of [...family.living(), ...family.zombies()]) pids.add(pid);
  const rows = readProcesses().filter(({ pid }) => pids.has(pid)).map(describeProcess);
  return [
    describeRun(choices),
    ending,
    `stdout:\n${part(process.stdout())}`,
    `stderr:\n${part(process.stderr())}`,
    `its processes:\n${rows.join("\n") || "none"}`,
  ].join("\n");
}
