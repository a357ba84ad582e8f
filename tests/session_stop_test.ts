/**
 * Tests ClaudeSession.stop, suspend and resume, and what aborts a run, with a fake claude.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import type { RunEvent } from "../lib/events.ts";
import type { ClaudeSession, RunOptions, StopReason } from "../lib/mod.ts";
import { assertEvents } from "./support/event_schema.ts";
import { emit, FAKE_SESSION_ID, initLine, resultLine } from "./support/fake_claude.ts";
import { exitOf } from "./support/events_of_type.ts";
import { errorOf, eventsOf, fakeSession, recorded, SUCCEED, WAIT } from "./support/fake_session.ts";
import { allSuspended, living } from "./support/process_table.ts";
import { makeSandbox } from "./support/sandbox.ts";
import { testWith } from "./support/test_with.ts";
import { waitFor } from "./support/wait_for.ts";

/** A grace period that no test waits for. */
const LONG_GRACE_MS = 600_000;

/** Longer than anything here takes. */
const LONG_MS = 60_000;

/** The command that starts a process in a new session. */
const NEEDS = { commands: ["setsid"] };

/** Records SIGINT and ignores it, like its child in another session. */
const STUBBORN = `trap 'echo asked >>"$HOME/asked"' INT; trap '' TERM
  setsid sh -c 'trap "" INT TERM; while :; do sleep 0.05; done' &
  ${emit(initLine())}while :; do sleep 0.05; done`;

/** Exits on SIGINT like claude, or when a file exists. */
const OBEDIENT = `echo "$$" >>"$HOME/pids"
  trap 'exit 1' INT; ${emit(initLine())}
  while [ ! -e "$HOME/go" ]; do sleep 0.02; done; ${emit(resultLine())}`;

/** Starts a run and waits until the session is known. */
async function start(session: ClaudeSession, options: RunOptions = {}) {
  const events: RunEvent[] = [];
  const { promise: known, resolve } = Promise.withResolvers<void>();
  const finished = (async () => {
    for await (const event of session.run("go", options)) {
      events.push(event);
      if (event.type === "session_info") resolve();
    }
    assertEvents(events);
    return events;
  })();
  await Promise.race([known, finished]);
  return { events, finished };
}

Deno.test("ClaudeSession.stop stops the run and returns whether there was one", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, WAIT);
  assertEquals(await session.stop(), false);
  const { finished } = await start(session);
  assertEquals(await session.stop(), true);
  const events = await finished;
  assertEquals(exitOf(events).reason, "interrupt");
  assert(errorOf(events).includes(`--resume ${FAKE_SESSION_ID}`), errorOf(events));
  assertEquals(await sandbox.processes(), []);
  assertEquals([await session.stop(), session.busy], [false, false]);
});

Deno.test("ClaudeSession.stop stops a run even before claude is started", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, SUCCEED);
  const events: RunEvent[] = [];
  for await (const event of session.run("go")) {
    events.push(event);
    if (event.type === "start") assertEquals(await session.stop(), true);
  }
  assertEvents(events);
  assertEquals([exitOf(events).reason, await recorded(sandbox, "args")], ["interrupt", ""]);
});

testWith(
  NEEDS,
  "ClaudeSession.stop(0) during a stop kills claude and its descendants at once",
  async () => {
    await using sandbox = await makeSandbox();
    const session = await fakeSession(sandbox, STUBBORN, { graceMs: LONG_GRACE_MS });
    const { finished } = await start(session);
    const patient = session.stop();
    assert(await waitFor(async () => await recorded(sandbox, "asked") !== "", LONG_MS));
    assertEquals(await session.stop(0), true);
    assertEquals(await patient, true);
    const exit = exitOf(await finished);
    assertEquals([exit.reason, exit.claude_signal], ["interrupt", "SIGKILL"]);
    assertEquals(await sandbox.processes(), []);
    assertEquals(await recorded(sandbox, "asked"), "asked\n");
  },
);

Deno.test("ClaudeSession.stop sends SIGINT only once", async () => {
  await using sandbox = await makeSandbox();
  const body = `trap 'echo asked >>"$HOME/asked"' INT; ${emit(initLine())}
    while [ ! -e "$HOME/go" ]; do sleep 0.05 & wait; done`;
  const session = await fakeSession(sandbox, body, { graceMs: LONG_GRACE_MS });
  const abort = new AbortController();
  const { finished } = await start(session, { signal: abort.signal });
  const stops = [session.stop(), session.stop()];
  assert(await waitFor(async () => await recorded(sandbox, "asked") !== "", LONG_MS));
  abort.abort();
  stops.push(session.stop());
  await Deno.writeTextFile(`${sandbox.home}/go`, "");
  assertEquals(await Promise.all(stops), [true, true, true]);
  assertEquals(exitOf(await finished).reason, "interrupt");
  assertEquals(await recorded(sandbox, "asked"), "asked\n");
});

