/**
 * Sends many requests to `ccrun serve`, and watches what it needs.
 *
 * @module
 */

import { assert } from "@std/assert";
import { startCcrun } from "./ccrun.ts";
import { claudeProcesses } from "./claude_processes.ts";
import { conversingClaude } from "./conversing_claude.ts";
import { makeSandbox } from "./sandbox.ts";
import { eventsOfRequest, outputLines } from "./serve_output.ts";

/** Options of {@linkcode runServeLoad}. */
export interface ServeLoad {
  readonly conversations: number;
  /** How many requests each of them has. */
  readonly turns: number;
  readonly maxProcesses: number;
  readonly jobs: number;
}

/** What a load shows. */
export interface ServeLoadResult {
  /** The requests a second. */
  readonly rate: number;
  /** The resident memory of ccrun in MB, each time that it was read. */
  readonly megabytes: readonly number[];
  /** The largest number of claudes at the same time. */
  readonly processes: number;
}

/** How many requests are sent before their exits; the service lets 1,000 wait. */
const MAX_OPEN = 500;

/** How often memory and processes are read, in milliseconds. */
const SAMPLE_MS = 250;

/**
 * Runs a load, and checks that each request has one start and one exit and that the answers belong to the
 * conversations, which are asked in turns.
 */
export async function runServeLoad(load: ServeLoad): Promise<ServeLoadResult> {
  const { conversations, turns, maxProcesses, jobs } = load;
  await using sandbox = await makeSandbox();
  const claude = await conversingClaude(sandbox);
  const options = ["--jobs", String(jobs), "--max-processes", String(maxProcesses)];
  await using service = await startCcrun(["serve", "--claude", claude, ...options], {
    sandbox,
    stdin: "open",
    limitMs: 600_000,
  });
  const megabytes: number[] = [];
  let processes = 0;
  const timer = setInterval(async () => {
    megabytes.push(residentMegabytes(service.pid));
    const found = await claudeProcesses(sandbox, claude);
    processes = Math.max(processes, found.filter((pid) => pid !== service.pid).length);
  }, SAMPLE_MS);
  const ids = Array.from(
    { length: turns },
    (_, turn) => Array.from({ length: conversations }, (_, index) => `${index}-${turn + 1}`),
  ).flat();
  const startedAt = performance.now();
  try {
    for (const [index, id] of ids.entries()) {
      const [session] = id.split("-");
      await service.write(`${JSON.stringify({ id, session, prompt: `p${session}` })}\n`);
      if (index < MAX_OPEN || index % 50 !== 0) continue;
      const wanted = index - MAX_OPEN + 50;
      await service.stdoutUntil((text) => text.split('"type":"exit"').length > wanted);
    }
    await service.closeStdin();
    const { code, stdout } = await service.finished;
    assert(code === 0, `exit code ${code}`);
    checkAnswers(ids, stdout);
  } finally {
    clearInterval(timer);
  }
  const rate = ids.length / ((performance.now() - startedAt) / 1000);
  return { rate, megabytes, processes };
}

function checkAnswers(ids: readonly string[], stdout: string): void {
  const byRequest = Map.groupBy(outputLines(stdout), (line) => line["request"]);
  for (const id of ids) {
    const events = eventsOfRequest(byRequest.get(id) ?? [], id);
    const count = (type: string) => events.filter((event) => event["type"] === type).length;
    assert(count("start") === 1 && count("exit") === 1, `${id}: ${events.map(({ type }) => type)}`);
    const [session, turn] = id.split("-");
    const answer = events.findLast(({ type }) => type === "result")?.["answer"];
    assert(answer === `${turn}: p${session}`, `${id}: ${answer}`);
  }
}

/** Returns the resident memory of a process in MB; NaN if the system has no /proc. */
function residentMegabytes(pid: number): number {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024 / 1e6;
  } catch {
    return NaN;
  }
}
