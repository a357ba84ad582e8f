import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import {
  CcrunError,
  type ClaudeSession,
  ClaudeSessionPool,
  type ClaudeSessionPoolOptions,
  type RunOptions,
} from "../lib/mod.ts";
import { conversingClaude } from "./support/conversing_claude.ts";
import { eventsOfType, exitOf } from "./support/events_of_type.ts";
import { emit, FAKE_SESSION_ID, fakeClaude, resultLine } from "./support/fake_claude.ts";
import { eventsOf, recorded } from "./support/fake_session.ts";
import { makeSandbox, type Sandbox } from "./support/sandbox.ts";
import { waitFor } from "./support/wait_for.ts";

/** Longer than a claude takes to start or exit on a loaded machine. */
const DONE_WITHIN_MS = 10_000;

const UUID = "0a52f0c6-1c5e-4c3f-9b0e-0f0f3c1d2e4b";

async function withPool(
  act: (pool: ClaudeSessionPool, sandbox: Sandbox) => Promise<void>,
  options: ClaudeSessionPoolOptions = {},
): Promise<void> {
  await using sandbox = await makeSandbox();
  {
    await using pool = new ClaudeSessionPool({
      workspace: sandbox.project,
      claudePath: options.claudePath ?? await conversingClaude(sandbox),
      env: sandbox.env(),
      ...options,
    });
    await act(pool, sandbox);
  }
  await sandbox.assertNothingLeft();
}

async function ask(session: ClaudeSession, prompt: string, options: RunOptions = {}) {
  return eventsOfType(await eventsOf(session, prompt, options), "result").at(-1)?.answer;
}

/** Returns how many claudes were started, and those that resumed a session. */
async function starts(sandbox: Sandbox): Promise<[all: number, resumed: number]> {
  const lines = (await recorded(sandbox, "args")).split("\n").slice(0, -1);
  return [lines.length, lines.filter((line) => line.includes("--resume=")).length];
}

Deno.test("a session keeps its placeholder, and is found by its id", async () => {
  await withPool(async (pool) => {
    const { session, id, isNew } = pool.get();
    assertMatch(id, /^pending_[0-9a-f-]{36}$/);
    assertEquals([isNew, pool.get(id).isNew], [true, false]);
    assertEquals(pool.stats(), { active: 1, pending: 1, busy: 0, processes: 0 });
    assertEquals(await ask(session, "one"), "1: one");
    const known = session.currentSessionId ?? "";
    for (const name of [id, known, known.toUpperCase()]) {
      assertEquals(pool.get(name), { session, id: known, isNew: false });
    }
    assertEquals(await ask(pool.get(id).session, "two"), "2: two");
    assertEquals(pool.stats(), { active: 1, pending: 0, busy: 0, processes: 1 });
    assertNotEquals(pool.get().id, pool.get().id);
  });
});

Deno.test("an unknown placeholder is a new session, and an unknown id is resumed", async () => {
  await withPool(async (pool, sandbox) => {
    assertEquals(pool.get("pending_chat_42").id, "pending_chat_42");
    assertEquals(await ask(pool.get("pending_chat_42").session, "one"), "1: one");
    await Deno.writeTextFile(`${sandbox.home}/sessions/${UUID}`, "before\n");
    const { session, id, isNew } = pool.get(UUID.toUpperCase());
    assertEquals([id, isNew], [UUID, true]);
    assertEquals(await ask(session, "two"), "2: two");
    assertMatch(await recorded(sandbox, "args"), new RegExp(`--resume=${UUID}`));
  });
});

Deno.test("an id that cannot be a session's is refused", () => {
  const pool = new ClaudeSessionPool();
  const ids = [
    "",
    "../x",
    "a b",
    "a\nb",
    "pending_\u0007",
    "x".repeat(10_000),
    "chat-42",
    `${UUID}0`,
  ];
  for (const id of [...ids, `pending_${"x".repeat(121)}`]) {
    const { hint } = assertThrows(() => pool.get(id), CcrunError, "invalid session id");
    assertMatch(hint ?? "", /UUID of a session, or pending_/);
  }
  assertEquals(pool.stats().active, 0);
  assertEquals(pool.get(`pending_${"x".repeat(120)}`).isNew, true);
  for (const maxProcesses of [0, -1, 1.5, NaN, Infinity]) {
    assertThrows(() => new ClaudeSessionPool({ maxProcesses }), CcrunError, "maxProcesses");
  }
});

