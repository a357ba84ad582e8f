/**
 * Sends many requests to `ccrun serve`, and watches what it needs.
 *
 * @module
 */

import { assert } from "@std/assert";
import { TextLineStream } from "@std/streams/text-line-stream";
import { command, denoVariables } from "./ccrun.ts";
import { claudeProcesses } from "./claude_processes.ts";
import { conversingClaude } from "./conversing_claude.ts";
import { asObject } from "./json.ts";
import { makeSandbox } from "./sandbox.ts";

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
const SAMPLE_MS = 500;

/**
 * Runs a load, and checks that each request has one start and one exit and that the answers belong to the
 * conversations, which are asked in turns.
 */
export async function runServeLoad(load: ServeLoad): Promise<ServeLoadResult> {
  const { conversations, turns, maxProcesses, jobs } = load;
  await using sandbox = await makeSandbox();
  const claude = await conversingClaude(sandbox);
  const [program, ...args] = await command();
  const child = new Deno.Command(program, {
    args: [
      ...args,
      ...["serve", "--claude", claude, "--jobs", String(jobs)],
      ...["--max-processes", String(maxProcesses)],
    ],
    clearEnv: true,
    env: { ...sandbox.env(), ...await denoVariables() },
    cwd: sandbox.project,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const megabytes: number[] = [];
  let processes = 0;
  const timer = setInterval(async () => {
    const resident = residentMegabytes(child.pid);
    if (resident > 0) megabytes.push(resident);
    const found = await claudeProcesses(sandbox, claude);
    processes = Math.max(processes, found.filter((pid) => pid !== child.pid).length);
  }, SAMPLE_MS);
  const ids = Array.from(
    { length: turns },
    (_, turn) => Array.from({ length: conversations }, (_, index) => `${index}-${turn + 1}`),
  ).flat();
  const startedAt = performance.now();
  try {
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    await exchange(ids, child.stdin.getWriter(), lines);
    const { code } = await child.status;
    assert(code === 0, `exit code ${code}`);
  } finally {
    clearInterval(timer);
  }
  const rate = ids.length / ((performance.now() - startedAt) / 1000);
  return { rate, megabytes, processes };
}

/** Sends the requests, and checks what is written for each of them. */
async function exchange(
  ids: readonly string[],
  input: WritableStreamDefaultWriter<Uint8Array>,
  lines: AsyncIterable<string>,
): Promise<void> {
  const requests = ids.map((id) => {
    const [session] = id.split("-");
    return `${JSON.stringify({ id, session, prompt: `p${session}` })}\n`;
  });
  const send = async () => {
    await input.write(new TextEncoder().encode(requests.shift()));
  };
  for (let open = 0; open < MAX_OPEN && requests.length > 0; open++) await send();
  const begun = new Set<string>();
  const answers = new Map<string, unknown>();
  let ended = 0;
  for await (const line of lines) {
    const { type, request, answer } = asObject(JSON.parse(line));
    const id = String(request);
    if (type === "start") assert(!begun.has(id) && begun.add(id), `${id} starts twice`);
    if (type === "result") answers.set(id, answer);
    if (type !== "exit") continue;
    const [session, turn] = id.split("-");
    assert(answers.get(id) === `${turn}: p${session}`, `${id}: ${answers.get(id)}`);
    answers.delete(id);
    ended++;
    if (requests.length > 0) await send();
    else if (ended === ids.length) await input.close();
  }
  assert(begun.size === ids.length && ended === ids.length, `${ended} of ${ids.length} exits`);
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
