/**
 * `deno task bench`: how fast ccrun is, beside what does less, in one run.
 *
 *     deno task bench [--mb 200] [--json]
 *
 * @module
 */

import { parseArgs } from "node:util";
import { command } from "../support/ccrun.ts";
import { REPOSITORY } from "../support/paths.ts";
import { childTimes } from "./guardian.ts";
import { eventLatencies } from "./latency.ts";
import { measure, quantile } from "./measure.ts";
import { writeRecording } from "./recording.ts";

/** One figure. */
interface Row {
  name: string;
  value: number;
  unit: string;
  /** What is wanted here, where something is. */
  goal?: string;
  isMet?: boolean;
}

const DEFAULT_MEGABYTES = 200;

/** Lines of which the latency is taken, at each rate (lines a second). */
const LATENCY_LINES: readonly (readonly [rate: number, lines: number])[] = [[100, 300], [
  5000,
  10000,
]];

/** Pairs of a child without and with a guardian. */
const CHILD_PAIRS = 100;

/** How many idle processes there are beside those of the machine. */
const CROWDS = [0, 200] as const;

const { values } = parseArgs({ options: { mb: { type: "string" }, json: { type: "boolean" } } });
const megabytes = Number(values.mb ?? DEFAULT_MEGABYTES);
const rows: Row[] = [];
const dir = await Deno.makeTempDir({ prefix: "ccrun-bench-" });
try {
  await benchReplay(`${dir}/recording.jsonl`);
  await benchLatency();
  await benchGuardian();
} finally {
  await Deno.remove(dir, { recursive: true });
}
print();

async function benchReplay(path: string): Promise<void> {
  const size = await writeRecording(path, megabytes) / 1e6;
  const ccrun = await command();
  const floor = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--allow-read",
    "--config",
    `${REPOSITORY}/deno.json`,
  ];
  const floorArgs = [...floor, `${REPOSITORY}/tests/bench/floor.ts`, path];
  const base = await measure(floorArgs as [string, ...string[]]);
  const rateOf = (seconds: number) => size / seconds;
  rows.push({
    name: "lines, parse, stringify: the floor",
    value: rateOf(base.seconds),
    unit: "MB/s",
  });
  for (const format of ["json", "text", "raw", "pretty"]) {
    const partial = format === "json" ? ["--partial"] : [];
    const run = await measure([...ccrun, "replay", "--format", format, ...partial, path]);
    const rate = rateOf(run.seconds);
    rows.push({
      name: `replay as ${format}`,
      value: rate,
      unit: "MB/s",
      ...(format === "json" ? { goal: "40 or more", isMet: rate >= 40 } : {}),
    });
    rows.push({
      name: `replay as ${format}, of the floor`,
      value: base.seconds / run.seconds,
      unit: "",
    });
    if (run.peakMegabytes !== undefined) {
      rows.push({
        name: `replay as ${format}, peak memory`,
        value: run.peakMegabytes,
        unit: "MB",
        ...(format === "json" ? { goal: "under 200", isMet: run.peakMegabytes < 200 } : {}),
      });
    }
  }
}

async function benchLatency(): Promise<void> {
  for (const [rate, lines] of LATENCY_LINES) {
    const latencies = await eventLatencies(lines, rate);
    const late = quantile(latencies, 0.99);
    rows.push({
      name: `line to event at ${rate} lines/s, median`,
      value: quantile(latencies, 0.5),
      unit: "ms",
    });
    rows.push({
      name: `line to event at ${rate} lines/s, 99th percentile`,
      value: late,
      unit: "ms",
      goal: "within 5",
      isMet: late <= 5,
    });
  }
}

async function benchGuardian(): Promise<void> {
  for (const idle of CROWDS) {
    const { bare, guarded } = await childTimes(CHILD_PAIRS, idle);
    const where = idle === 0 ? "" : `, ${idle} processes more`;
    const [without, within] = [quantile(bare, 0.5), quantile(guarded, 0.5)];
    const cost = within - without;
    rows.push(
      { name: `a child${where}, bare, median`, value: without, unit: "ms" },
      { name: `a child${where}, guarded and swept, median`, value: within, unit: "ms" },
      {
        name: `what its guardian costs${where}`,
        value: cost,
        unit: "ms",
        goal: "under 30",
        isMet: cost < 30,
      },
    );
  }
}

function print(): void {
  if (values.json) {
    console.log(JSON.stringify(rows, null, 2));
    return;
  }
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, value, unit, goal, isMet } of rows) {
    const verdict = goal === undefined ? "" : `  (goal: ${goal}${isMet ? "" : "; NOT MET"})`;
    console.log(`${name.padEnd(width)}  ${value.toFixed(2).padStart(9)} ${unit}${verdict}`);
  }
}