Deno.test("a placeholder becomes the id of any shape that Claude Code writes", async () => {
  const id = "7d1f1a52-3a0e-4d0e-8a57-3f4f0a8f1b10";
  const shapes = [
    { session_id: id },
    { sessionId: id },
    { init: { session_id: id } },
    { system: { sessionId: id } },
    { result: { session_id: id } },
    { metadata: { session_id: id } },
    { conversation: { id } },
  ];
  await using sandbox = await makeSandbox();
  for (const shape of shapes) {
    const message = JSON.stringify({ type: "system", subtype: "init", ...shape });
    const result = resultLine().replace(`"session_id":"${FAKE_SESSION_ID}",`, "");
    const claudePath = await fakeClaude(sandbox, `head -n 1 >/dev/null; ${emit(message, result)}`);
    await withPool(async (pool) => {
      const { session } = pool.get("pending_1");
      await eventsOf(session, "go");
      assertEquals(pool.get("pending_1").id, id);
      assertEquals(pool.get(id).session === session, true);
    }, { claudePath });
  }
});

Deno.test("the claude that was idle for the longest time makes room, and is resumed", async () => {
  await withPool(async (pool, sandbox) => {
    const [a, b, c] = ["a", "b", "c"].map((name) => pool.get(`pending_${name}`).session);
    assert(a && b && c);
    for (const session of [a, b, a, c]) await eventsOf(session, "go");
    assertEquals([a.hasProcess, b.hasProcess, c.hasProcess], [true, false, true]);
    assertEquals(await starts(sandbox), [3, 0]);
    const events = await eventsOf(b, "again");
    assertEquals(eventsOfType(events, "result")[0]?.answer, "2: again");
    const [notice] = eventsOfType(events, "notice");
    assertEquals(
      notice?.text,
      "claude was started again, because another session needed its place",
    );
    assertEquals(await starts(sandbox), [4, 1]);
    assertEquals(pool.stats().processes, 2);
  }, { maxProcesses: 2 });
});

Deno.test("more runs than processes wait, and all are answered", async () => {
  await withPool(async (pool, sandbox) => {
    let peak = 0;
    const answers = await Promise.all(Array.from({ length: 12 }, async (_, index) => {
      const answer = await ask(pool.get(`pending_${index % 6}`).session, `p${index}`);
      peak = Math.max(peak, pool.stats().processes, (await sandbox.processes()).length / 2);
      return answer;
    }));
    assertEquals(answers, Array.from({ length: 12 }, (_, i) => `${i < 6 ? 1 : 2}: p${i}`));
    assert(peak <= 3, `${peak} processes`);
  }, { maxProcesses: 2 });
});

Deno.test("a session has one claude, whatever name it has", async () => {
  await withPool(async (pool, sandbox) => {
    const { session } = pool.get("pending_1");
    await eventsOf(session, "one");
    const id = session.currentSessionId;
    const other = pool.get("pending_2").session;
    const both = [ask(other, "two", { sessionId: id }), ask(session, "three")];
    const answers = (await Promise.all(both)).map((answer) => answer?.slice(0, 1));
    assertEquals(answers.sort(), ["2", "3"]);
    assertEquals(pool.stats().processes, 1);
    assertEquals(await ask(session, "four"), "4: four");
    assertEquals(await ask(other, "five"), "5: five");
    assertEquals(pool.stats().processes, 1);
    // The order of the two decides whether one more claude was needed.
    const [all, resumed] = await starts(sandbox);
    assert(all >= 4 && all <= 5 && resumed === all - 1, `${resumed} of ${all} resumed`);
  });
});

