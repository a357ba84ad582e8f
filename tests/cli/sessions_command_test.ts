import { assert, assertEquals } from "@std/assert";
import { localMinute, type Session } from "../../lib/claude/sessions/resolve.ts";
import { sessionsTable, sessionsText } from "../../lib/cli/commands/sessions.ts";
import { displayWidth } from "../../lib/terminal/width.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { assistantLine, userLine, writeSession } from "../support/session_files.ts";
import { makeEdge, optionsOf } from "./hosts.ts";
import { assertUsage } from "./usage.ts";

const TIME = "2026-01-02T03:04:05.678Z";
/** By the clock of the machine that runs the test. */
const WHEN = localMinute(TIME);

function session(more: Partial<Session> = {}): Session {
  return {
    id: "aaaa1111-2222-4333-8444-555555555555",
    updated: TIME,
    turns: 3,
    prompt: "Fix the tests",
    ...more,
  };
}

const OTHER = "bbbb1111-2222-4333-8444-555555555555";

Deno.test("sessionsTable has whole lines for a pipe, without a heading", () => {
  const long = "long ".repeat(40).trim();
  const sessions = [session(), session({ id: OTHER, turns: 120, prompt: long })];
  assertEquals(
    sessionsTable(sessions),
    `${session().id}  ${WHEN}    3  Fix the tests\n${OTHER}  ${WHEN}  120  ${long}\n`,
  );
  assertEquals(sessionsTable([]), "");
  assertEquals(sessionsTable([session({ prompt: "" })]), `${session().id}  ${WHEN}  3\n`);
});

Deno.test("sessionsTable fits a terminal, with as much of an id as tells it from the others", () => {
  const wide = "天地".repeat(60);
  const near = "aaaa1111-2222-5333-8444-555555555555";
  const sessions = [session(), session({ id: near, prompt: wide, turns: null })];
  const rows = sessionsTable(sessions, { columns: 60 }).trimEnd().split("\n");
  const last = rows.at(-1) ?? "";
  assertEquals(rows.slice(0, -1), [
    `ID               WHEN              TURNS  TITLE OR PROMPT`,
    `aaaa1111-2222-4  ${WHEN}      3  Fix the tests`,
  ]);
  assert(last.startsWith(`aaaa1111-2222-5  ${WHEN}   many  天地`), last);
  assert(last.endsWith("…"), last);
  for (const row of rows) assert(displayWidth(row) <= 60, row);
  const alone = sessionsTable([session(), session({ id: OTHER })], { columns: 60 });
  assert(alone.includes("\naaaa1111  "), alone);
  for (const columns of [1, 10, 20]) {
    for (const row of sessionsTable(sessions, { columns }).trimEnd().split("\n")) {
      assert(displayWidth(row) <= columns, row);
    }
  }
});

Deno.test("sessionsTable shows the title rather than the prompt", () => {
  const table = sessionsTable([session({ title: "Release notes" })]);
  assert(table.endsWith("  Release notes\n") && !table.includes("Fix"), table);
});

Deno.test("sessionsTable shows foreign text as one line that neither a terminal nor a CI log obeys", () => {
  const prompt = "a\x1b]0;title\x07\tb\n::error::c ##[group]d\u202e";
  for (const text of [{ prompt }, { title: prompt }]) {
    const table = sessionsTable([session(text)]);
    assertEquals(table.split("\n").length, 2);
    // deno-lint-ignore no-control-regex -- control characters are what it looks for
    assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|##\[/.test(table), JSON.stringify(table));
    assert(table.includes("a␛]0;title␇ b ⏎ ::error::c"), table);
  }
});

Deno.test("sessionsText lists another workspace with --cwd, and is one JSON array with --json", async () => {
  await using sandbox = await makeSandbox();
  const { home, project, root } = sandbox;
  const updated = new Date(TIME);
  const hostile = "a \x9b31m ##[group]b \u202e";
  const title = { type: "custom-title", customTitle: "Mine" };
  const lines = [userLine(hostile), assistantLine("Done."), title];
  const id = await writeSession({ home, cwd: project, updated, lines });
  const edge = makeEdge({ cwd: root, env: { HOME: home } });

  assertEquals(
    await sessionsText(optionsOf(["sessions", "--cwd", "project"]), edge),
    `${id}  ${WHEN}  1  Mine\n`,
  );
  const json = await sessionsText(optionsOf(["sessions", "-C", project, "--json"]), edge);
  assertEquals(JSON.parse(json), [{
    id,
    updated: TIME,
    turns: 1,
    prompt: hostile.trim(),
    title: "Mine",
  }]);
  assert(!/[\x80-\x9f\u202e]|##\[/.test(json), json);
  assertEquals(json.split("\n").length, 4, "a line each, between the brackets");
  await assertUsage(
    () => sessionsText(optionsOf(["sessions", "-C", "nowhere"]), edge),
    "nowhere: it does not exist",
  );
});

Deno.test("sessionsText is empty, or an empty array, where there are no sessions", async () => {
  await using sandbox = await makeSandbox();
  const edge = makeEdge({ cwd: sandbox.project, env: { HOME: sandbox.home } });
  const said: unknown[][] = [];
  const { error } = console;
  console.error = (...words) => said.push(words);
  try {
    assertEquals(await sessionsText(optionsOf(["sessions", "--json"]), edge), "[]\n");
    assertEquals(said, []);
    assertEquals(await sessionsText(optionsOf(["sessions"]), edge), "");
    assertEquals(said, [[`ccrun: ${sandbox.project} has no sessions yet`]]);
  } finally {
    console.error = error;
  }
});
