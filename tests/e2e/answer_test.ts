/**
 * The answer: what claude said when it had finished working. Its result often has less.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { message, type Reply, text, thinking, toolUse } from "../support/api_reply.ts";
import { sinceClaude } from "../support/claude.ts";
import type { JsonObject } from "../support/json.ts";
import { testWith } from "../support/test_with.ts";
import { bash, eventsOf, SKIP, withScene, writeSettings } from "./scene.ts";

/** Runs a prompt, and returns the answer and the warnings of `-q`, and the last result of claude. */
async function answerTo(
  replies: readonly Reply[],
  options: { readonly prompt?: string; readonly settings?: JsonObject } = {},
) {
  const { prompt = "Go.", settings } = options;
  let outcome = { stdout: "", stderr: "", claudeText: "" };
  await withScene(replies, async ({ run, sandbox }) => {
    if (settings !== undefined) await writeSettings(sandbox, settings);
    const { code, stdout, stderr } = await run(["-q", SKIP, "--result", "run.json", prompt]);
    assertEquals(code, 0, stderr);
    const { result } = JSON.parse(await Deno.readTextFile(`${sandbox.project}/run.json`));
    assertEquals(result.answer, stdout.trimEnd(), "the answer of --result");
    outcome = { stdout, stderr, claudeText: result.text };
  });
  return outcome;
}

Deno.test("the answer has all blocks of a message, and joins those that follow directly", async () => {
  const blocks = [
    text("Deno came "),
    text("out in "),
    text("2018."),
    thinking("Hm."),
    text("Yes."),
  ];
  const { stdout, stderr, claudeText } = await answerTo([message(...blocks)]);
  assertEquals([stdout, stderr], ["Deno came out in 2018.\n\nYes.\n", ""]);
  assertEquals(claudeText, "Yes.", "claude's own result has the last block only");
});

Deno.test("a long answer is whole, although some versions cut it off at the end of stdin", async () => {
  const answer = "word and ".repeat(33_000) + "end";
  const { stdout, stderr } = await answerTo([text(answer)]);
  assertEquals([stdout === `${answer}\n`, stderr], [true, ""]);
});

testWith(
  sinceClaude("2.1.0", "Claude Code 2.0 does not continue after the output limit"),
  "the answer continues after the output limit",
  async () => {
    const { stdout, stderr } = await answerTo([
      message(text("First ha"), { stopReason: "max_tokens" }),
      text("lf."),
    ]);
    assertEquals([stdout, stderr], ["First half.\n", ""]);
  },
);

Deno.test("the answer is the last text, with a warning, if the last message is empty", async () => {
  const { stdout, stderr } = await answerTo([
    message(text("A poem."), bash("echo saved")),
    message({}),
    message({}),
  ]);
  assertEquals(stdout, "A poem.\n");
  assertStringIncludes(stderr, "ccrun: warning: claude said nothing after its last tool call");
});

Deno.test("without any text stdout stays empty, with a warning", async () => {
  const { stdout, stderr } = await answerTo([thinking("Hm."), thinking("Hm.")]);
  assertEquals(stdout, "");
  assertStringIncludes(stderr, "ccrun: warning: claude finished without a text");
});

Deno.test("a Stop hook that makes claude continue keeps the report", async () => {
  const command = "[ -e stopped ] || { touch stopped; echo more >&2; exit 2; }";
  const settings = { hooks: { Stop: [{ hooks: [{ type: "command", command }] }] } };
  const { stdout } = await answerTo([text("The report."), text("The afterword.")], { settings });
  assertEquals(stdout, "The report.\n\nThe afterword.\n");
});

Deno.test("the output of a local command is the answer", async () => {
  const { stdout, stderr } = await answerTo([], { prompt: "/cost" });
  assertStringIncludes(stdout, "$0.0000");
  assertEquals(stderr, "");
});

testWith(
  sinceClaude("2.1.330", "only newer versions wait for a task"),
  "the turn that a background task starts adds to the answer",
  async () => {
    const replies = [
      toolUse("Bash", {
        command: "sleep 0.5; echo done",
        description: "Wait",
        run_in_background: true,
      }),
      text("# Review\n\nAll is well."),
      text("The review stands."),
    ];
    await withScene(replies, async ({ json, run }) => {
      const events = await json([SKIP, "--record", "tape", "Review it."]);
      assertEquals(events.code, 0, events.stderr);
      const answer = "# Review\n\nAll is well.\n\nThe review stands.";
      assertEquals(eventsOf(events, "result").at(-1)?.answer, answer);
      const last = await run(["replay", "-q", "--answer", "last", "tape"]);
      assertEquals([last.code, last.stdout], [0, "The review stands.\n"]);
    });
  },
);
