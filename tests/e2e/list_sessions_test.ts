/**
 * Lists and resumes the sessions of the real Claude Code.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { text, toolUse } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { runCcrun, startShellCcrun } from "../support/ccrun.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { asArray, asObject, type JsonObject } from "../support/json.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";
import { bash, eventOf, type JsonRun, type Scene, SKIP, withScene } from "./scene.ts";

/** The clock by which times are shown. */
const UTC = { TZ: "UTC" };

const ANSWERS = [(request: ApiRequest) => text(`Answer to ${request.userText}`)];

/** `ccrun sessions --json`. */
async function listed(sandbox: Sandbox, ...args: string[]): Promise<readonly JsonObject[]> {
  const result = await runCcrun(["sessions", "--json", ...args], { sandbox });
  assertEquals([result.code, result.stderr], [0, ""]);
  return asArray(JSON.parse(result.stdout)).map(asObject);
}

/** The id of a run's session. */
function idOf({ exit, stdout }: JsonRun): string {
  assert(exit.session_id !== undefined, stdout);
  return exit.session_id;
}

/** Whether these words were said in the conversation that claude sent last. */
function isSaid({ turns }: Scene, words: string): boolean {
  return JSON.stringify(asArray(turns().at(-1)?.body.messages)).includes(words);
}

Deno.test("ccrun sessions lists the sessions of a workspace, newest first", async () => {
  const replies = [
    ({ userText }: ApiRequest) => userText === "Another." ? text("Answer.") : bash("echo one"),
    bash("echo two"),
    text("Done."),
  ];
  await withScene(replies, async ({ sandbox, json }) => {
    const none = await runCcrun(["sessions"], { sandbox });
    assertEquals([none.code, none.stdout], [0, ""]);
    assertEquals(none.stderr, `ccrun: ${sandbox.project} has no sessions yet\n`);

    const started = Date.now();
    const first = await json([SKIP, "List the  files\nof this folder."]);
    const second = await json(["Another."]);
    const sessions = await listed(sandbox);
    assertEquals(sessions.map(({ id }) => id), [idOf(second), idOf(first)]);
    assertEquals(sessions.map(({ prompt }) => prompt), [
      "Another.",
      "List the files of this folder.",
    ]);
    for (const { updated } of sessions) {
      const at = Date.parse(String(updated));
      // Some file systems keep whole seconds.
      assert(at >= started - 1000 && at <= Date.now() + 1000, String(updated));
    }
    // 2.0.25 counts the lines that it gives.
    const turns = claudeAtLeast("2.1.0") ? [second.exit.turns, first.exit.turns] : [1, 3];
    assertEquals(sessions.map((session) => session.turns), turns);

    // For people: a line each, with the whole id where it is piped.
    const table = await runCcrun(["sessions"], { sandbox, env: UTC });
    const when = String(sessions[0]?.updated).slice(0, 16).replace("T", " ");
    assertEquals(table.stdout.split("\n")[0], `${idOf(second)}  ${when}  1  Another.`);
    assertEquals([table.code, table.stderr, table.stdout.split("\n").length], [0, "", 3]);

    // Of this workspace, wherever it is looked at from.
    assertEquals(await listed(sandbox, "-C", sandbox.home), []);
    const there = await runCcrun(["sessions", "--json", "--cwd", sandbox.project], {
      sandbox,
      cwd: sandbox.home,
    });
    assertEquals(JSON.parse(there.stdout), sessions);
  });
});

