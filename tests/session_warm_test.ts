import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import type { RunEvent } from "../lib/events.ts";
import {
  CcrunError,
  ClaudeSession,
  type ClaudeSessionOptions,
  type RunOptions,
} from "../lib/mod.ts";
import { claudeProcesses } from "./support/claude_processes.ts";
import { conversingClaude } from "./support/conversing_claude.ts";
import { assertEvents } from "./support/event_schema.ts";
import { eventsOfType, exitOf } from "./support/events_of_type.ts";
import { recorded } from "./support/fake_session.ts";
import { makeSandbox, type Sandbox } from "./support/sandbox.ts";
import { waitFor } from "./support/wait_for.ts";

/** Longer than a claude takes to exit on a loaded machine. */
const GONE_WITHIN_MS = 10_000;

/** A session that keeps its claude, and what its runs show. */
interface WarmScene {
  readonly sandbox: Sandbox;
  readonly session: ClaudeSession;
  /** Runs a prompt, and returns its events. */
  run(prompt: string, options?: RunOptions): Promise<readonly RunEvent[]>;
  /** Runs a prompt, and returns its answer. */
  ask(prompt: string, options?: RunOptions): Promise<string | undefined>;
  /** Returns the arguments of each claude that was started, as far as they are about the session. */
  starts(): Promise<string[]>;
}

async function withWarmSession(
  act: (scene: WarmScene) => Promise<void>,
  options: ClaudeSessionOptions = {},
): Promise<void> {
  await using sandbox = await makeSandbox();
  const session = new ClaudeSession({
    workspace: sandbox.project,
    claudePath: await conversingClaude(sandbox),
    env: sandbox.env(),
    keepAliveMs: 60_000,
    ...options,
  });
  const run: WarmScene["run"] = async (prompt, options) => {
    const events = await Array.fromAsync(session.run(prompt, options));
    assertEvents(events);
    return events;
  };
  await act({
    sandbox,
    session,
    run,
    ask: async (prompt, options) => answerOf(await run(prompt, options)),
    starts: async () =>
      (await recorded(sandbox, "args")).split("\n").slice(0, -1)
        .map((args) => args.split(" ").filter((arg) => isAboutSession(arg)).join(" ")),
  });
  await session[Symbol.asyncDispose]();
  await sandbox.assertNothingLeft();
}

function isAboutSession(arg: string): boolean {
  return /^--(resume|fork|continue|session-id|model|permission-mode)/.test(arg);
}

function answerOf(events: readonly RunEvent[]): string | undefined {
  return eventsOfType(events, "result").at(-1)?.answer;
}

function restartReasons(events: readonly RunEvent[]): string[] {
  return eventsOfType(events, "notice").filter(({ kind }) => kind === "restarted")
    .map(({ text }) => text.replace("claude was started again, because ", ""));
}

Deno.test("a session with keepAliveMs serves its runs with one claude", async () => {
  await withWarmSession(async ({ session, run, ask, starts }) => {
    const first = await run("one");
    const second = await run("two");
    assertEquals([answerOf(first), answerOf(second)], ["1: one", "2: two"]);
    assertEquals(await ask("three"), "3: three");
    assertEquals(await starts(), [""]);
    assertEquals([session.hasProcess, session.busy], [true, false]);
    const types = [first, second].map((events) => events.map(({ type }) => type));
    assertEquals(types[0], ["start", "session_info", "text", "usage", "result", "exit"]);
    assertEquals(types[1], types[0]);
    assertEquals(second.map(({ seq }) => seq), [0, 1, 2, 3, 4, 5]);
    // claude states the total cost of the process: 1 after the first run, 2 after the second one.
    assertEquals([exitOf(first).cost_usd, exitOf(second).cost_usd], [1, 1]);
  });
});

Deno.test("a session without keepAliveMs starts a claude for each run", async () => {
  await withWarmSession(async ({ session, ask, starts }) => {
    assertEquals([await ask("one"), await ask("two")], ["1: one", "2: two"]);
    assertEquals(await starts(), ["", `--resume=${session.currentSessionId}`]);
    assertEquals(session.hasProcess, false);
    await assertRejects(() => session.warmUp(), CcrunError, "keepAliveMs");
  }, { keepAliveMs: 0 });
});