Deno.test("a session has one claude from when its id is known, also during its first run", async () => {
  await withPool(async (pool) => {
    const { session } = pool.get("pending_1");
    const first = eventsOf(session, "hang");
    assert(await waitFor(() => session.currentSessionId !== undefined, DONE_WITHIN_MS));
    const { currentSessionId: sessionId } = session;
    const second = ask(pool.get("pending_2").session, "two", { sessionId });
    // By the time this one is answered, the second would have started a claude too.
    assertEquals(await ask(pool.get("pending_3").session, "three"), "1: three");
    assertEquals(pool.stats().processes, 2);
    await session.stop();
    assertEquals(exitOf(await first).reason, "interrupt");
    assertEquals(await second, "2: two");
  });
});

Deno.test("the names of a session belong to its fork, except the id of the session that it left", async () => {
  await withPool(async (pool) => {
    const { session } = pool.get("pending_1");
    await eventsOf(session, "one");
    const first = session.currentSessionId ?? "";
    assertEquals(await ask(session, "fork", { fork: true }), "2: fork");
    const fork = session.currentSessionId ?? "";
    assertNotEquals(fork, first);
    assertEquals(pool.get("pending_1").id, fork);
    assertEquals(pool.get(fork).session === session, true);
    const original = pool.get(first);
    assertEquals([original.isNew, await ask(original.session, "two")], [true, "2: two"]);
  });
});

Deno.test("remove stops the runs of a session, and forgets its ids", async () => {
  await withPool(async (pool, sandbox) => {
    const { session } = pool.get("pending_1");
    await eventsOf(session, "one");
    const id = session.currentSessionId ?? "";
    const running = [eventsOf(session, "hang"), eventsOf(session, "never")];
    assert(await waitFor(() => session.busy, DONE_WITHIN_MS));
    assertEquals(pool.stats().busy, 1);
    assertEquals(await pool.remove(id), true);
    assertEquals((await Promise.all(running)).map((events) => exitOf(events).reason), [
      "interrupt",
      "interrupt",
    ]);
    assertEquals(pool.stats(), { active: 0, pending: 0, busy: 0, processes: 0 });
    await sandbox.assertNothingLeft();
    assertEquals([await pool.remove(id), await pool.remove("pending_1")], [false, false]);
    assertEquals([pool.get("pending_1").isNew, pool.get(id).isNew], [true, true]);
  });
});

Deno.test("stopAll stops all runs and claudes, and the pool can be used again", async () => {
  await withPool(async (pool, sandbox) => {
    const sessions = ["a", "b", "c", "d"].map((name) => pool.get(`pending_${name}`).session);
    const running = sessions.map((session) => eventsOf(session, "hang"));
    assert(await waitFor(() => pool.stats().pending === 2, DONE_WITHIN_MS));
    const failure = { kind: "terminate", message: "the service ends" } as const;
    await pool.stopAll(undefined, { failure, signal: "SIGTERM" });
    const exits = (await Promise.all(running)).map((events) => exitOf(events).code);
    assertEquals(exits, [143, 143, 143, 143]);
    await sandbox.assertNothingLeft();
    assertEquals(pool.stats(), { active: 4, pending: 2, busy: 0, processes: 0 });
    const known = sessions.find(({ currentSessionId }) => currentSessionId !== undefined);
    assert(known);
    assertEquals(await ask(known, "again"), "2: again");
  }, { maxProcesses: 2 });
});

Deno.test("a session that a fork leaves is free when its claude has exited", async () => {
  await using sandbox = await makeSandbox();
  const conversing = await conversingClaude(sandbox);
  const log = `${sandbox.root}/log`;
  // It takes a while to exit, as with a hook at the end of the session.
  const slow = await fakeClaude(
    sandbox,
    `echo start >>'${log}'; '${conversing}' "$@"; sleep 0.3; echo end >>'${log}'`,
  );
  await withPool(async (pool) => {
    const { session } = pool.get("pending_1");
    await eventsOf(session, "one");
    const id = session.currentSessionId ?? "";
    const other = pool.get("pending_2").session;
    const [answer] = await Promise.all([
      ask(other, "two", { sessionId: id }),
      eventsOf(session, "fork", { fork: true }),
    ]);
    assertEquals(answer, "2: two");
    const starts = (await Deno.readTextFile(log)).trim().split("\n");
    assertEquals(starts, ["start", "end", "start", "start"]);
  }, { claudePath: slow, env: sandbox.env() });
});
