/**
 * Reads recorded sessions of many versions of Claude Code, with messages of 120 and 42 tokens.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  detailsOf,
  type ReadSession,
  readSessionsInOrder,
} from "../../../lib/claude/sessions/session_reader.ts";
import { findAllSessionFiles } from "../../../lib/claude/sessions/store.ts";
import { type Total, UsageTotals } from "../../../lib/claude/sessions/usage_totals.ts";
import { storeRecordedSession } from "../../support/stored_sessions.ts";
import { makePlace } from "./place.ts";

/** Stores recorded sessions in this order, and reads them. */
async function readRecorded(...names: string[]): Promise<ReadSession[]> {
  await using place = await makePlace();
  for (const [minute, name] of names.entries()) {
    const { path } = await storeRecordedSession(place.home, place.cwd, name);
    const time = new Date(Date.UTC(2026, 0, 1, 0, minute));
    await Deno.utime(path, time, time);
  }
  const onSkip = (path: string, error: unknown) => {
    throw new Error(path, { cause: error });
  };
  const files = await findAllSessionFiles(place, onSkip);
  return await Array.fromAsync(readSessionsInOrder(files.toReversed(), { onSkip }));
}

Deno.test("recorded sessions have the tokens and costs that Claude Code recorded", async () => {
  const rows: [name: string, messages: number, cost: number | null][] = [
    ["1.0.0-tools", 7, 0.00693],
    ["1.0.0-parallel", 5, 0.00495],
    ["1.0.80-parallel", 6, null],
    ["2.0.25-parallel", 7, null],
    // Its subagents have files beside that of the session.
    ["2.1.0-subagent", 7, null],
    ["2.1.100-nested", 4, null],
    ["2.1.197-nested", 6, null],
    ["2.1.330-nested", 6, 0.00792],
    ["2.1.332-background", 5, 0.0066],
    ["2.1.332-worktreeopt", 2, 0.00264],
    // The summaries are requests, but no messages.
    ["2.1.332-compact", 4, 0.00792],
    ["2.1.332-sigint", 1, 0.00132],
    ["2.1.332-subkill", 2, null],
  ];
  for (const [name, messages, cost] of rows) {
    const [session] = (await readRecorded(name)).map(detailsOf);
    assertEquals(
      [session?.usage.input, session?.usage.output, session?.cost_usd, session?.cost_is_partial],
      [120 * messages, 42 * messages, cost, false],
      name,
    );
  }
});

Deno.test("messages that recorded forks and resumes copied are counted once", async () => {
  const rows: [names: string[], messages: number, cost: number | null][] = [
    [["1.0.0-resume-2", "1.0.0-resume-1", "1.0.0-resume-3"], 6, 0.00594],
    [["2.0.25-fork-1", "2.0.25-fork-2"], 6, null],
    [["2.1.197-fork-1", "2.1.197-fork-2"], 4, null],
    [["2.1.332-fork-1", "2.1.332-fork-2"], 4, 0.00528],
    [["2.1.332-fork-2", "2.1.332-fork-1"], 4, 0.00528],
  ];
  for (const [names, messages, cost] of rows) {
    const totals = new UsageTotals();
    for (const { steps } of await readRecorded(...names)) totals.add({ workspace: null, steps });
    const total: Total | undefined = totals.totals.get(null);
    assertEquals(
      [total?.usage.input, total?.usage.output, total?.cost_usd],
      [120 * messages, 42 * messages, cost],
      names.join(),
    );
    if (cost !== null) assertEquals(total?.sessions_without_cost, 0, names.join());
  }
});
