/**
 * The texts that ccrun prints without a run.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { batchSchema, resultsSchema } from "../../lib/batch/schema.ts";
import { fullHelp, shortHelp, topicText, versionText } from "../../lib/cli/help.ts";
import { HELP_TOPICS } from "../../lib/cli/commands.ts";
import { eventSchema } from "../../lib/json_schema.ts";
import { runCcrun } from "../support/ccrun.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";

Deno.test("ccrun prints help and the schemas on stdout", async () => {
  await using sandbox = await makeSandbox();
  const texts: readonly (readonly [args: readonly string[], text: string])[] = [
    [["-h"], shortHelp("run")],
    [["hi", "--help"], fullHelp("run")],
    [["help"], fullHelp("run")],
    [["help", "doctor"], fullHelp("doctor")],
    [["replay", "--help"], fullHelp("replay")],
    [["help", "exit-codes"], topicText("exit-codes", { markdown: true })],
    [["schema"], `${JSON.stringify(eventSchema(), null, 2)}\n`],
    [["schema", "batch"], `${JSON.stringify(batchSchema(), null, 2)}\n`],
    [["schema", "results"], `${JSON.stringify(resultsSchema(), null, 2)}\n`],
  ];
  for (const [args, text] of texts) {
    const { code, stdout, stderr } = await runCcrun(args, { sandbox });
    assertEquals([code, stdout, stderr], [0, text, ""], args.join(" "));
  }
});

Deno.test("ccrun -V prints the version, which a binary completes with its commit", async () => {
  await using sandbox = await makeSandbox();
  const { code, stdout } = await runCcrun(["hi", "-V"], { sandbox });
  assertEquals([code, stdout.replace(/ \([0-9a-f]{7,}(?:-modified)?\)$/m, "")], [0, versionText()]);
});

Deno.test("ccrun help lists the topics if it does not know one", async () => {
  await using sandbox = await makeSandbox();
  const { code, stderr } = await runCcrun(["help", "nonsense"], { sandbox });
  assertEquals(code, 2);
  assertStringIncludes(stderr, "no help on nonsense");
  for (const topic of HELP_TOPICS) assertStringIncludes(stderr, topic);
});

testWith(TERMINAL, "ccrun help prints a topic as plain text to a terminal", async () => {
  await using sandbox = await makeSandbox();
  await using terminal = await inTerminal({ sandbox }, "ccrun help exit-codes");
  const { code, stdout } = await terminal.finished;
  assertEquals(code, 0);
  assertEquals(stdout.replaceAll("\r\n", "\n"), topicText("exit-codes", { markdown: false }));
  assert(!stdout.includes("##"));
});
