import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fullHelp, shortHelp, topicText } from "../../lib/cli/help.ts";
import { HELP_TOPICS } from "../../lib/cli/commands.ts";
import { runCcrun } from "../support/ccrun.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";

Deno.test("ccrun -h prints the short help, --help the full help", async () => {
  await using sandbox = await makeSandbox();
  for (
    const [args, expected] of [
      [["-h"], shortHelp("run")],
      [["--help"], fullHelp("run")],
      [["replay", "-h"], shortHelp("replay")],
      [["replay", "--help"], fullHelp("replay")],
    ] as const
  ) {
    const { code, stdout, stderr } = await runCcrun(args, { sandbox });
    assertEquals([code, stdout, stderr], [0, expected, ""], args.join(" "));
  }
});

Deno.test("ccrun help prints a topic as Markdown into a pipe", async () => {
  await using sandbox = await makeSandbox();
  const { code, stdout } = await runCcrun(["help", "exit-codes"], { sandbox });
  assertEquals([code, stdout], [0, topicText("exit-codes", { markdown: true })]);
});

Deno.test("ccrun help lists the topics if it does not know one", async () => {
  await using sandbox = await makeSandbox();
  const { code, stderr } = await runCcrun(["help", "nonsense"], { sandbox });
  assertEquals(code, 2);
  assertMatch(stderr, /no help on nonsense/);
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
