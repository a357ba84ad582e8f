/**
 * Many conversations with the real Claude Code, whose processes serve several runs.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { type ClaudeSession, ClaudeSessionPool } from "../../lib/mod.ts";
import { message, type Respond, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeProcesses } from "../support/claude_processes.ts";
import { eventsOfType, exitOf } from "../support/events_of_type.ts";
import { eventsOf } from "../support/fake_session.ts";
import { waitFor } from "../support/wait_for.ts";
import { bash, type Scene, withScene } from "./scene.ts";

/** Longer than claude takes to start on a loaded machine. */
const STARTED_WITHIN_MS = 60_000;

/** The prompts of these tests, such as `a1`. */
const PROMPT = /\b[a-c]\d\b/g;

/** Returns the prompts of the conversation, in order, also those of a turn that was interrupted. */
function promptsIn({ body }: ApiRequest): string[] {
  const messages = body["messages"] as { role: string; content: unknown }[];
  const ofUser = messages.filter(({ role }) => role === "user").map(({ content }) => content);
  return [...new Set(JSON.stringify(ofUser).match(PROMPT))];
}

/** Answers with the prompts of the conversation. `tool` uses a tool first, and `hang` never ends. */
const respond: Respond = (request) => {
  if (!request.hasTools) return text("A title");
  const { userText, turn } = request;
  // Claude Code adds the next prompt to one that was interrupted.
  const prompt = userText.trim();
  if (prompt.endsWith("tool") && turn === 0) return bash("echo from-the-tool");
  if (prompt.endsWith("hang")) {
    return message(text("partial words of an answer"), { pause: new Promise(() => {}) });
  }
  return text(promptsIn(request).join(" "));
};

function poolOf({ sandbox, api, claude }: Scene, maxProcesses = 8): ClaudeSessionPool {
  return new ClaudeSessionPool({
    workspace: sandbox.project,
    claudePath: claude,
    env: { ...sandbox.env(api.url), IS_SANDBOX: "1" },
    dangerouslySkipPermissions: true,
    maxProcesses,
  });
}

function answerOf(events: readonly RunEvent[]): string | undefined {
  return eventsOfType(events, "result").at(-1)?.answer;
}

Deno.test("three conversations of three turns do not mix, with a tool, a cancel, a fork and a kill", async () => {
  await withScene(respond, async (scene) => {
    await using pool = poolOf(scene);
    const [a, b, c] = [pool.get(), pool.get(), pool.get()].map(({ session }) => session);
    assert(a && b && c);
    const c1 = await eventsOf(c, "c1");
    const [claudeOfC = 0] = await claudeProcesses(scene.sandbox, scene.claude);
    const [a1, b1] = await Promise.all([eventsOf(a, "a1 tool"), eventsOf(b, "b1")]);
    assertEquals([a1, b1, c1].map(answerOf), ["a1", "b1", "c1"]);
    assertEquals(eventsOfType(a1, "tool_result")[0]?.text, "from-the-tool");

    // a is canceled, b forks, and the claude of c is killed.
    const cancel = new AbortController();
    const original = b.currentSessionId ?? "";
    const [a2, ...second] = await Promise.all([
      canceledInText(eventsOf(a, "a2 hang", { signal: cancel.signal }), scene, cancel),
      eventsOf(b, "b2", { fork: true }),
      killAndRun(c, claudeOfC),
    ]);
    assertEquals(second.map(answerOf), ["b1 b2", "c1 c2"]);
    assertEquals([exitOf(a2).reason, exitOf(a2).session_id], ["interrupt", a.currentSessionId]);

    const third = await Promise.all([
      eventsOf(a, "a3"),
      eventsOf(b, "b3"),
      eventsOf(c, "c3"),
      eventsOf(pool.get(original).session, "b4"),
    ]);
    assertEquals(third.map(answerOf), ["a1 a2 a3", "b1 b2 b3", "c1 c2 c3", "b1 b4"]);
    assertEquals(pool.stats(), { active: 4, pending: 0, busy: 0, processes: 4 });
  });
});

Deno.test("conversations that share one claude resume each other's place", async () => {
  await withScene(respond, async (scene) => {
    await using pool = poolOf(scene, 1);
    const [a, b] = [pool.get().session, pool.get().session];
    const answers: unknown[] = [];
    for (const turn of [1, 2]) {
      for (const [name, session] of [["a", a], ["b", b]] as const) {
        answers.push(answerOf(await eventsOf(session, `${name}${turn}`)));
      }
    }
    assertEquals(answers, ["a1", "b1", "a1 a2", "b1 b2"]);
    assertEquals(pool.stats().processes, 1);
  });
});

/** Cancels a run when the API has received its prompt, which it does not answer. */
async function canceledInText(
  running: Promise<readonly RunEvent[]>,
  { api }: Scene,
  cancel: AbortController,
): Promise<readonly RunEvent[]> {
  await api.requested(({ userText }) => userText.includes("hang"));
  cancel.abort();
  return await running;
}

/** Kills a claude, and runs a prompt when the session has noticed it. */
async function killAndRun(session: ClaudeSession, pid: number): Promise<readonly RunEvent[]> {
  Deno.kill(pid, "SIGKILL");
  assert(await waitFor(() => !session.hasProcess, STARTED_WITHIN_MS));
  const events = await eventsOf(session, "c2");
  assertEquals(eventsOfType(events, "notice").map(({ kind }) => kind), ["restarted"]);
  return events;
}
