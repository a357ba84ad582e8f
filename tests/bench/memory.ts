/**
 * The most memory that ccrun has at once.
 *
 * @module
 */

import {
  fakeClaude,
  initLine,
  resultLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import type { Bench } from "./bench.ts";
import { peakOf } from "./peak.ts";
import { type Pipeline, type PipelineResult, quoted } from "./pipeline.ts";
import { ccrun, floor, PARSE_FLOOR } from "./programs.ts";
import { lastLine, writeRecording } from "./recording.ts";
import type { Row } from "./rows.ts";
import { PROMPT } from "./run.ts";

/** The file that is repeated for small lines: much more than what is on its way at any time. */
const REPEATED_MEGABYTES = 20;

const SMALL_LINES = "small lines";

/** Lengths of the long lines, and how many bytes must come of each: the bound is 64 MiB. */
const LONG_LINES = [
  { name: "a line of 60 MB", bytes: 60e6, least: 60e6, most: Infinity },
  { name: "a line of 500 MB", bytes: 500e6, least: 64 * 1024 * 1024, most: 100e6 },
] as const;

/** What a slow reader reads at once and how often, so that it is 1 MB/s for 15 seconds. */
const SLOW = { bytes: 100_000, pauseSeconds: 0.1, times: 150 } as const;

/** The exit code when the reader has left. */
const READER_GONE = 141;

/** Something that is written, and how it is seen that all of it came. */
interface Source {
  readonly name: string;
  /** A shell script that writes it. */
  readonly script: string;
  readonly isWhole: (result: PipelineResult) => boolean;
}

/** Measures peaks of memory: of ccrun's process alone, as the system counts it. */
export async function memorySection(bench: Bench): Promise<readonly Row[]> {
  if (peakOf(Deno.pid) === undefined) {
    bench.leaveOut("memory", "this system has no /proc that tells of it");
    return [];
  }
  const rows: Row[] = [];
  for (const { name, script, isWhole } of await sources(bench)) {
    const claude = await fakeClaude(bench.sandbox, `head -n 1 >/dev/null; ${script}`);
    const pipelines: readonly (readonly [string, Pipeline])[] = [
      // It keeps nothing: what it has is Deno's.
      ...name === SMALL_LINES
        ? [
          [`${PARSE_FLOOR}, ${name}`, { program: await floor(PARSE_FLOOR), feed: script }] as const,
        ]
        : [],
      [`replay, ${name}`, { program: await ccrun("replay", "--json", "-"), feed: script }],
      [`run, ${name}`, { program: await ccrun("--json", "--claude", claude, ...PROMPT) }],
    ];
    for (const [title, pipeline] of pipelines) {
      bench.say(`memory: ${title}`);
      const { peak, result } = await withPeak(bench, pipeline);
      if (!isWhole(result)) {
        throw new Error(`${title}: its output is not whole: ${JSON.stringify(result.out)}`);
      }
      rows.push({ name: `peak, ${title}`, value: peak, unit: "MB" });
    }
  }
  return [...rows, ...await slowReader(bench)];
}

async function sources(bench: Bench): Promise<readonly Source[]> {
  const { root } = bench.sandbox;
  const { memoryMegabytes } = bench.options;
  const block = await writeRecording(`${root}/block.jsonl`, {
    megabytes: Math.min(REPEATED_MEGABYTES, memoryMegabytes),
    isOpen: true,
  });
  const times = Math.ceil(memoryMegabytes * 1e6 / block.bytes);
  await Deno.writeTextFile(`${root}/last`, lastLine());
  const id = "toolu_long";
  // The tool's result is what grows long.
  const FILL = "0FILL0";
  const use = toolUseLine({ id, name: "Read", input: { file_path: "/large" } });
  const [before, after] = toolResultLine({ id, content: FILL }).split(FILL);
  await Deno.writeTextFile(`${root}/before`, `${initLine()}\n${use}\n${before}`);
  await Deno.writeTextFile(`${root}/after`, `${after}\n${resultLine()}\n`);
  const cat = (name: string) => `cat ${quoted(`${root}/${name}`)}`;
  return [
    {
      name: SMALL_LINES,
      script: `${repeated(cat("block.jsonl"), times)}; ${cat("last")}`,
      isWhole: ({ out }) => out.lines >= block.blocks * times,
    },
    ...LONG_LINES.map(({ name, bytes, least, most }): Source => ({
      name,
      script: `${cat("before")}; head -c ${bytes} /dev/zero | tr '\\0' x; ${cat("after")}`,
      isWhole: ({ out }) => out.bytes >= least && out.bytes <= most,
    })),
  ];
}

function repeated(command: string, times: number): string {
  return `n=0; while [ $n -lt ${times} ]; do ${command}; n=$((n + 1)); done`;
}

/** claude writes as fast as it may, for as long as somebody reads. */
async function slowReader(bench: Bench): Promise<readonly Row[]> {
  const name = "peak, run, a reader of 1 MB/s";
  const block = quoted(`${bench.sandbox.root}/block.jsonl`);
  const claude = await fakeClaude(
    bench.sandbox,
    `head -n 1 >/dev/null; while cat ${block}; do :; done`,
  );
  bench.say("memory: run, a reader of 1 MB/s");
  const { bytes, pauseSeconds, times } = SLOW;
  const read = `head -c ${bytes} >>"$dir/taken" || break; sleep ${pauseSeconds}`;
  const { peak, early, result } = await withPeak(bench, {
    program: await ccrun("--json", "--claude", claude, ...PROMPT),
    reader: `${repeated(read, times)}; wc -c <"$dir/taken" >"$dir/reader"`,
  }, READER_GONE);
  if (Number(result.read) !== bytes * times) {
    throw new Error(`${name}: not ${bytes * times} bytes were read, but ${result.read}`);
  }
  return [{ name, value: peak, unit: "MB", beside: `${early.toFixed(0)} MB after a third` }];
}

/** The peak, and what it was when a third of the time was over. */
async function withPeak(bench: Bench, pipeline: Pipeline, code = 0) {
  const peaks: number[] = [];
  const sample = (pid: number) => {
    const peak = peakOf(pid);
    if (peak !== undefined) peaks.push(peak);
  };
  const result = await bench.run(pipeline, { sample, code });
  const peak = peaks.at(-1) ?? NaN;
  return { peak, early: peaks[Math.floor(peaks.length / 3)] ?? NaN, result };
}
