/**
 * The time from the writing of a line by claude to the arrival of its event at the reader.
 *
 * @module
 */

import { fakeClaude } from "../support/fake_claude.ts";
import { asArray } from "../support/json.ts";
import type { Bench } from "./bench.ts";
import { quantile } from "./numbers.ts";
import { quoted } from "./pipeline.ts";
import { type Argv, ccrun, denoProgram } from "./programs.ts";
import type { Row } from "./rows.ts";
import { PROMPT } from "./run.ts";

/** How many lines a second, and how many in a round. */
const RATES: readonly (readonly [perSecond: number, lines: number])[] = [[100, 200], [5000, 10000]];

/** Lines that are not counted: the first ones run code that is not compiled yet. */
const WARM_UP_LINES = 50;

/** Clocks of two programs agree within this, or nothing that they say is true. */
const CLOCK_ERROR_MS = 0.2;

/**
 * Measures what ccrun adds to a line's way. Beside it the same line goes through a pipe from
 * claude to the reader: that much is the price of any pipe, of the reader's waking up and of the clock.
 */
export async function latencySection(bench: Bench): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [perSecond, lines] of RATES) {
    const writer = await denoProgram(
      "clock_claude.ts",
      String(lines + WARM_UP_LINES),
      String(perSecond),
    );
    const claude = await fakeClaude(
      bench.sandbox,
      `head -n 1 >/dev/null; exec ${writer.map(quoted).join(" ")}`,
    );
    const wrapped = await ccrun("--json", "--claude", claude, ...PROMPT);
    const bare: number[] = [];
    const through: number[] = [];
    const { rounds } = bench.options;
    for (let round = 1; round <= rounds; round++) {
      bench.say(`latency: round ${round} of ${rounds}: ${perSecond} lines/s`);
      bare.push(...await latencies(bench, writer, lines));
      through.push(...await latencies(bench, wrapped, lines));
    }
    for (const [title, part] of [["median", 0.5], ["p99", 0.99]] as const) {
      const name = `latency at ${perSecond} lines/s, ${title}`;
      const [pipe, total] = [quantile(bare, part), quantile(through, part)];
      rows.push(
        { name: `${name}, bare pipe`, value: pipe, unit: "ms" },
        { name: `${name}, total`, value: total, unit: "ms" },
        { name: `${name}, added`, value: total - pipe, unit: "ms", beside: "bare pipe" },
      );
    }
  }
  return rows;
}

/** The latency of each line but for the first ones. */
async function latencies(bench: Bench, program: Argv, lines: number): Promise<readonly number[]> {
  const reader = (await denoProgram("clock_reader.ts")).map(quoted).join(" ");
  const { read } = await bench.run({ program, reader: `${reader} >"$dir/reader"` });
  const all = asArray(JSON.parse(read)).map(Number);
  if (all.length !== lines + WARM_UP_LINES) {
    throw new Error(`${all.length} of ${lines + WARM_UP_LINES} lines have arrived`);
  }
  if (all.some((latency) => !(latency > -CLOCK_ERROR_MS))) {
    throw new Error("a line has arrived before it was written: the clock was set meanwhile");
  }
  return all.slice(WARM_UP_LINES);
}
