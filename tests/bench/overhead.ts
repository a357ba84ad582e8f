/**
 * Compares a run of the real Claude Code, whose model is scripted, with and without ccrun.
 *
 * @module
 */

import { message, type Reply, script, text, toolUse } from "../support/api_reply.ts";
import { claudePath } from "../support/claude.ts";
import { startMessagesApi } from "../support/messages_api.ts";
import { type Bench, measureInTurns, secondsOf } from "./bench.ts";
import { OVERHEAD_GOAL } from "./goals.ts";
import { ccrun, measure } from "./measure.ts";
import { median, medianRatio, type Row } from "./results.ts";

const QUESTION = "What is in the notes?";
const SKIP = "--dangerously-skip-permissions";

/** The time between two parts of a reply, in milliseconds. Three replies take seconds. */
const DELAY_MS = 40;

/** Measures how much longer a run takes. */
export async function overheadSection(bench: Bench): Promise<readonly Row[]> {
  const { sandbox } = bench;
  const claude = await claudePath({ onInstall: (name) => bench.log(`installing ${name}`) });
  await using api = await startMessagesApi({ respond: script(conversation(sandbox.project)) });
  const env = sandbox.env(api.url);
  const wrapped = await ccrun("--claude", claude, "--json", SKIP, "--no-stdin", "-p", QUESTION);
  const results = await measureInTurns(bench, {
    "bare claude": () =>
      measure([claude, "-p", "--output-format=stream-json", "--verbose", SKIP], {
        sandbox,
        env,
        feed: `printf %s '${QUESTION}'`,
      }),
    "ccrun": () => measure(wrapped, { sandbox, env }),
  });
  const [bare, own] = [secondsOf(results["bare claude"]), secondsOf(results["ccrun"])];
  return [
    { name: "bare claude", value: median(bare), unit: "s" },
    { name: "claude in ccrun", value: median(own), unit: "s" },
    {
      name: "overhead",
      value: (medianRatio(own, bare) - 1) * 100,
      unit: "%",
      goal: OVERHEAD_GOAL,
    },
  ];
}

function conversation(project: string): readonly Reply[] {
  const delay = { delayMs: DELAY_MS };
  const read = toolUse("Read", { file_path: `${project}/notes.txt` });
  const count = toolUse("Bash", { command: "wc -l notes.txt", description: "Count the lines" });
  return [
    message(text("I will read the notes first and then report what they say."), read, delay),
    message(text("Now I will count their lines, to make sure that I saw all."), count, delay),
    message(text("The notes have three lines and nothing else of interest. ".repeat(3)), delay),
  ];
}
