/**
 * The same through a run: a claude that writes a recording as fast as it is read.
 *
 * @module
 */

import { fakeClaude } from "../support/fake_claude.ts";
import type { Bench } from "./bench.ts";
import { contest, type Contestant, rateRows, ratioRows } from "./contest.ts";
import { quoted } from "./pipeline.ts";
import { ccrun, floor, FORMS, LINES_FLOOR, PARSE_FLOOR } from "./programs.ts";
import { writeRecording } from "./recording.ts";
import { TINY_MEGABYTES } from "./replay.ts";
import type { Row } from "./rows.ts";

/** What claude is asked, which the stand-ins do not read. */
export const PROMPT: readonly string[] = ["--no-stdin", "-p", "hello"];

/** Measures how fast a run passes on what claude writes. */
export async function runSection(bench: Bench): Promise<readonly Row[]> {
  const { megabytes, rounds } = bench.options;
  const { sandbox } = bench;
  bench.say(`run: writing a recording of ${megabytes} MB`);
  const recording = await writeRecording(`${sandbox.root}/run.jsonl`, { megabytes });
  const warmUp = await writeRecording(`${sandbox.root}/tiny-run.jsonl`, {
    megabytes: TINY_MEGABYTES,
  });
  const cat = (path: string) => `cat ${quoted(path)}`;
  const claudes = new Map<string, string>();
  for (const { path } of [recording, warmUp]) {
    claudes.set(path, await fakeClaude(sandbox, `head -n 1 >/dev/null; exec ${cat(path)}`));
  }
  const floors = [[LINES_FLOOR, "copy"], [PARSE_FLOOR, "lines"]] as const;
  const contestants: readonly Contestant[] = [
    ...floors.map(([name, wanted]): Contestant => ({
      name,
      wanted,
      work: async ({ path }) => ({ program: await floor(name), feed: cat(path) }),
    })),
    ...FORMS.map(({ name, options }): Contestant => ({
      name,
      wanted: name,
      work: async ({ path }) => ({
        program: await ccrun("--claude", claudes.get(path) ?? "", ...options, ...PROMPT),
      }),
    })),
  ];
  const title = "run";
  const results = await contest(bench, contestants, { title, recording, warmUp, rounds });
  return [
    ...rateRows(title, contestants, results, recording),
    ...ratioRows(
      title,
      results,
      FORMS.map(({ name }) => [name, name === "raw" ? LINES_FLOOR : PARSE_FLOOR]),
    ),
  ];
}
