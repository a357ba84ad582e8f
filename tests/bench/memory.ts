/**
 * Measures the peak memory of ccrun.
 *
 * @module
 */

import {
  emit,
  fakeClaude,
  initLine,
  resultLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import type { Bench } from "./bench.ts";
import { LONG_LINE_GOAL, SMALL_LINES_MEGABYTES, STDERR_FLOOD_GOAL } from "./goals.ts";
import { ccrun, measure, PROMPT } from "./measure.ts";
import { writeRecording } from "./recording.ts";
import type { Goal, Row } from "./results.ts";

const LONG_LINE_BYTES = 60e6;

/** The size of the recording of small lines, in relation to that of the other sections. */
const SMALL_LINES_FACTOR = 3;

/** Measures runs of fake claudes. */
export async function memorySection(bench: Bench): Promise<readonly Row[]> {
  const { sandbox, megabytes } = bench;
  const recording = await writeRecording(
    `${sandbox.root}/small-lines.jsonl`,
    megabytes * SMALL_LINES_FACTOR,
  );
  return [
    await peakOf(bench, "small lines", `cat '${recording.path}'`, {
      below: SMALL_LINES_MEGABYTES,
    }),
    await peakOf(bench, "a line of 60 MB", longLine(), LONG_LINE_GOAL),
    await peakOf(bench, "a flood of stderr", stderrFlood(megabytes), STDERR_FLOOD_GOAL),
  ];
}

async function peakOf(bench: Bench, name: string, script: string, goal: Goal): Promise<Row> {
  bench.log(name);
  const claude = await fakeClaude(bench.sandbox, `read -r line; ${script}`);
  const program = await ccrun("--json", "--claude", claude, ...PROMPT);
  const { peakMegabytes } = await measure(program, { sandbox: bench.sandbox });
  return { name: `peak memory, ${name}`, value: peakMegabytes, unit: "MB", goal };
}

/** Returns a script that writes a tool result of 60 MB. */
function longLine(): string {
  const placeholder = "0FILL0";
  const id = "toolu_long";
  const use = toolUseLine({ id, name: "Read", input: { file_path: "/large" } });
  const [before, after] = toolResultLine({ id, content: placeholder }).split(placeholder);
  return `${emit(initLine(), use)}
printf %s '${before}'; head -c ${LONG_LINE_BYTES} /dev/zero | tr '\\0' x; printf '%s\\n' '${after}'
${emit(resultLine())}`;
}

function stderrFlood(megabytes: number): string {
  return `${emit(initLine())}
yes 'a line of diagnostics' | head -c ${megabytes * 1e6} >&2
${emit(resultLine())}`;
}
