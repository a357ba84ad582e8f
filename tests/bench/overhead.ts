/**
 * A whole run with ccrun, beside the real Claude Code alone, both with a scripted Messages API.
 *
 * @module
 */

import { message, type Reply, script, text, toolUse } from "../support/api_reply.ts";
import { claudePath } from "../support/claude.ts";
import { startMessagesApi } from "../support/messages_api.ts";
import type { Bench } from "./bench.ts";
import { median, medianRatio } from "./numbers.ts";
import { type Argv, ccrun } from "./programs.ts";
import { quoted } from "./pipeline.ts";
import type { Row } from "./rows.ts";

const SKIP = "--dangerously-skip-permissions";

const QUESTION = "What is in the notes?";

/** Both are told the same; ccrun gives it to claude on stdin, too. */
const BARE: readonly string[] = ["-p", "--output-format=stream-json", "--verbose", SKIP];
const WRAPPED: readonly string[] = ["--json", SKIP, "--no-stdin", "-p", QUESTION];

/** How fast the model is, and how many pairs of runs are measured with it. */
const MODELS = [
  // Nobody has such a model: the run is as short as Claude Code can make it, and the share the largest.
  { name: "model answers at once", delayMs: 0, pairs: 10 },
  { name: "model takes seconds", delayMs: 40, pairs: 4 },
] as const;

const PERCENT = 100;

/** Measures by how much a run is longer. */
export async function overheadSection(bench: Bench): Promise<readonly Row[]> {
  const claude = await claudePath({ onInstall: (name) => bench.say(`installing ${name}`) });
  const rows: Row[] = [];
  for (const { name, delayMs, pairs } of MODELS) {
    await using api = await startMessagesApi({ respond: script(conversation(bench, delayMs)) });
    const env = { ...bench.sandbox.env(api.url) };
    const bare: number[] = [];
    const wrapped: number[] = [];
    const runs: readonly (readonly [Argv, string | undefined, number[]])[] = [
      [[claude, ...BARE], `printf %s ${quoted(QUESTION)}`, bare],
      [await ccrun("--claude", claude, ...WRAPPED), undefined, wrapped],
    ];
    // The first pair is not counted.
    for (let pair = 0; pair <= pairs; pair++) {
      if (pair > 0) bench.say(`overhead: pair ${pair} of ${pairs}: ${name}`);
      for (const [program, feed, seconds] of runs) {
        const before = api.requests.length;
        const result = await bench.run({ program, feed }, { env });
        if (api.requests.length - before < TURNS) {
          throw new Error(`overhead: ${program[0]} asked the model too little`);
        }
        if (pair > 0) seconds.push(result.seconds);
      }
    }
    rows.push(
      { name: `bare claude, ${name}`, value: median(bare) * 1000, unit: "ms" },
      { name: `ccrun, ${name}`, value: median(wrapped) * 1000, unit: "ms" },
      {
        name: `overhead, ${name}`,
        value: (medianRatio(wrapped, bare) - 1) * PERCENT,
        unit: "%",
        beside: "bare claude",
      },
    );
  }
  return rows;
}

/** How often the model is asked. */
const TURNS = 3;

/** Two tools and an answer. */
function conversation(bench: Bench, delayMs: number): readonly Reply[] {
  const notes = toolUse("Read", { file_path: `${bench.sandbox.project}/notes.txt` });
  const count = toolUse("Bash", { command: "wc -l notes.txt", description: "Count the lines" });
  const words = "There are three lines in it, and nothing else of any interest. ";
  return [
    message(text("I will have a look at the notes, and tell what they say."), notes, { delayMs }),
    message(text("Now I will count their lines, to be sure that I saw all."), count, { delayMs }),
    message(text(words.repeat(3)), { delayMs }),
  ];
}