Deno.test("warmUp starts the claude of the next run, once", async () => {
  await withWarmSession(async ({ session, ask, starts }) => {
    await session.warmUp();
    await session.warmUp();
    assertEquals(session.hasProcess, true);
    assertEquals(await ask("one"), "1: one");
    await session.warmUp();
    assertEquals(await ask("two"), "2: two");
    assertEquals(await starts(), [""]);
  });
});

Deno.test("warmUp rejects for what would make the run fail", async () => {
  await withWarmSession(async ({ session }) => {
    await assertRejects(() => session.warmUp(), CcrunError, "does not exist");
    assertEquals(session.hasProcess, false);
  }, { workspace: "/no/such/directory" });
});

Deno.test("close ends claude, and the next run resumes the session", async () => {
  await withWarmSession(async ({ sandbox, session, run, starts }) => {
    await run("one");
    assertEquals(await session.close(), []);
    await sandbox.assertNothingLeft();
    const second = await run("two");
    assertEquals([answerOf(second), restartReasons(second)], ["2: two", []]);
    assertEquals(await starts(), ["", `--resume=${session.currentSessionId}`]);
  });
});

Deno.test("an interrupted run keeps its claude", async () => {
  await withWarmSession(async ({ run, ask, starts }) => {
    const abort = new AbortController();
    const events: RunEvent[] = [];
    for (const prompt of ["one", "hang", "hang"]) {
      if (prompt === "one") await run(prompt);
      else setTimeout(() => abort.abort(), 10);
      if (prompt !== "one") events.push(...await run(prompt, { signal: abort.signal }));
    }
    assertEquals(exitOf(events).reason, "interrupt");
    assertMatch(await ask("two") ?? "", /: two$/);
    assertEquals((await starts()).length, 1);
  });
});

Deno.test("a claude that ignores the interruption is killed, and replaced", async () => {
  await withWarmSession(async ({ session, run, starts }) => {
    await run("one");
    const stopped: RunEvent[] = [];
    for await (const event of session.run("ignore")) {
      stopped.push(event);
      if (event.type === "session_info") session.stop(50);
    }
    assertEquals(exitOf(stopped).reason, "interrupt");
    assertEquals(answerOf(await run("two")), "3: two");
    assertEquals((await starts()).length, 2);
  });
});

Deno.test("leaving the loop interrupts the run before the next one begins", async () => {
  await withWarmSession(async ({ session, ask, starts }) => {
    for await (const event of session.run("hang")) if (event.type === "session_info") break;
    assertEquals(session.busy, false);
    assertEquals(await ask("two"), "2: two");
    assertEquals((await starts()).length, 1);
  });
});

Deno.test("a claude that died is replaced, with a notice", async () => {
  await withWarmSession(async ({ sandbox, session, run, starts }) => {
    await run("one");
    const [pid = 0] = await claudeProcesses(sandbox, "fake-claude");
    Deno.kill(pid, "SIGKILL");
    assert(await waitFor(() => !session.hasProcess, GONE_WITHIN_MS));
    const second = await run("two");
    assertEquals(answerOf(second), "2: two");
    assertEquals(restartReasons(second), ["it was killed by SIGKILL"]);
    assertEquals(await starts(), ["", `--resume=${session.currentSessionId}`]);
  });
});

Deno.test("a claude that dies in a run fails it, and is replaced", async () => {
  await withWarmSession(async ({ run, ask }) => {
    await run("one");
    const died = await run("die");
    assertEquals(exitOf(died).claude_exit_code, 9);
    assertEquals(exitOf(died).ok, false);
    assertEquals(await ask("two"), "2: two");
  });
});

Deno.test("a claude that was idle for keepAliveMs is replaced, with a notice", async () => {
  await withWarmSession(async ({ sandbox, session, run }) => {
    await run("one");
    assert(await waitFor(() => !session.hasProcess, GONE_WITHIN_MS));
    await sandbox.assertNothingLeft();
    const second = await run("two");
    assertEquals(answerOf(second), "2: two");
    assertEquals(restartReasons(second), ["it was idle for 50ms"]);
  }, { keepAliveMs: 50 });
});

Deno.test("a claude that is released when a run acquires it has exited before the next one starts", async () => {
  const released: Promise<void>[] = [];
  await withWarmSession(async ({ sandbox, ask, starts }) => {
    assertEquals(await ask("linger"), "1: linger");
    assertEquals(await ask("two"), "2: two");
    assertEquals((await starts()).length, 2);
    assertEquals(await recorded(sandbox, "shared"), "");
    await Promise.all(released);
  }, {
    broker: {
      acquire: (holder) => {
        released.push(holder.release());
        return Promise.resolve();
      },
      setIdle: () => {},
      setSessionId: () => {},
      free: () => {},
    },
  });
});