Deno.test("ccrun --resume finds the last session, and one by a prefix of its id", async () => {
  await withScene(ANSWERS, async (scene) => {
    const { sandbox, json, run } = scene;
    const early = await run(["-q", "--resume", "last", "Go on."]);
    assertEquals([early.code, early.stdout], [2, ""]);
    assertStringIncludes(early.stderr, "no session yet");

    const first = idOf(await json(["First prompt."]));
    const second = idOf(await json(["Second prompt."]));

    const last = await json(["--resume", "last", "Third prompt."]);
    assertEquals([last.code, idOf(last), eventOf(last, "start").resume], [0, second, second]);
    assertEquals([isSaid(scene, "Second prompt."), isSaid(scene, "First prompt.")], [true, false]);

    const beginning = first.slice(0, 8);
    const byId = await json(["--resume", beginning.toUpperCase(), "Fourth prompt."]);
    assertEquals([byId.code, idOf(byId), eventOf(byId, "start").resume], [0, first, first]);
    assertEquals([isSaid(scene, "First prompt."), isSaid(scene, "Second prompt.")], [true, false]);

    // A branch is a session by itself.
    const fork = idOf(
      await json(["--resume", "last", "--fork", "Fifth prompt."], {
        forkedFrom: first,
      }),
    );
    assertNotEquals(fork, first);
    assert(isSaid(scene, "Fourth prompt."));
    const sessions = await listed(sandbox);
    assertEquals(sessions.map(({ id }) => id), [fork, first, second]);
    if (claudeAtLeast("2.1.0")) assertEquals(sessions.map(({ turns }) => turns), [3, 2, 2]);
    assertEquals(sessions.map(({ prompt }) => prompt), [
      "First prompt.",
      "First prompt.",
      "Second prompt.",
    ]);
  });
});

Deno.test("ccrun --resume fails if several sessions match, or none", async () => {
  const ids = ["abcd1111-0000-4000-8000-000000000001", "abcd2222-0000-4000-8000-000000000002"];
  await withScene(ANSWERS, async ({ json, run, turns }) => {
    for (const id of ids) await json(["--session-id", id, `Prompt of ${id.slice(0, 5)}`]);
    const before = turns().length;
    const several = await run(["-q", "--resume", "abcd", "Go on."], { env: UTC });
    assertEquals([several.code, several.stdout], [2, ""]);
    assertStringIncludes(several.stderr, "cannot resume abcd: it matches 2 sessions");
    for (const id of ids) {
      assertStringIncludes(several.stderr, id);
      assertStringIncludes(several.stderr, `"Prompt of ${id.slice(0, 5)}"`);
    }
    const none = await json(["--resume", "abcd3", "Go on."]);
    assertEquals([none.code, eventOf(none, "error").error.kind], [2, "usage"]);
    assertStringIncludes(eventOf(none, "error").error.hint ?? "", "ccrun sessions");
    const short = await run(["-q", "--resume", "abc", "Go on."]);
    assertEquals([short.code, short.stderr.includes("4 characters")], [2, true]);
    assertEquals(turns().length, before, "claude was started");
  });
});

testWith(
  { unless: claudeAtLeast("2.1.0") ? undefined : "this version has no titles" },
  "ccrun --resume finds a session by its title",
  async () => {
    await withScene(ANSWERS, async (scene) => {
      const { sandbox, json, run } = scene;
      const named = idOf(await json(["First prompt.", "--", "--name", "Release Notes"]));
      await json(["Second prompt."]);
      assertEquals((await listed(sandbox)).map(({ title }) => title), [undefined, "Release Notes"]);
      for (const title of ["release notes", "Release"]) {
        const resumed = await json(["--resume", title, "Go on."]);
        assertEquals([resumed.code, idOf(resumed)], [0, named]);
        assert(isSaid(scene, "First prompt."));
      }
      const wrong = await run(["-q", "--resume", "Relaese Notes", "Go on."]);
      assertEquals(wrong.code, 2);
      assertStringIncludes(wrong.stderr, 'did you mean "Release Notes"?');
    });
  },
);

