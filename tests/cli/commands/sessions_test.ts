import { assert, assertEquals } from "@std/assert";
import type { Session } from "../../../lib/claude/sessions/list.ts";
import { sessionsTable, sessionsText } from "../../../lib/cli/commands/sessions.ts";
import { displayWidth } from "../../../lib/terminal/width.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { assistantLine, userLine, writeSession } from "../../support/session_files.ts";
import { makeHost, optionsOf } from "../hosts.ts";
import { assertUsage } from "../usage.ts";
import { formatLocalMinute } from "../../../lib/util/units.ts";

const TIME = "2026-01-02T03:04:05.678Z";
/** The local time. */
const WHEN = formatLocalMinute(TIME);

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

Deno.test("sessionsTable prints whole lines without a heading to a pipe", () => {
  const long = "long ".repeat(40).trim();
  const sessions = [session(), session({ id: OTHER, turns: 120, prompt: long })];
  assertEquals(
    sessionsTable(sessions),
    `${session().id}  ${WHEN}    3  Fix the tests\n${OTHER}  ${WHEN}  120  ${long}\n`,
  );
  assertEquals(sessionsTable([]), "");
  assertEquals(sessionsTable([session({ prompt: "" })]), `${session().id}  ${WHEN}  3\n`);
});

Deno.test("sessionsTable fits a terminal and shortens the ids to unique prefixes", () => {
  const wide = "天地".repeat(60);
  const near = "aaaa1111-2222-5333-8444-555555555555";
  const sessions = [session(), session({ id: near, prompt: wide, turns: null })];
  const rows = sessionsTable(sessions, 60).trimEnd().split("\n");
  const last = rows.at(-1) ?? "";
  assertEquals(rows.slice(0, -1), [
    `ID               WHEN              TURNS  TITLE OR PROMPT`,
    `aaaa1111-2222-4  ${WHEN}      3  Fix the tests`,
  ]);
  assert(last.startsWith(`aaaa1111-2222-5  ${WHEN}   many  天地`), last);
  assert(last.endsWith("…"), last);
  for (const row of rows) assert(displayWidth(row) <= 60, row);
  const alone = sessionsTable([session(), session({ id: OTHER })], 60);
  assert(alone.includes("\naaaa1111  "), alone);
  for (const columns of [1, 10, 20]) {
    for (const row of sessionsTable(sessions, columns).trimEnd().split("\n")) {
      assert(displayWidth(row) <= columns, row);
    }
  }
});

Deno.test("sessionsTable prefers the title to the prompt", () => {
  const table = sessionsTable([session({ title: "Release notes" })]);
  assert(table.endsWith("  Release notes\n") && !table.includes("Fix"), table);
});

Deno.test("sessionsTable sanitizes titles and prompts", () => {
  const prompt = "a\x1b]0;title\x07\tb\n::error::c ##[group]d\u202e";
  for (const text of [{ prompt }, { title: prompt }]) {
    const table = sessionsTable([session(text)]);
    assertEquals(table.split("\n").length, 2);
    // deno-lint-ignore no-control-regex -- it searches for control characters
    assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|##\[/.test(table), JSON.stringify(table));
    assert(table.includes("a␛]0;title␇ b ⏎ ::error::c"), table);
  }
});

Deno.test("sessionsText lists the workspace of --cwd, as one JSON array with --json", async () => {
  await using sandbox = await makeSandbox();
  const { home, project, root } = sandbox;
  const updated = new Date(TIME);
  const hostile = "a \x9b31m ##[group]b \u202e";
  const title = { type: "custom-title", customTitle: "Mine" };
  const lines = [userLine(hostile), assistantLine("Done."), title];
  const id = await writeSession({ home, cwd: project, updated, lines });
  const host = makeHost({ cwd: root, env: { HOME: home } });

  assertEquals(
    await sessionsText(optionsOf(["sessions", "--cwd", "project"]), host),
    `${id}  ${WHEN}  1  Mine\n`,
  );
  const json = await sessionsText(optionsOf(["sessions", "-C", project, "--json"]), host);
  assertEquals(JSON.parse(json), [{
    id,
    updated: TIME,
    turns: 1,
    prompt: hostile.trim(),
    title: "Mine",
  }]);
  assert(!/[\x80-\x9f\u202e]|##\[/.test(json), json);
  assertEquals(json.split("\n").length, 4, "one line per session between the brackets");
  await assertUsage(
    () => sessionsText(optionsOf(["sessions", "-C", "nowhere"]), host),
    "nowhere: it does not exist",
  );
});

Deno.test("sessionsText returns nothing, or an empty array, if there are no sessions", async () => {
  await using sandbox = await makeSandbox();
  const host = makeHost({ cwd: sandbox.project, env: { HOME: sandbox.home } });
  const printed: unknown[][] = [];
  const { error } = console;
  console.error = (...words) => printed.push(words);
  try {
    assertEquals(await sessionsText(optionsOf(["sessions", "--json"]), host), "[]\n");
    assertEquals(printed, []);
    assertEquals(await sessionsText(optionsOf(["sessions"]), host), "");
    assertEquals(printed, [[`ccrun: ${sandbox.project} has no sessions yet`]]);
  } finally {
    console.error = error;
  }
});
