/**
 * ClaudeSession.stop, suspend and resume with a fake claude.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { EventOf, RunEvent } from "../lib/events.ts";
import { ClaudeSession, type ClaudeSessionOptions, type RunOptions } from "../lib/mod.ts";
import { assertEvents } from "./support/event_schema.ts";
import { emit, fakeClaude, initLine, resultLine } from "./support/fake_claude.ts";
import { allSuspended, living } from "./support/process_table.ts";
import { makeSandbox, type Sandbox } from "./support/sandbox.ts";
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

async function makeSession(
  sandbox: Sandbox,
  body: string,
  options: ClaudeSessionOptions = {},
): Promise<ClaudeSession> {
  return new ClaudeSession({
    workspace: sandbox.project,
    claudePath: await fakeClaude(sandbox, body),
    env: sandbox.env(),
    ...options,
  });
}

/** Starts a run and waits until the session is known. */
async function begin(session: ClaudeSession, options: RunOptions = {}) {
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

function exitOf(events: readonly RunEvent[]): EventOf<"exit"> {
  const exit = events.at(-1);
  assert(exit?.type === "exit");
  return exit;
}

async function kept(sandbox: Sandbox, name: string): Promise<string> {
  return await Deno.readTextFile(`${sandbox.home}/${name}`).catch(() => "");
}

testWith(
  NEEDS,
  "ClaudeSession.stop(0) during a stop kills claude and its descendants at once",
  async () => {
    await using sandbox = await makeSandbox();
    const session = await makeSession(sandbox, STUBBORN, { graceMs: LONG_GRACE_MS });
    const { finished } = await begin(session);
    const patient = session.stop();
    assert(await waitFor(async () => await kept(sandbox, "asked") !== "", LONG_MS));
    assertEquals(await session.stop(0), true);
    assertEquals(await patient, true);
    const exit = exitOf(await finished);
    assertEquals([exit.reason, exit.claude_signal], ["interrupt", "SIGKILL"]);
    assertEquals(await sandbox.processes(), []);
    assertEquals(await kept(sandbox, "asked"), "asked\n");
  },
);

testWith(NEEDS, "ClaudeSession.stop(0) kills without SIGINT", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, STUBBORN, { graceMs: LONG_GRACE_MS });
  const { finished } = await begin(session);
  assertEquals(await session.stop(0), true);
  const exit = exitOf(await finished);
  assertEquals([exit.reason, exit.claude_signal], ["interrupt", "SIGKILL"]);
  assertEquals(await sandbox.processes(), []);
  assertEquals(await kept(sandbox, "asked"), "");
});

Deno.test("ClaudeSession.stop sends SIGINT only once", async () => {
  await using sandbox = await makeSandbox();
  const body = `trap 'echo asked >>"$HOME/asked"' INT; ${emit(initLine())}
    while [ ! -e "$HOME/go" ]; do sleep 0.05 & wait; done`;
  const session = await makeSession(sandbox, body, { graceMs: LONG_GRACE_MS });
  const abort = new AbortController();
  const { finished } = await begin(session, { signal: abort.signal });
  const stops = [session.stop(), session.stop()];
  assert(await waitFor(async () => await kept(sandbox, "asked") !== "", LONG_MS));
  abort.abort();
  stops.push(session.stop());
  await Deno.writeTextFile(`${sandbox.home}/go`, "");
  assertEquals(await Promise.all(stops), [true, true, true]);
  assertEquals(exitOf(await finished).reason, "interrupt");
  assertEquals(await kept(sandbox, "asked"), "asked\n");
});

testWith(
  NEEDS,
  "leaving the loop kills processes that ignore signals after the grace period",
  async () => {
    await using sandbox = await makeSandbox();
    const session = await makeSession(sandbox, STUBBORN, { graceMs: 800 });
    for await (const event of session.run("go")) {
      if (event.type === "session_info") break;
    }
    assertEquals([await sandbox.processes(), session.busy], [[], false]);
    assertEquals(await kept(sandbox, "asked"), "asked\n");
  },
);

Deno.test("RunOptions.signal accepts any reason and then acts like stop()", async () => {
  for (const reason of [undefined, "enough", new Error("enough"), null, { failed: true }]) {
    await using sandbox = await makeSandbox();
    const session = await makeSession(sandbox, OBEDIENT);
    const abort = new AbortController();
    const { finished } = await begin(session, { signal: abort.signal });
    abort.abort(reason);
    const events = await finished;
    assertEquals([exitOf(events).reason, exitOf(events).signal], ["interrupt", undefined]);
    assertEquals(await sandbox.processes(), []);
  }
});

Deno.test("RunOptions.signal ends a queued run at once without affecting the others", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, OBEDIENT, { graceMs: LONG_GRACE_MS });
  const first = await begin(session);
  const abort = new AbortController();
  const second = begin(session, { signal: abort.signal });
  const third = begin(session);
  abort.abort({ failure: { kind: "timeout", message: "took too long" } });
  // The first run does not end, so the second must not wait for it.
  let aborted: readonly RunEvent[] | undefined;
  second.then(async ({ finished }) => aborted = await finished).catch(() => {});
  await waitFor(() => aborted !== undefined, LONG_MS);
  assert(aborted !== undefined, "the aborted run waits for the first one");
  assertEquals(aborted.map(({ type }) => type), ["start", "error", "exit"]);
  assertEquals(exitOf(aborted).reason, "timeout");
  assertEquals([session.busy, first.events.at(-1)?.type], [true, "session_info"]);
  assertEquals((await kept(sandbox, "pids")).trim().split("\n").length, 1);
  // stop() stops the first run, and then the third one starts.
  assertEquals(await session.stop(), true);
  assertEquals(exitOf(await first.finished).reason, "interrupt");
  const { finished } = await third;
  assertEquals((await kept(sandbox, "pids")).trim().split("\n").length, 2);
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
    const limitMs = 3000;
    const session = await makeSession(sandbox, body, {
      timeoutMs: limitMs,
      idleTimeoutMs: limitMs,
    });
    const { finished } = await begin(session);
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
  const session = await makeSession(sandbox, OBEDIENT, { graceMs: LONG_GRACE_MS });
  const { finished } = await begin(session);
  await session.suspend();
  assertEquals(await session.stop(), true);
  assertEquals(exitOf(await finished).reason, "interrupt");
  assertEquals(await sandbox.processes(), []);
});

Deno.test("ClaudeSession.suspend and resume do nothing without a run", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, OBEDIENT);
  await session.suspend();
  await session.resume();
  await Deno.writeTextFile(`${sandbox.home}/go`, "");
  assertEquals(exitOf(await (await begin(session)).finished).code, 0);
});
