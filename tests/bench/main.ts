/**
 * `deno task bench`: how fast ccrun is, beside what does less, in one run.
 *
 *     deno task bench [--only replay,run,...] [--mb 200] [--memory-mb 2000] [--rounds 3] [--json]
 *
 * The table, or the rows as JSON, goes to stdout; what is being measured is said on stderr.
 *
 * @module
 */

import { type Bench, makeBench, type Section } from "./bench.ts";
import { GOALS, type SectionName } from "./goals.ts";
import { guardianSection } from "./guardian.ts";
import { latencySection } from "./latency.ts";
import { memorySection } from "./memory.ts";
import { BadOptions, benchOptions } from "./options.ts";
import { overheadSection } from "./overhead.ts";
import { parallelSection } from "./parallel.ts";
import { whyNotCompared } from "./programs.ts";
import { replaySection } from "./replay.ts";
import { judge, type JudgedRow, type Row, table, withoutRow } from "./rows.ts";
import { runSection } from "./run.ts";
import { startupSection } from "./startup.ts";

const SECTIONS: Readonly<Record<SectionName, Section>> = {
  replay: replaySection,
  run: runSection,
  latency: latencySection,
  startup: startupSection,
  overhead: overheadSection,
  memory: memorySection,
  parallel: parallelSection,
  guardian: guardianSection,
};

const FAILED = 1;
const USAGE = 2;

/** What a shell says of who was ended by a signal: 128 and its number. */
const ENDED_BY = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const say = (line: string) => console.error(`bench: ${line}`);

/** Measures the sections that are asked for, and gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) return USAGE;
  const ended = new AbortController();
  let code: number = 0;
  const listeners = Object.entries(ENDED_BY).map(([name, number]) => {
    const listener = () => {
      code = number;
      ended.abort();
    };
    const signal = name as keyof typeof ENDED_BY;
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  try {
    await using bench = await makeBench({ options, signal: ended.signal, say });
    const { rows, isWhole } = await measure(bench);
    console.log(options.json ? JSON.stringify(rows, null, 2) : table(rows));
    return isWhole ? 0 : FAILED;
  } catch (error) {
    if (ended.signal.aborted) return code;
    // Not thrown: then Deno would leave what is to be removed at its end.
    say(error instanceof Error ? error.message : String(error));
    return FAILED;
  } finally {
    for (const remove of listeners) remove();
  }
}

function readOptions(args: readonly string[]) {
  try {
    const why = whyNotCompared();
    if (why !== undefined) throw new BadOptions(why);
    return benchOptions(args);
  } catch (error) {
    if (!(error instanceof BadOptions)) throw error;
    say(error.message);
    return undefined;
  }
}

/** What fails in one section is no reason to lose the others. */
async function measure(bench: Bench): Promise<{ rows: readonly JudgedRow[]; isWhole: boolean }> {
  const all: JudgedRow[] = [];
  let isWhole = true;
  for (const name of bench.options.only) {
    bench.signal?.throwIfAborted();
    let rows: readonly Row[] = [];
    try {
      rows = await SECTIONS[name](bench);
    } catch (error) {
      bench.signal?.throwIfAborted();
      say(`${name} failed: ${error instanceof Error ? error.message : error}`);
      isWhole = false;
    }
    all.push(...judge(rows, GOALS[name]));
    for (const goal of withoutRow(rows, GOALS[name])) say(`no figure for a goal: ${goal}`);
  }
  return { rows: all, isWhole };
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
