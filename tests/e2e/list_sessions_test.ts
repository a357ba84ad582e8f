/**
 * Lists and resumes the sessions of the real Claude Code.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { subagent, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { type CcrunOptions, runCcrun } from "../support/ccrun.ts";
import { claudeAtLeast, sinceClaude } from "../support/claude.ts";
import { asArray, asObject, type JsonObject } from "../support/json.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { assistantLine, userLine, writeSession } from "../support/session_files.ts";
import { testWith } from "../support/test_with.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";
import { bash, eventOf, type JsonRun, SKIP, withScene } from "./scene.ts";

const ANSWERS = [(request: ApiRequest) => text(`Answer to ${request.userText}`)];

/** Returns what `ccrun sessions --json` lists. */
async function listSessions(
  args: readonly string[],
  options: CcrunOptions,
): Promise<readonly JsonObject[]> {
  const { code, stdout, stderr } = await runCcrun(["sessions", "--json", ...args], options);
  assertEquals([code, stderr], [0, ""]);
  return asArray(JSON.parse(stdout)).map(asObject);
}

function idOf({ exit, stdout }: JsonRun): string {
  assert(exit.session_id !== undefined, stdout);
  return exit.session_id;
}

Deno.test("ccrun sessions lists the sessions of a workspace, newest first", async () => {
  const find = subagent({ prompt: "Look for it.", description: "Find it", background: false });
  const replies = [
    ({ userText }: ApiRequest) => userText === "Another." ? text("Answer.") : find,
    bash("echo one"),
    text("Done."),
  ];
  const subagents = { "Look for it.": [text("Found it.")] };
  await withScene(replies, async ({ sandbox, json, run, shell }) => {
    const none = await runCcrun(["sessions"], { sandbox });
    assertEquals([none.code, none.stdout], [0, ""]);
    assertEquals(none.stderr, `ccrun: ${sandbox.project} has no sessions yet\n`);
    const early = await run(["-q", "--resume", "last", "Go on."]);
    assertEquals([early.code, early.stdout], [2, ""]);
    assertStringIncludes(early.stderr, "no session yet");

    const started = Date.now();
    const first = await json([SKIP, "List the  files\nof this folder."]);
    const second = await json(["Another."]);
    const sessions = await listSessions([], { sandbox });
    assertEquals(sessions.map(({ id, prompt }) => [id, prompt]), [
      [idOf(second), "Another."],
      [idOf(first), "List the files of this folder."],
    ]);
    for (const { updated } of sessions) {
      const at = Date.parse(String(updated));
      // Some file systems keep whole seconds.
      assert(at >= started - 1000 && at <= Date.now() + 1000, String(updated));
    }
    // 2.0.25 counts the lines that it writes.
    const turns = claudeAtLeast("2.1.0") ? [second.exit.turns, first.exit.turns] : [1, 3];
    assertEquals(sessions.map((session) => session.turns), turns);

    const table = await shell("set -o pipefail; ccrun sessions | head -1", { env: { TZ: "UTC" } });
    const when = String(sessions[0]?.updated).slice(0, 16).replace("T", " ");
    assertMatch(
      table.stdout,
      new RegExp(`^${idOf(second)}  ${when}      1     162  .*  Another.\n$`),
    );

    assertEquals(await listSessions(["-C", sandbox.home], { sandbox }), []);
    const elsewhere = { sandbox, cwd: sandbox.home };
    assertEquals(await listSessions(["--cwd", sandbox.project], elsewhere), sessions);
  }, { subagents });
});

testWith(
  sinceClaude("2.1.0", "this version has no titles"),
  "ccrun --resume finds a session by the title that --name set",
  async () => {
    await withScene(ANSWERS, async ({ sandbox, json, turns }) => {
      const id = idOf(await json(["--name", "Release Notes", "First prompt."]));
      await json(["Second prompt."]);
      const titles = (await listSessions([], { sandbox })).map(({ title }) => title);
      assertEquals(titles, [undefined, "Release Notes"]);

      const resumed = await json(["--resume", "release notes", "Third prompt."]);
      assertEquals([resumed.code, idOf(resumed)], [0, id]);
      assertEquals(eventOf(resumed, "start").resume, id);
      const conversation = JSON.stringify(asArray(turns().at(-1)?.body.messages));
      assertStringIncludes(conversation, "First prompt.");
    });
  },
);

Deno.test("ccrun sessions finds the sessions of a workspace with an unusual name", async () => {
  await withScene(ANSWERS, async ({ sandbox, json }) => {
    // 2.0.25 cannot keep sessions of a directory with so long a path.
    const long = `${"l".repeat(60)}/${"m".repeat(100)}/${"n".repeat(60)}`;
    const cwd = `${sandbox.project}/a.b c_d-e/zoë 日本/${claudeAtLeast("2.1.0") ? long : ""}`;
    const link = `${sandbox.project}/link`;
    await Deno.mkdir(cwd, { recursive: true });
    await Deno.symlink(cwd, link);
    const id = idOf(await json(["-C", link, "Hello."]));
    for (const path of [cwd, link]) {
      const sessions = await listSessions(["-C", path], { sandbox });
      assertEquals(sessions.map((session) => session.id), [id], path);
    }
  });
});

Deno.test("ccrun sessions follows CLAUDE_CONFIG_DIR like claude", async () => {
  await withScene(ANSWERS, async ({ sandbox, json }) => {
    for (const folder of ["config", ""]) {
      const env = { CLAUDE_CONFIG_DIR: folder };
      const id = idOf(await json(["Hello."], { env }));
      const sessions = await listSessions([], { sandbox, env });
      assertEquals(sessions.map((session) => session.id), [id], folder);
    }
  });
});

testWith(TERMINAL, "ccrun sessions fits the terminal", async () => {
  await using sandbox = await makeSandbox();
  const prompt = "A prompt that is far too long for such a narrow terminal.";
  const id = await writeSession({
    home: sandbox.home,
    cwd: sandbox.project,
    lines: [userLine(prompt), assistantLine("Answer.")],
  });
  await using terminal = await inTerminal({ sandbox }, "ccrun sessions", { columns: 66 });
  const { stdout } = await terminal.finished;
  const [heading, row = ""] = stdout.split("\r\n");
  assertEquals(heading, "ID        WHEN              TURNS  TOKENS      COST  TITLE OR PRO…");
  assert(row.startsWith(`${id.slice(0, 8)}  20`), stdout);
  assertEquals([row.length, row.endsWith("A prompt tha…")], [66, true], stdout);
});
