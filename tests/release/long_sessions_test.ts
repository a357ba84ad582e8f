/**
 * Tests that the time to read and to show a session grows with its length and not faster, whatever it consists of.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { runCcrun } from "../support/ccrun.ts";
import { START } from "../support/rendered_run.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { assistant, type Entry, prompt, toolCall, transcript } from "../support/transcripts.ts";

/** More than a loaded machine needs. If the time grows with the square of the length, it takes longer. */
const LIMIT_MS = 60_000;

const MAX_PAGE_BYTES = 10_000_000;

/** A long session, as lines of its file. */
interface LongSession {
  readonly name: string;
  readonly lines: () => readonly unknown[];
  /** @default {0} */
  readonly exitCode?: number;
  /** What its page contains. */
  readonly shown: string;
}

function turnOf(at: number): Entry[] {
  return [prompt(`Question ${at}`), ...assistant([{ type: "text", text: `Answer ${at}` }])];
}

function interruptedTurnOf(at: number): Entry[] {
  const call = toolCall(`toolu_${at}`, "Bash", { command: "ls" });
  return [prompt(`Question ${at}`), ...assistant([call], { id: `msg_${at}` })];
}

function repeat<T>(count: number, create: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => create(at));
}

/** Returns the events of a run that waited very often. */
function waitingEvents(count: number): readonly unknown[] {
  let now = 0;
  const createEvent = createEventFactory(() => now += 1_000);
  const wait = (): EventBody => ({
    type: "waiting",
    reason: "quota",
    message: "limit reached",
    until: new Date(Date.UTC(2026, 10, 22) + now + 1_500).toISOString(),
  });
  const { time: _, ...start } = START;
  return [
    createEvent({ ...start, time: "2026-11-22T00:00:00.000Z" }),
    ...repeat(count, () => createEvent(wait())),
  ];
}

const SESSIONS: readonly LongSession[] = [
  {
    name: "prompts without an answer",
    lines: () => transcript(repeat(300_000, (at) => prompt(`Question ${at}`))),
    shown: "284,001 steps not shown",
  },
  {
    name: "turns without an end",
    lines: () => transcript(repeat(80_000, interruptedTurnOf)),
    shown: "turns not shown",
  },
  {
    name: "turns",
    lines: () => transcript(repeat(80_000, turnOf)),
    shown: "turns not shown",
  },
  {
    name: "waits",
    lines: () => waitingEvents(80_000),
    exitCode: EXIT_CODES.failed,
    shown: "steps not shown",
  },
];

Deno.test("the page of a session that is very long is small, and is soon written", async (t) => {
  for (const { name, lines, shown, exitCode = 0 } of SESSIONS) {
    await t.step(name, async () => {
      await using sandbox = await makeSandbox();
      const path = `${sandbox.root}/session.jsonl`;
      await Deno.writeTextFile(path, lines().map((line) => `${JSON.stringify(line)}\n`).join(""));
      const args = ["replay", path, "--format", "html", "--no-redact"];
      const { code, stdout, stdoutBytes } = await runCcrun(args, {
        sandbox,
        limitMs: LIMIT_MS,
      });
      assertEquals(code, exitCode);
      assertStringIncludes(stdout, shown);
      assert(stdoutBytes.length < MAX_PAGE_BYTES, `${stdoutBytes.length} bytes`);
    });
  }
});
