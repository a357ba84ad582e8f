import { assert, assertEquals } from "@std/assert";
import type { SessionDetails } from "../../../lib/claude/sessions/session_reader.ts";
import {
  sessionRow,
  sessionsHeading,
  shortestUniquePrefixLength,
} from "../../../lib/cli/sessions/sessions_table.ts";
import { displayWidth } from "../../../lib/terminal/width.ts";
import { formatLocalMinute } from "../../../lib/util/units.ts";

const TIME = "2026-01-02T03:04:05.678Z";
const WHEN = formatLocalMinute(TIME);
const ID = "aaaa1111-2222-4333-8444-555555555555";

function session(more: Partial<SessionDetails> = {}): SessionDetails {
  return {
    id: ID,
    updated: TIME,
    turns: 3,
    prompt: "Fix the tests",
    workspace: "/home/me/project",
    models: ["claude-opus-5-5"],
    usage: { input: 1000, output: 200, cache_read: 30, cache_write: 4 },
    cost_usd: 1.25,
    cost_is_partial: false,
    ...more,
  };
}

const PIPE = { hasWorkspaces: false };

Deno.test("sessionRow shows id, time, turns, tokens, cost and prompt", () => {
  const long = "long ".repeat(40).trim();
  const rows: [Partial<SessionDetails>, string][] = [
    [{}, "    3    1.2k     $1.25  Fix the tests"],
    [{ turns: 120, prompt: long }, `  120    1.2k     $1.25  ${long}`],
    [{ cost_usd: null }, "    3    1.2k         -  Fix the tests"],
    [{ cost_usd: 0.5, cost_is_partial: true }, "    3    1.2k    $0.50+  Fix the tests"],
    [{ prompt: "" }, "    3    1.2k     $1.25"],
    [{ title: "Release notes" }, "    3    1.2k     $1.25  Release notes"],
  ];
  for (const [more, expected] of rows) {
    assertEquals(sessionRow(session(more), PIPE), `${ID}  ${WHEN}  ${expected}\n`);
  }
});

Deno.test("sessionRow fits a terminal", () => {
  const wide = "天地".repeat(60);
  for (const columns of [1, 10, 20, 60]) {
    const layout = { columns, hasWorkspaces: false, idLength: 8 };
    for (const row of [sessionsHeading(layout), sessionRow(session({ prompt: wide }), layout)]) {
      assert(displayWidth(row.trimEnd()) <= columns, row);
    }
  }
  const layout = { columns: 80, hasWorkspaces: false, idLength: 8 };
  assertEquals(
    sessionsHeading(layout) + sessionRow(session(), layout),
    "ID        WHEN              TURNS  TOKENS      COST  TITLE OR PROMPT\n" +
      `aaaa1111  ${WHEN}      3    1.2k     $1.25  Fix the tests\n`,
  );
});

Deno.test("sessionRow shows the workspace, and shortens it in a terminal", () => {
  const rowOf = (workspace: string | null, columns?: number) => {
    const layout = { columns, hasWorkspaces: true, home: "/home/me", idLength: 4 };
    const row = sessionRow(session({ workspace }), layout);
    return row.slice(row.indexOf("$1.25") + 7);
  };
  const long = `/home/me/${"long/".repeat(10)}end`;
  assertEquals(rowOf("/home/me/project"), "/home/me/project              Fix the tests\n");
  assertEquals(rowOf("/home/me/project", 150), "~/project                     Fix the tests\n");
  assertEquals(rowOf(long), `${long}  Fix the tests\n`);
  assertEquals(rowOf(long, 80), "…ng/long/end  Fix the tests\n");
  assertEquals(rowOf(long, 150), "…ong/long/long/long/long/end  Fix the tests\n");
  assertEquals(rowOf(null), "unknown                       Fix the tests\n");
});

Deno.test("sessionRow sanitizes titles, prompts and workspaces", () => {
  const prompt = "a\x1b]0;title\x07\tb\n::error::c ##[group]d\u202e";
  for (const text of [{ prompt }, { title: prompt }, { workspace: `/${prompt}` }]) {
    const row = sessionRow(session(text), { hasWorkspaces: true });
    assertEquals(row.split("\n").length, 2);
    // deno-lint-ignore no-control-regex -- it searches for control characters
    assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]|##\[/.test(row), JSON.stringify(row));
    assert(row.includes("a␛]0;title␇ b ⏎ ::error::c"), row);
  }
});

Deno.test("shortestUniquePrefixLength distinguishes all ids", () => {
  const other = "bbbb1111-2222-4333-8444-555555555555";
  const near = "aaaa1111-2222-5333-8444-555555555555";
  assertEquals(shortestUniquePrefixLength([]), 8);
  assertEquals(shortestUniquePrefixLength([ID, other]), 8);
  assertEquals(shortestUniquePrefixLength([ID, near]), 15);
  // A session can be stored twice.
  assertEquals(shortestUniquePrefixLength([ID, ID]), 8);
});
