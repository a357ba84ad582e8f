/**
 * Measures the time that ccrun adds to the way of a line from claude to the reader.
 *
 * @module
 */

import { shellQuote } from "../../lib/util/shell_quote.ts";
import { fakeClaude } from "../support/fake_claude.ts";
import type { Bench } from "./bench.ts";
import { LATENCY_MEDIAN_GOAL, LATENCY_P99_GOAL } from "./goals.ts";
import { benchProgram, ccrun, type Command, measure, PROMPT } from "./measure.ts";
import { quantile, type Row } from "./results.ts";

const RATES = [{ perSecond: 100, lines: 200 }, { perSecond: 5000, lines: 10_000 }] as const;

/** The first lines run code that is not compiled yet, and are not counted. */
const WARM_UP_LINES = 50;

/** Measures ages with ccrun and subtracts those of a bare pipe. */
export async function latencySection(bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { perSecond, lines } of RATES) {
    const count = String(lines + WARM_UP_LINES);
    const writer = await benchProgram("timed_claude.ts", count, String(perSecond));
    const claude = await fakeClaude(bench.sandbox, `read -r line; exec ${shellWords(writer)}`);
    const wrapped = await ccrun("--json", "--claude", claude, ...PROMPT);
    const bare: number[] = [];
    const total: number[] = [];
    for (let round = 1; round <= bench.rounds; round++) {
      bench.log(`${perSecond} lines/s, round ${round} of ${bench.rounds}`);
      bare.push(...await measureAges(bench, writer, lines));
      total.push(...await measureAges(bench, wrapped, lines));
    }
    const added = (part: number) => quantile(total, part) - quantile(bare, part);
    const name = `latency at ${perSecond} lines/s`;
    rows.push(
      { name: `${name}, median`, value: added(0.5), unit: "ms", goal: LATENCY_MEDIAN_GOAL },
      { name: `${name}, p99`, value: added(0.99), unit: "ms", goal: LATENCY_P99_GOAL },
    );
  }
  return rows;
}

async function measureAges(bench: Bench, program: Command, lines: number): Promise<number[]> {
  const reader = shellWords(await benchProgram("timed_reader.ts"));
  const { output } = await measure(program, { sandbox: bench.sandbox, reader });
  const ages: number[] = JSON.parse(output);
  if (ages.length !== lines + WARM_UP_LINES) throw new Error(`${ages.length} lines arrived`);
  return ages.slice(WARM_UP_LINES);
}

function shellWords(command: Command): string {
  return command.map(shellQuote).join(" ");
}