testWith(
  NEEDS,
  "leaving the loop kills processes that ignore signals after the grace period",
  async () => {
    await using sandbox = await makeSandbox();
    const session = await fakeSession(sandbox, STUBBORN, { graceMs: 2000 });
    for await (const event of session.run("go")) {
      if (event.type === "session_info") break;
    }
    assertEquals([await sandbox.processes(), session.busy], [[], false]);
    assertEquals(await recorded(sandbox, "asked"), "asked\n");
  },
);

Deno.test("leaving the loop stops claude first", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, WAIT);
  for await (const _start of session.run("go")) break;
  assertEquals([await sandbox.processes(), session.busy], [[], false]);
  const read = async () => {
    for await (const event of session.run("go")) {
      if (event.type === "session_info") throw new Error("the reader's own");
    }
  };
  await assertRejects(read, Error, "the reader's own");
  assertEquals([await sandbox.processes(), session.busy], [[], false]);
});

Deno.test("RunOptions.signal prevents claude from starting if it is aborted before the run", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, SUCCEED);
  const events = await eventsOf(session, "go", { signal: AbortSignal.abort() });
  assertEquals(events.map(({ type }) => type), ["start", "error", "exit"]);
  assertEquals([exitOf(events).reason, await recorded(sandbox, "args")], ["interrupt", ""]);
  assertEquals(exitOf(await eventsOf(session)).code, 0);
});

Deno.test("RunOptions.signal stops the run, and its reason becomes the outcome", async () => {
  const terminate: StopReason = {
    signal: "SIGTERM",
    failure: { kind: "terminate", message: "stopped by SIGTERM" },
  };
  for (const [reason, code, signal] of [[terminate, 143, "SIGTERM"], ["enough", 130]] as const) {
    await using sandbox = await makeSandbox();
    const session = await fakeSession(sandbox, OBEDIENT);
    const abort = new AbortController();
    const { finished } = await start(session, { signal: abort.signal });
    abort.abort(reason);
    const exit = exitOf(await finished);
    assertEquals([exit.code, exit.signal], [code, signal]);
    assertEquals(await sandbox.processes(), []);
  }
});

Deno.test("RunOptions.signal ends a queued run at once without affecting the others", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, OBEDIENT, { graceMs: LONG_GRACE_MS });
  const first = await start(session);
  const abort = new AbortController();
  const second = start(session, { signal: abort.signal });
  const third = start(session);
  abort.abort({ failure: { kind: "timeout", message: "took too long" } });
  // The first run does not end, so the second must not wait for it.
  let aborted: readonly RunEvent[] | undefined;
  second.then(async ({ finished }) => aborted = await finished).catch(() => {});
  assert(await waitFor(() => aborted !== undefined, LONG_MS));
  assert(aborted !== undefined, "the aborted run waits for the first one");
  assertEquals(aborted.map(({ type }) => type), ["start", "error", "exit"]);
  assertEquals(exitOf(aborted).reason, "timeout");
  assertEquals([session.busy, first.events.at(-1)?.type], [true, "session_info"]);
  assertEquals((await recorded(sandbox, "pids")).trim().split("\n").length, 1);
  // stop() stops the first run, and then the third one starts.
  assertEquals(await session.stop(), true);
  assertEquals(exitOf(await first.finished).reason, "interrupt");
  const { finished } = await third;
  assertEquals((await recorded(sandbox, "pids")).trim().split("\n").length, 2);
  await Deno.writeTextFile(`${sandbox.home}/go`, "");
  assertEquals(exitOf(await finished).code, 0);
  assertEquals([session.busy, await sandbox.processes()], [false, []]);
});

testWith(
  NEEDS,
  "ClaudeSession.suspend stops all processes and the clock of a run until resume",
  async () => {
    await using sandbox = await makeSandbox();
    const body = `setsid sh -c 'while [ ! -e "$HOME/go" ]; do sleep 0.02; done' & ${OBEDIENT}`;
    const limitMs = 5000;
    const session = await fakeSession(sandbox, body, {
      timeoutMs: limitMs,
      idleTimeoutMs: limitMs,
    });
    const { finished } = await start(session);
    await session.suspend();
    const areSuspended = async () => allSuspended(await living(await sandbox.processes()));
    // A running process handles the signal a moment later.
    assert(await waitFor(areSuspended, LONG_MS));
    // Longer than both limits.
    await new Promise((resolve) => setTimeout(resolve, limitMs + 500));
    await Deno.writeTextFile(`${sandbox.home}/go`, "");
    assert(await areSuspended());
    await session.resume();
    assertEquals(exitOf(await finished).code, 0);
    assertEquals(await sandbox.processes(), []);
  },
);

Deno.test("ClaudeSession.stop stops a suspended run", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, OBEDIENT, { graceMs: LONG_GRACE_MS });
  const { finished } = await start(session);
  await session.suspend();
  assertEquals(await session.stop(), true);
  assertEquals(exitOf(await finished).reason, "interrupt");
  assertEquals(await sandbox.processes(), []);
});

Deno.test("ClaudeSession.suspend and resume do nothing without a run", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, SUCCEED);
  await session.suspend();
  await session.resume();
  assertEquals(exitOf(await eventsOf(session)).code, 0);
});
