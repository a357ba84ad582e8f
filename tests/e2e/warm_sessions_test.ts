/**
 * Sessions that keep the real Claude Code between their runs, when something stops, changes or breaks.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { EventType, RunEvent } from "../../lib/events.ts";
import { ClaudeSession, type ClaudeSessionOptions, type RunOptions } from "../../lib/mod.ts";
import {
  apiError,
  hang,
  message,
  type Reply,
  type Respond,
  subagent,
  text,
  toolUse,
} from "../support/api_reply.ts";
import { claudeProcesses } from "../support/claude_processes.ts";
import { assertEvents } from "../support/event_schema.ts";
import { eventsOfType, exitOf } from "../support/events_of_type.ts";
import { sessionFolder } from "../support/session_files.ts";
import { waitFor } from "../support/wait_for.ts";
import { bash, type Scene, withScene } from "./scene.ts";

/** Longer than claude takes to notice something on a loaded machine. */
const NOTICED_WITHIN_MS = 60_000;

/** A command that does not end by itself. */
const ENDLESS = "while :; do sleep 0.1; done";

/** A session that keeps the real Claude Code. */
interface WarmScene extends Pick<Scene, "sandbox" | "turns"> {
  readonly session: ClaudeSession;
  /** Runs a prompt, and returns its events. */
  run(prompt: string, options?: RunOptions, stopAt?: StopPoint): Promise<readonly RunEvent[]>;
  /** Runs a prompt, and returns its answer. */
  ask(prompt: string, options?: RunOptions): Promise<string | undefined>;
  /** Returns the ids of the claudes. */
  claudes(): Promise<readonly number[]>;
}

/** When a run is stopped: at an event of this type, or when the prompt was sent, before its turn has begun. */
type StopPoint = EventType | "prompt";

/** The replies to each prompt, by its last word. */
type Replies = Readonly<Record<string, readonly Reply[]>>;

async function withWarmSession(
  replies: Replies,
  act: (scene: WarmScene) => Promise<void>,
  options: ClaudeSessionOptions = {},
): Promise<void> {
  await withScene(respondByLastWord(replies), async (scene) => {
    const { sandbox, api, claude } = scene;
    let handlePrompt = () => {};
    await using session = new ClaudeSession({
      workspace: sandbox.project,
      claudePath: claude,
      env: sandbox.env(api.url),
      keepAliveMs: 600_000,
      dangerouslySkipPermissions: true,
      diagnostics: (line) => {
        if (line.startsWith("claude runs as process")) handlePrompt();
      },
      ...options,
    });
    const run: WarmScene["run"] = async (prompt, options, stopAt) => {
      const stop = new AbortController();
      const events: RunEvent[] = [];
      handlePrompt = () => {
        if (stopAt === "prompt") setTimeout(() => stop.abort());
      };
      for await (const event of session.run(prompt, { signal: stop.signal, ...options })) {
        events.push(event);
        if (event.type === stopAt) stop.abort();
      }
      assertEvents(events);
      return events;
    };
    await act({
      ...scene,
      session,
      run,
      ask: async (prompt, options) => answerOf(await run(prompt, options)),
      claudes: () => claudeProcesses(sandbox, claude),
    });
  });
}

/** Claude Code adds a prompt to one that was interrupted, so only its last word counts. */
function respondByLastWord(replies: Replies): Respond {
  return (request) => {
    if (!request.hasTools) return text("A title");
    const word = request.userText.trim().split(/\s/).at(-1) ?? "";
    return replies[word]?.[request.turn] ?? text(`The answer to ${word}.`);
  };
}

function answerOf(events: readonly RunEvent[]): string | undefined {
  return eventsOfType(events, "result").at(-1)?.answer;
}

function restarts(events: readonly RunEvent[]): readonly string[] {
  return eventsOfType(events, "notice").filter(({ kind }) => kind === "restarted")
    .map(({ text }) => text);
}

Deno.test("a run can be stopped at any time, and claude serves the next one", async (t) => {
  const replies: Replies = {
    starting: [hang()],
    silent: [hang()],
    writing: [message(text("partial words"), { pause: new Promise(() => {}) })],
    working: [bash(ENDLESS)],
    retrying: [apiError(529, "overloaded_error", "Overloaded")],
    waiting: [
      toolUse("Bash", { command: ENDLESS, description: "Wait", run_in_background: true }),
      subagent({ prompt: "Wait for waiter", background: true }),
      text("Both are running."),
      text("Never."),
    ],
    waiter: [bash(ENDLESS)],
  };
  const stops: readonly (readonly [word: string, stopAt: StopPoint])[] = [
    ["early", "start"],
    ["starting", "prompt"],
    ["silent", "session_info"],
    ["writing", "text_delta"],
    ["working", "tool_use"],
    ["retrying", "retry"],
    ["waiting", "result"],
  ];
  await withWarmSession(replies, async ({ run, ask, claudes, sandbox, turns }) => {
    assertEquals(await ask("Say first"), "The answer to first.");
    const before = await claudes();
    const idle = (await sandbox.processes()).length;
    for (const [word, stopAt] of stops) {
      await t.step(word, async () => {
        assertEquals(exitOf(await run(`Be ${word}`, {}, stopAt)).reason, "interrupt");
        assert(await waitFor(async () => (await sandbox.processes()).length <= idle, 10_000));
        const requests = turns().length;
        assertEquals(await ask("Say next"), "The answer to next.");
        assertEquals(turns().length, requests + 1, "claude has asked the model by itself");
        assertEquals(await claudes(), before);
      });
    }
  }, { partial: true });
});

