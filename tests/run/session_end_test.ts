import { assertEquals } from "@std/assert";
import { dirname } from "@std/path/dirname";
import type { SessionActivity } from "../../lib/claude/sessions/running.ts";
import { SessionEnd } from "../../lib/run/session_end.ts";
import { processStarts } from "../../lib/claude/sessions/process_starts.ts";
import { storeSession } from "../support/stored_sessions.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { prompt, transcript } from "../support/transcripts.ts";

/** When nothing has been written for so many seconds: whether the end is reached. */
type Row = readonly [
  seconds: number,
  activity: SessionActivity,
  isTurnComplete: boolean,
  expected: boolean,
];

/** Asks the end of a new session these questions, one after the other. */
async function assertEnds(rows: readonly Row[], modified = new Date()): Promise<void> {
  using home = makeTempFolder();
  const { id, path } = await storeSession(home.path, "/project", transcript([prompt("Hi.")]));
  Deno.utimeSync(path, modified, modified);
  const folder = `${dirname(dirname(dirname(path)))}/sessions`;
  const starts = await processStarts([Deno.pid]);
  let seconds = 0;
  const end = new SessionEnd(path, { now: () => seconds * 1000, intervalMs: 0 });
  for (const [quiet, activity, isTurnComplete, expected] of rows) {
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    if (activity !== "unknown") {
      const procStart = activity === "running" ? starts?.starts.get(Deno.pid) : "1";
      await Deno.mkdir(folder);
      await Deno.writeTextFile(
        `${folder}/${Deno.pid}.json`,
        JSON.stringify({ sessionId: id, procStart }),
      );
    }
    seconds = quiet;
    assertEquals(await end.isReached(isTurnComplete), expected, `${activity} after ${quiet}s`);
  }
}

Deno.test("SessionEnd waits for a claude that runs, and ends soon after it", async () => {
  await assertEnds([
    [100, "running", true, false],
    [0.9, "ended", true, false],
    [1.1, "ended", true, true],
    [1.1, "ended", false, false],
    [5.1, "ended", false, true],
  ]);
});

Deno.test("SessionEnd waits for a claude that may be starting", async () => {
  await assertEnds([
    [1.1, "ended", true, false],
    [5.1, "ended", true, true],
  ]);
});

Deno.test("SessionEnd waits for an unfinished turn if nothing tells whether claude runs", async () => {
  const rows: readonly Row[] = [
    [1.1, "unknown", true, false],
    [5.1, "unknown", true, true],
    [5.1, "unknown", false, false],
    [600, "unknown", false, false],
  ];
  await assertEnds(rows);
});

Deno.test("SessionEnd does not wait for a turn that was abandoned long ago", async () => {
  const modified = new Date(Date.now() - 20 * 60_000);
  await assertEnds([[1.1, "unknown", false, false], [5.1, "unknown", false, true]], modified);
});
