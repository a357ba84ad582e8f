/**
 * Batches of the real Claude Code that wait, continue, and stop.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { apiError, type Respond, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { assertBatchEvents } from "../support/batch_output.ts";
import { exitCodes, readResults } from "../support/batch_results.ts";
import { sinceClaude } from "../support/claude.ts";
import { limitReached, PLAN_ENV } from "../support/plan_limit.ts";
import { outputLines } from "../support/serve_output.ts";
import { testWith } from "../support/test_with.ts";
import { runBatch, startBatch } from "../e2e/batch_scene.ts";
import { type Scene, withScene } from "../e2e/scene.ts";

const REPORTS_RESETS = sinceClaude(
  "2.1.0",
  "Claude Code 2.0 does not report when a limit is reset",
);

/** Writes the tasks and returns the arguments of a batch. Each prompt is the id of its task. */
async function writeTasks({ sandbox }: Scene, ids: readonly string[]): Promise<string[]> {
  await Deno.writeTextFile(`${sandbox.project}/tasks.txt`, `${ids.join("\n")}\n`);
  return ["tasks.txt", "--results", resultsPath(sandbox)];
}

const resultsPath = ({ root }: { readonly root: string }) => `${root}/results.jsonl`;

/** Returns the task of a request. */
function taskOf({ firstPrompt }: ApiRequest): string {
  return /task-\w/.exec(firstPrompt)?.[0] ?? "";
}

/** Answers with the name of the task. */
const answer: Respond = (request) => text(`Done: ${taskOf(request)}`);

testWith(
  REPORTS_RESETS,
  "ccrun batch --wait-for-limit continues all sessions after the reset",
  async () => {
    let resetsAt = 0;
    const limited = new Set<string>();
    const respond: Respond = (request) => {
      if (taskOf(request) === "task-b" && resetsAt === 0) resetsAt = Date.now() + 2_000;
      if (Date.now() > resetsAt) return answer(request);
      limited.add(taskOf(request));
      return limitReached(resetsAt);
    };
    await withScene(respond, async (scene) => {
      const args = await writeTasks(scene, ["task-a", "task-b", "task-c", "task-d"]);
      const options = ["--jobs", "2", "--wait-for-limit", "1m", "--json"];
      const { code, stdout, stderr } = await runBatch(scene, [...args, ...options], {
        env: PLAN_ENV,
      });
      assertEquals(code, 0, stderr);
      const results = await readResults(resultsPath(scene.sandbox));
      assertEquals(exitCodes(results), {
        "task-a": "0",
        "task-b": "0",
        "task-c": "0",
        "task-d": "0",
      });
      for (const { id, answer } of results) assertEquals(answer, `Done: ${id}`);
      const events = outputLines(stdout);
      assertBatchEvents(events);
      const waits = events.filter(({ type }) => type === "waiting");
      assert(limited.has("task-b") && waits.length >= limited.size, stdout);
      for (const { reason, until, resets_at } of waits) {
        assertEquals([reason, Date.parse(String(resets_at))], [
          "quota",
          Math.ceil(resetsAt / 1000) * 1000,
        ]);
        assert(Date.parse(String(until)) >= Date.parse(String(resets_at)), `${until}`);
      }
    });
  },
);

testWith(
  REPORTS_RESETS,
  "ccrun batch stops at a usage limit, and the same command continues",
  async () => {
    const resetsAt = Date.now() + 3_600_000;
    let isLimited = true;
    const respond: Respond = (request) =>
      isLimited && taskOf(request) !== "task-a" ? limitReached(resetsAt) : answer(request);
    await withScene(respond, async (scene) => {
      const args = [...await writeTasks(scene, ["task-a", "task-b", "task-c"]), "--jobs", "1"];
      const { code, stdout, stderr } = await runBatch(scene, args, { env: PLAN_ENV });
      assertEquals([code, stdout], [8, ""], stderr);
      const results = await readResults(resultsPath(scene.sandbox));
      assertEquals(exitCodes(results), { "task-a": "0", "task-b": "8" });
      assertEquals(
        results[1]?.["resets_at"],
        new Date(Math.ceil(resetsAt / 1000) * 1000).toISOString(),
      );
      isLimited = false;
      const again = await runBatch(scene, args, { env: PLAN_ENV });
      assertEquals(again.code, 0, again.stderr);
      assertEquals(exitCodes(await readResults(resultsPath(scene.sandbox))), {
        "task-a": "0",
        "task-b": "8 0",
        "task-c": "0",
      });
    });
  },
);

Deno.test("ccrun batch --attempts resumes a task after an overload", async () => {
  const overloaded = apiError(529, "overloaded_error", "Overloaded");
  let failures = 0;
  const respond: Respond = (request) =>
    taskOf(request) === "task-b" && failures++ === 0 || taskOf(request) === "task-c"
      ? overloaded
      : answer(request);
  await withScene(respond, async (scene) => {
    const args = await writeTasks(scene, ["task-a", "task-b", "task-c"]);
    const options = ["--attempts", "2", "--max-retries", "0"];
    const { code, stderr } = await runBatch(scene, [...args, ...options]);
    assertEquals(code, 1, stderr);
    const results = await readResults(resultsPath(scene.sandbox));
    assertEquals(exitCodes(results), { "task-a": "0", "task-b": "0", "task-c": "4" });
    const resumed = scene.turns().filter((request) => taskOf(request) === "task-b");
    assertEquals(resumed.length, 2);
    assertStringIncludes(stderr, "task-c");
  });
});

Deno.test("Ctrl-C stops the tasks, and the printed command runs the rest", async () => {
  let hangs = true;
  const respond: Respond = (request) =>
    hangs && taskOf(request) !== "task-a" ? { type: "hang" } : answer(request);
  await withScene(respond, async (scene) => {
    const path = resultsPath(scene.sandbox);
    const args = await writeTasks(scene, ["task-a", "task-b", "task-c", "task-d"]);
    await using batch = await startBatch(scene, [...args, "--jobs", "2"]);
    for (const task of ["task-b", "task-c"]) {
      const requested = scene.api.requested((request) => taskOf(request) === task);
      await Promise.race([requested, batch.finished]);
    }
    batch.kill("SIGINT");
    const { code, stderr } = await batch.finished;
    assertEquals(code, 130, stderr);
    const codes = exitCodes(await readResults(path));
    assertEquals(codes, { "task-a": "0", "task-b": "130", "task-c": "130" });
    hangs = false;
    const resume = /^ *(ccrun batch .*)$/m.exec(stderr)?.[1];
    assert(resume !== undefined, stderr);
    const again = await scene.shell(resume);
    assertEquals(again.code, 0, again.stderr);
    assertMatch(again.stderr, /1 skipped/);
    assertEquals(exitCodes(await readResults(path)), {
      "task-a": "0",
      "task-b": "130 0",
      "task-c": "130 0",
      "task-d": "0",
    });
  });
});
