/**
 * Secrets in the log, the summary, the outputs, and the recording.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { jsonEvents } from "../support/ccrun.ts";
import {
  emit,
  initLine,
  resultLine,
  streamedLines,
  streamedTextLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { STORY, withFake } from "./fake_scene.ts";
import { checked } from "./scene.ts";

const SECRET = "correct-horse-battery-staple-42";

/** The secret, as `grep --color=always horse` prints it. */
const COLORED = SECRET.replace("horse", "\x1b[01;31m\x1b[Khorse\x1b[m\x1b[K");

const GITHUB = { CI: "true", GITHUB_ACTIONS: "true", MY_TOKEN: SECRET };

Deno.test("a usage error hides secrets in a log, but not in JSON", async () => {
  await withFake(STORY, async ({ run }) => {
    const stderrOf = async (args: readonly string[], env: Readonly<Record<string, string>>) => {
      const { code, stderr } = await run(args, { env: { MY_TOKEN: SECRET, ...env } });
      assertEquals(code, 2);
      return stderr;
    };
    const resume = ["--resume", SECRET, "hi"];
    for (const ci of ["GITHUB_ACTIONS", "GITLAB_CI", "CI"]) {
      const stderr = await stderrOf(resume, { [ci]: "true" });
      assert(!stderr.includes(SECRET), stderr);
      assertStringIncludes(stderr, "[redacted]");
    }
    assertStringIncludes(await stderrOf(["replay", SECRET], GITHUB), "cannot replay [redacted]");
    const events = jsonEvents((await run(["--json", ...resume], { env: GITHUB })).stdout);
    assertStringIncludes(JSON.stringify(events), SECRET);
    assertStringIncludes(await stderrOf(["--no-redact", ...resume], GITHUB), SECRET);
    // Without CI, stderr is not a log that others can read.
    assertStringIncludes(await stderrOf(resume, {}), SECRET);
  });
});

Deno.test("a warning hides secrets in a log", async () => {
  await withFake(STORY, async ({ run }) => {
    const env = { ...GITHUB, GITHUB_OUTPUT: `/nowhere/${SECRET}/output` };
    const { code, stderr } = await run(["-q", "hi"], { env });
    assertEquals(code, 0);
    assertStringIncludes(stderr, "cannot write the step's outputs /nowhere/[redacted]/output");
  });
});

Deno.test("a secret with colors inside appears in no published file", async () => {
  const lines = [
    initLine(),
    toolUseLine({ id: "t1", name: "Bash", input: { command: `echo ${COLORED}` } }),
    toolResultLine({ id: "t1", content: `${COLORED}\n${btoa(SECRET)}`, isError: true }),
    textLine(`It is ${COLORED}.`),
    resultLine({ result: `It is ${COLORED}.` }),
  ];
  await withFake(lines, async ({ run, sandbox }) => {
    const env = {
      ...GITHUB,
      GITHUB_STEP_SUMMARY: `${sandbox.root}/summary`,
      GITHUB_OUTPUT: `${sandbox.root}/output`,
    };
    const args = ["--redact", "--record", "tape.jsonl", "--format", "json", "--progress", "hi"];
    const { code, stderr } = await run(args, { env });
    assertEquals(code, 0);
    const published = {
      stderr,
      summary: await Deno.readTextFile(env.GITHUB_STEP_SUMMARY),
      output: await Deno.readTextFile(env.GITHUB_OUTPUT),
      tape: await Deno.readTextFile(`${sandbox.project}/tape.jsonl`),
    };
    for (const [name, text] of Object.entries(published)) {
      assertStringIncludes(text, "[redacted]", name);
      for (const part of [SECRET, "correct-", "-battery", btoa(SECRET)]) {
        assert(!text.includes(part), `${part} in ${name}:\n${text}`);
      }
    }
  });
});

Deno.test("a redacted recording has no secret in partial text and replays with all its texts", async () => {
  const answer = `The key is ${SECRET}, they say.`;
  const pieces = answer.match(/.{1,7}/g) ?? [];
  const lines = [
    initLine(),
    ...streamedLines(pieces),
    streamedTextLine(answer),
    resultLine({ result: answer }),
  ];
  await withFake(emit(...lines), async ({ run, sandbox }) => {
    const env = { MY_TOKEN: SECRET };
    await run(["--redact", "--record", "tape.jsonl", "--partial", "hi"], { env });
    const tape = await Deno.readTextFile(`${sandbox.project}/tape.jsonl`);
    assertEquals(tape.trimEnd().split("\n").length, lines.length);
    for (const piece of pieces) {
      assertEquals(tape.includes(JSON.stringify(piece)), false, piece);
    }
    const { events } = checked(await run(["replay", "--json", "--partial", "tape.jsonl"]));
    assertEquals(events.filter(({ type }) => type === "text_delta").length, pieces.length);
    const shown = await run(["replay", "--partial", "tape.jsonl"]);
    assertEquals([shown.code, shown.stdout], [0, "The key is [redacted], they say.\n"]);
    assertStringIncludes(shown.stderr, "The key is [redacted], they say.");
  });
});