Deno.test("a run changes the model and the permission mode of a kept claude", async () => {
  await withWarmSession(async ({ run, starts }) => {
    const optionsOf = (events: readonly RunEvent[]) => {
      const info = eventsOfType(events, "session_info").at(-1);
      return [info?.model, info?.permission_mode, ...restartReasons(events)];
    };
    const changed = { model: "haiku", permissionMode: "plan" };
    assertEquals(optionsOf(await run("one")), ["opus", "default"]);
    assertEquals(optionsOf(await run("two", changed)), ["haiku", "plan"]);
    assertEquals(optionsOf(await run("three", { ...changed, model: "opus" })), ["opus", "plan"]);
    assertEquals((await starts()).length, 1);
    // claude refuses these two, or only its start can set them.
    const required = "the options of the run require it";
    for (const [mode, model] of [["auto", "haiku"], ["bypassPermissions", "opus"]]) {
      const events = await run("next", { model, permissionMode: mode });
      assertEquals(optionsOf(events), [model, mode, required]);
    }
    assertEquals((await starts()).length, 3);
  });
});

Deno.test("a run of another session, and a fork, start another claude", async () => {
  await withWarmSession(async ({ session, run, ask, starts }) => {
    await run("one");
    const first = session.currentSessionId;
    assertEquals(await ask("two", { fork: true }), "2: two");
    assertEquals(session.currentSessionId === first, false);
    assertEquals(await ask("three"), "3: three");
    assertEquals(await ask("back", { sessionId: first }), "2: back");
    assertEquals(await ask("new", { sessionId: "pending_1" }), "1: new");
    assertEquals((await starts()).map((args) => args.replace(first ?? "-", "FIRST")), [
      "",
      "--resume=FIRST --fork-session",
      "--resume=FIRST",
      "",
    ]);
  });
});

Deno.test("a session with a budget starts a claude for each run", async () => {
  await withWarmSession(async ({ session, ask, starts }) => {
    await session.warmUp();
    assertEquals([await ask("one"), await ask("two")], ["1: one", "2: two"]);
    assertEquals((await starts()).length, 2);
  }, { maxBudgetUsd: 5 });
});

Deno.test("settings that changed between two runs start another claude", async () => {
  const settings = await Deno.makeTempFile();
  await Deno.writeTextFile(settings, "{}");
  await withWarmSession(async ({ run }) => {
    await run("one");
    await Deno.writeTextFile(settings, `{"cleanupPeriodDays":5}`);
    assertEquals(restartReasons(await run("two")), ["the options of the run require it"]);
    assertEquals(restartReasons(await run("three")), []);
  }, { settings });
  await Deno.remove(settings);
});

Deno.test("claude can be kept for longer than a timer lasts", async () => {
  for (const keepAliveMs of [2 ** 31, Infinity]) {
    await withWarmSession(async ({ session, run, starts }) => {
      assertEquals(restartReasons(await run("one")), []);
      // A timer that is too long fires after a millisecond.
      await delay(20);
      assert(session.hasProcess);
      assertEquals(restartReasons(await run("two")), []);
      assertEquals((await starts()).length, 1);
    }, { keepAliveMs });
  }
});

Deno.test("keepAliveMs is 0 or more", () => {
  for (const keepAliveMs of [-1, NaN]) {
    assertThrows(() => new ClaudeSession({ keepAliveMs }), CcrunError, `not ${keepAliveMs}`);
  }
});

Deno.test("a claude does not become idle for too long while its model is changed", async () => {
  await using sandbox = await makeSandbox();
  const claudePath = await conversingClaude(sandbox);
  const script = await Deno.readTextFile(claudePath);
  // It needs longer than keepAliveMs for the change.
  await Deno.writeTextFile(claudePath, script.replace("model=$(field model)", "$&; sleep 2"));
  await using session = new ClaudeSession({
    workspace: sandbox.project,
    claudePath,
    env: sandbox.env(),
    keepAliveMs: 1000,
  });
  await Array.fromAsync(session.run("one"));
  const events = await Array.fromAsync(session.run("two", { model: "haiku" }));
  assertEquals(exitOf(events).reason, "success");
});
