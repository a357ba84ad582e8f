/**
 * A recording, replayed in every form.
 *
 * @module
 */

import { hasCommand } from "../support/test_with.ts";
import type { Bench } from "./bench.ts";
import { contest, type Contestant, rateRows, ratioRows } from "./contest.ts";
import { type Argv, ccrun, floor, FORMS, LINES_FLOOR, PARSE_FLOOR } from "./programs.ts";
import { type Recording, writeRecording } from "./recording.ts";
import type { Row } from "./rows.ts";

/** `jq -c .`, which many would use instead. */
export const JQ = "jq";

/** A recording that takes no time. */
export const TINY_MEGABYTES = 0.1;

/** Measures how fast a recording is replayed. */
export async function replaySection(bench: Bench): Promise<readonly Row[]> {
  const { megabytes, rounds } = bench.options;
  bench.say(`replay: writing a recording of ${megabytes} MB`);
  const { root } = bench.sandbox;
  const recording = await writeRecording(`${root}/recording.jsonl`, { megabytes });
  const warmUp = await writeRecording(`${root}/tiny.jsonl`, { megabytes: TINY_MEGABYTES });
  if (!hasCommand(JQ)) bench.leaveOut("jq -c .", "no jq here");
  const contestants = replayContestants();
  const title = "replay";
  const results = await contest(bench, contestants, { title, recording, warmUp, rounds });
  const forms = FORMS.map(({ name }) => name);
  return [
    ...rateRows(title, contestants, results, recording),
    ...ratioRows(title, results, [
      ...forms.map((name) => [name, name === "raw" ? LINES_FLOOR : PARSE_FLOOR] as const),
      ...forms.map((name) => [name, JQ] as const),
      ["raw", "cat"],
    ]),
  ];
}

/** Everything that reads a recording from a file. */
export function replayContestants(): readonly Contestant[] {
  const reading =
    (argv: (path: string) => Promise<Argv> | Argv) => async ({ path }: Recording) => ({
      program: await argv(path),
    });
  return [
    { name: "cat", wanted: "copy", work: reading((path) => ["cat", path]) },
    ...hasCommand(JQ)
      ? [{ name: JQ, wanted: "lines", work: reading((path) => ["jq", "-c", ".", path]) } as const]
      : [],
    { name: LINES_FLOOR, wanted: "copy", work: reading((path) => floor(LINES_FLOOR, path)) },
    { name: PARSE_FLOOR, wanted: "lines", work: reading((path) => floor(PARSE_FLOOR, path)) },
    ...FORMS.map(({ name, options }): Contestant => ({
      name,
      wanted: name,
      work: reading((path) => ccrun("replay", ...options, path)),
    })),
  ];
}