Deno.test("a kept claude obeys settings that its workspace got after the last run", async () => {
  const touch = [bash("touch file"), text("Done.")];
  await withWarmSession({ touch }, async ({ sandbox, run, ask }) => {
    assertEquals(eventsOfType(await run("Please touch"), "permission_denied"), []);
    await Deno.mkdir(`${sandbox.project}/.claude`);
    const settings = { permissions: { deny: ["Bash(touch:*)"] } };
    const path = `${sandbox.project}/.claude/settings.json`;
    await Deno.writeTextFile(path, JSON.stringify(settings));
    assertEquals(eventsOfType(await run("Please touch"), "permission_denied").length, 1);
    assertEquals(await ask("Say last"), "The answer to last.");
  });
});

Deno.test("a run has its own model and permission mode", async () => {
  await withWarmSession({}, async ({ run, turns, claudes }) => {
    const modeOf = (events: readonly RunEvent[]) =>
      eventsOfType(events, "session_info").at(-1)?.permission_mode;
    const modes = [modeOf(await run("Say one")), modeOf(await run("Say two", HAIKU_MAY_EDIT))];
    const before = await claudes();
    modes.push(modeOf(await run("Say three", HAIKU_MAY_EDIT)));
    assertEquals(await claudes(), before);
    modes.push(modeOf(await run("Say four")));
    assertEquals(modes, ["default", "acceptEdits", "acceptEdits", "default"]);
    const models = turns().map(({ model }) => model);
    assert(models[1]?.includes("haiku"), models[1]);
    assertEquals(models, [models[0], models[1], models[1], models[0]]);
  }, { dangerouslySkipPermissions: false });
});

const HAIKU_MAY_EDIT: RunOptions = { model: "haiku", permissionMode: "acceptEdits" };

Deno.test("a run after a claude that was killed at work continues its conversation", async () => {
  const working: readonly Reply[] = [
    toolUse("Bash", { command: ENDLESS, description: "Wait", run_in_background: true }),
    text("It is running."),
  ];
  await withWarmSession({ working }, async ({ session, run, claudes, sandbox, turns }) => {
    await run("Say first");
    const [pid = 0] = await claudes();
    const running = run("Be working");
    const folder = sessionFolder({ home: sandbox.home, cwd: sandbox.project });
    const isStored = async () =>
      (await Deno.readTextFile(`${folder}/${session.currentSessionId}.jsonl`))
        .includes("It is running.");
    assert(await waitFor(isStored, NOTICED_WITHIN_MS));
    Deno.kill(pid, "SIGKILL");
    assertEquals(exitOf(await running).claude_signal, "SIGKILL");
    const next = await run("Say next");
    assertEquals([answerOf(next), restarts(next)], ["The answer to next.", []]);
    const history = JSON.stringify(turns().at(-1)?.body["messages"]);
    for (const said of ["The answer to first.", "Be working", "It is running."]) {
      assertStringIncludes(history, said);
    }
  });
});

Deno.test("warmUp starts a claude that waits for the first prompt", async () => {
  await withWarmSession({}, async ({ session, ask, claudes, turns }) => {
    await session.warmUp();
    const started = await claudes();
    assertEquals([started.length, turns().length], [1, 0]);
    assertEquals(await ask("Say first"), "The answer to first.");
    assertEquals(await claudes(), started);
  });
});

Deno.test("close stops what a tool has left running, and reports it", async () => {
  const leave = [bash("nohup sleep 777 >/dev/null 2>&1 & echo started"), text("Left.")];
  await withWarmSession({ leave }, async ({ session, run, ask, sandbox }) => {
    const exit = exitOf(await run("Please leave"));
    assertEquals([exit.ok, await ask("Say next")], [true, "The answer to next."]);
    const leftovers = await session.close();
    assertEquals(leftovers.map(({ command }) => command), ["sleep 777"]);
    await sandbox.assertNothingLeft();
  });
});