Deno.test("ccrun sessions finds the sessions of a workspace with an unusual name", async () => {
  const long = `${"l".repeat(60)}/${"m".repeat(100)}/${"n".repeat(60)}`;
  // 2.0.25 cannot keep sessions of a directory with so long a path.
  const names = ["a.b c_d-e", "zoë 日本", ...(claudeAtLeast("2.1.0") ? [long] : [])];
  await withScene(ANSWERS, async ({ sandbox, json }) => {
    for (const name of names) {
      const cwd = `${sandbox.project}/${name}`;
      await Deno.mkdir(cwd, { recursive: true });
      const id = idOf(await json(["-C", cwd, "Hello."]));
      assertEquals((await listed(sandbox, "-C", cwd)).map((session) => session.id), [id], name);
    }
    await Deno.symlink(`${sandbox.project}/${names[0]}`, `${sandbox.project}/link`);
    const id = idOf(await json(["-C", `${sandbox.project}/link`, "Through the link."]));
    const sessions = await listed(sandbox, "-C", `${sandbox.project}/${names[0]}`);
    assertEquals(sessions.map((session) => session.id).at(0), id);
    const resumed = await json(["-C", `${sandbox.project}/link`, "--resume", "last", "Go on."]);
    assertEquals(idOf(resumed), id);
  });
});

Deno.test("ccrun sessions follows CLAUDE_CONFIG_DIR like claude", async () => {
  await withScene(ANSWERS, async ({ sandbox, json }) => {
    for (const folder of [`${sandbox.root}/config`, "config", ""]) {
      const env = { CLAUDE_CONFIG_DIR: folder };
      const id = idOf(await json(["Hello."], { env }));
      const { stdout } = await runCcrun(["sessions", "--json"], { sandbox, env });
      assertEquals(asArray(JSON.parse(stdout)).map((item) => asObject(item).id), [id], folder);
      assertEquals(idOf(await json(["--resume", "last", "Go on."], { env })), id);
    }
  });
});

Deno.test("ccrun sessions ignores the messages of subagents", async () => {
  const input = { description: "Look", prompt: "Look for it.", subagent_type: "general-purpose" };
  const respond = [
    toolUse(claudeAtLeast("2.1.0") ? "Agent" : "Task", input),
    text("Found it."),
    text("Done."),
  ];
  await withScene(respond, async ({ sandbox, json }) => {
    const id = idOf(await json([SKIP, "Have it looked for."]));
    const sessions = await listed(sandbox);
    assertEquals(sessions.map((session) => [session.id, session.prompt]), [[
      id,
      "Have it looked for.",
    ]]);
    assertEquals(sessions[0]?.turns, 2);
  });
});

testWith(
  TERMINAL,
  "ccrun sessions fits the terminal, and prints a prefix of the id that --resume accepts",
  async () => {
    await withScene(ANSWERS, async (scene) => {
      const { sandbox, json } = scene;
      const id = idOf(await json(["A prompt that is far too long for such a narrow terminal."]));
      const script = "ccrun sessions; echo done; read -r _";
      await using terminal = await inTerminal(scene, script, { columns: 50 });
      const shown = await terminal.stdoutUntil((text) => text.includes("done"));
      await terminal.write("\n");
      await terminal.finished;
      const [heading, row = ""] = shown.split("\r\n");
      assertEquals(heading, "ID        WHEN              TURNS  TITLE OR PROMPT");
      assert(row.startsWith(`${id.slice(0, 8)}  20`), shown);
      assertEquals([row.length, row.endsWith("A prompt that …")], [50, true], shown);
      assertEquals(idOf(await json(["--resume", row.slice(0, 8), "Go on."])), id);
      assertEquals((await listed(sandbox)).length, 1);
    });
  },
);

Deno.test("ccrun sessions prints the newest id first in a pipe", async () => {
  await withScene(ANSWERS, async ({ sandbox, json }) => {
    await json(["One."]);
    const id = idOf(await json(["Two."]));
    await using shell = await startShellCcrun(
      "set -o pipefail; ccrun sessions | head -1 | cut -d ' ' -f 1",
      { sandbox },
    );
    assertEquals((await shell.finished).stdout, `${id}\n`);
  });
});
