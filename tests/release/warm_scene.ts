/**
 * Runs that are compared: each one with a claude of its own, and again with a claude that served others before.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { ClaudeSession, type ClaudeSessionOptions } from "../../lib/mod.ts";
import { apiError, hold, type Reply, type Respond, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { assertEvents } from "../support/event_schema.ts";
import { eventsOfType, exitOf } from "../support/events_of_type.ts";
import { asArray, asObject } from "../support/json.ts";
import { type Scene, withScene } from "../e2e/scene.ts";

/** A run that must not depend on what its claude did before. */
export interface ComparedRun {
  /** Identifies the run in its prompt: one word. */
  readonly name: string;
  /** What the model answers, turn by turn. */
  readonly replies: readonly Reply[];
  /** What a subagent with the name of the run in its prompt answers, after the first result of the run. */
  readonly subagent?: readonly Reply[];
  /** Another prompt, which does not reach the model. */
  readonly prompt?: string;
  /** The event at which the run is stopped. */
  readonly stopAt?: (event: RunEvent) => boolean;
  /** Whether only the outcomes are the same. */
  readonly onlyOutcome?: boolean;
  /** The reason in the `exit` event. @default {"success"} */
  readonly reason?: string;
  /** Texts that differ, for example because they state what the process has cost. */
  readonly varying?: RegExp;
}

/** The part of each prompt that identifies its run. */
const RUN_MARK = /the task called \w+/g;

/** The run that makes claude warm. */
const FIRST: ComparedRun = { name: "first", replies: [text("The first answer.")] };

/** Fields that depend on the time, or on whether claude exits. */
const VARYING_FIELDS: ReadonlySet<string> = new Set([
  "claude_exit_code",
  "run_id",
  "time",
  "time_ms",
  "timestamp",
  "duration_ms",
  "api_duration_ms",
  "elapsed_ms",
]);

/** Ids in texts and fields. */
const IDS = /\b(?:toolu_\d+|msg_\w+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g;

/** A command that waits for the first result of the run. */
export const UNTIL_RESULT = "until [ -e result-is-in ]; do sleep 0.05; done";

/**
 * Checks that runs have the same events with a claude that was started for the run, and with one that has
 * served the runs before it.
 */
export async function assertSameRuns(
  t: Deno.TestContext,
  runs: readonly ComparedRun[],
  options: ClaudeSessionOptions = {},
): Promise<void> {
  let firstResult = Promise.withResolvers<void>();
  const respond = respondTo([FIRST, ...runs], () => firstResult.promise);
  await withScene(respond, async (scene) => {
    const eventsOf = async (session: ClaudeSession, run: ComparedRun) => {
      firstResult = Promise.withResolvers();
      return await readEvents(session, run, `${scene.sandbox.project}/result-is-in`, firstResult);
    };
    const cold = sessionOf(scene, options);
    await using warm = sessionOf(scene, { keepAliveMs: 600_000, ...options });
    for (const session of [cold, warm]) await eventsOf(session, FIRST);
    for (const run of runs) {
      await t.step(run.name, async () => {
        const [expected, actual] = [await eventsOf(cold, run), await eventsOf(warm, run)];
        assertEquals(exitOf(expected).reason, run.reason ?? "success");
        assertEquals(comparable(actual, run), comparable(expected, run));
      });
    }
    // A budget counts all that a claude does, so each run has its own.
    assertEquals(warm.hasProcess, options.maxBudgetUsd === undefined);
  });
}

function sessionOf({ sandbox, api, claude }: Scene, options: ClaudeSessionOptions): ClaudeSession {
  return new ClaudeSession({
    workspace: sandbox.project,
    claudePath: claude,
    // Some versions have another default in a resumed session.
    model: "sonnet",
    env: sandbox.env(api.url),
    ...options,
  });
}

/** Runs a prompt. Resolves the promise, and creates the file, when the first result is in. */
async function readEvents(
  session: ClaudeSession,
  run: ComparedRun,
  resultFile: string,
  firstResult: PromiseWithResolvers<void>,
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  const stop = new AbortController();
  const prompt = run.prompt ?? `Do the task called ${run.name}`;
  for await (const event of session.run(prompt, { signal: stop.signal })) {
    events.push(event);
    if (run.stopAt?.(event)) stop.abort();
    if (event.type !== "result") continue;
    await Deno.writeTextFile(resultFile, "");
    firstResult.resolve();
  }
  await Deno.remove(resultFile).catch(() => {});
  assertEvents(events);
  return events;
}

/** Returns events without what differs between two runs of the same prompt. */
function comparable(events: readonly RunEvent[], { varying, onlyOutcome }: ComparedRun): unknown {
  if (onlyOutcome) return outcomeOf(events);
  const ids = new Map<string, string>();
  const nameOf = (id: string) => {
    if (!ids.has(id)) ids.set(id, `id ${ids.size}`);
    return ids.get(id) ?? "";
  };
  const tasks = eventsOfType(events, "task").map(({ task_id }) => task_id);
  const patterns = [IDS, ...new Set(tasks)];
  return JSON.parse(JSON.stringify(events, (key, value) => {
    if (VARYING_FIELDS.has(key)) return undefined;
    if (typeof value !== "string") return value;
    const text = varying === undefined ? value : value.replaceAll(varying, "...");
    return patterns.reduce((text: string, pattern) => text.replaceAll(pattern, nameOf), text);
  }));
}

function outcomeOf(events: readonly RunEvent[]): unknown {
  const { code, reason } = exitOf(events);
  const errors = eventsOfType(events, "error").map(({ error }) => error.message);
  return { code, reason, errors };
}

function respondTo(runs: readonly ComparedRun[], firstResult: () => Promise<void>): Respond {
  return (request) => {
    if (!request.hasTools || request.userText.includes("a detailed summary")) {
      return text("A summary");
    }
    const ofSubagent = runs.find(({ name }) => request.firstPrompt.includes(`subagent-${name}`));
    if (ofSubagent !== undefined) {
      const reply = ofSubagent.subagent?.[request.turn] ?? endOfScript(ofSubagent.name);
      return hold(firstResult(), reply);
    }
    const { name, turn } = runOf(request);
    const run = runs.find((run) => run.name === name);
    return run?.replies[turn] ?? endOfScript(name);
  };
}

function endOfScript(name: string): Reply {
  return apiError(400, "invalid_request_error", `the script of ${name} has ended`);
}

/**
 * Returns which run a request belongs to, and how often the model has answered in it. A prompt can share its
 * message with one that was interrupted, or with the result of the last tool.
 */
function runOf({ body }: ApiRequest): { readonly name: string; readonly turn: number } {
  const messages = asArray(body["messages"]).map(asObject);
  const namesIn = messages.map(({ role, content }) =>
    role === "user" ? JSON.stringify(content).match(RUN_MARK) ?? [] : []
  );
  const last = namesIn.findLastIndex((names) => names.length > 0);
  const since = messages.slice(last + 1).filter(({ role }) => role === "assistant");
  return { name: namesIn[last]?.at(-1)?.split(" ").at(-1) ?? "none", turn: since.length };
}
