/**
 * Tests the log of a CI system without progress.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import type { CiSystem } from "../../lib/ci/detect.ts";
import { createCiLog } from "../../lib/ci/log.ts";
import { createProblemsRenderer } from "../../lib/render/problems.ts";
import { createStyles } from "../../lib/terminal/styles.ts";
import { type JobLog, readGithubLog } from "../support/github_runner.ts";
import { makeKept } from "../support/kept_writer.ts";
import { result, START, text, use } from "../support/rendered_run.ts";

async function render(bodies: readonly EventBody[], system?: CiSystem): Promise<string> {
  const kept = makeKept();
  const ci = system === undefined ? undefined : createCiLog(system);
  const renderer = createProblemsRenderer(kept.sink, createStyles(false), ci);
  const createEvent = createEventFactory(() => null);
  for (const body of bodies) renderer.event(createEvent(body));
  return await kept.text();
}

async function github(bodies: readonly EventBody[]): Promise<JobLog> {
  return readGithubLog(await render(bodies, "github"));
}

const FAILURE: EventBody = {
  type: "error",
  error: { kind: "api", message: "it broke", hint: "fix it" },
};

Deno.test("on GitHub the problems renderer annotates the error of the run, and prints it once", async () => {
  const { seen, annotations } = await github([text("Last words."), FAILURE]);
  assertEquals(seen, [
    "ccrun: claude said:",
    "  Last words.",
    "Error: ccrun: it broke",
    "fix it",
  ]);
  assertEquals(annotations.map(({ level, title }) => [level, title]), [["error", "ccrun: api"]]);
});

Deno.test("on GitHub the problems renderer annotates warnings, retries, denials and failed tools", async () => {
  const failed = { is_error: true };
  const events: EventBody[] = [
    START,
    { type: "notice", level: "info", kind: "hook", text: "fine" },
    { type: "notice", level: "warning", kind: "hook", text: "careful" },
    { type: "notice", level: "error", kind: "auth", text: "no" },
    { type: "retry", attempt: 1, max_retries: 2, delay_ms: 500, reason: "overloaded" },
    { type: "retry", attempt: 2, max_retries: 2, delay_ms: 900, reason: "overloaded" },
    use("a", "Bash", { command: "ls" }),
    result("a", "x"),
    use("b", "Bash", { command: "rm x" }, "agent"),
    { type: "permission_denied", tool_use_id: "b", name: "Bash", reason: "not allowed" },
    { ...result("b", "not allowed", failed) },
    use("c", "Edit", { file_path: "a.ts", old_string: "two" }),
    result("c", "not found", { ...failed, name: "Edit" }),
    result("unseen", "<tool_use_error>Exit code 1\nbad</tool_use_error>", failed),
    result("stopped", "STOP what you are doing", { ...failed, interrupted: true }),
    { type: "permission_denied", tool_use_id: "unseen", name: "Write" },
  ];
  const { seen, annotations } = await github(events);
  assertEquals(annotations.map(({ level, title }) => [level, title]), [
    ["warning", "claude: hook"],
    ["error", "claude: auth"],
    ["warning", "API retry"],
    ["warning", "Bash denied: rm x"],
    ["error", "Edit failed: a.ts"],
    ["error", "Bash failed"],
    ["warning", "Write denied"],
  ]);
  assertEquals(seen, [
    "Warning: ccrun: careful",
    "Error: ccrun: no",
    "Warning: retry 1/2 in 0.5s: overloaded",
    "Warning: Bash rm x denied: not allowed",
    "Error: Edit a.ts: not found",
    "Error: Bash: Exit code 1",
    "bad",
    "Warning: Write denied",
  ]);
});

Deno.test("on GitHub the problems renderer reserves an annotation for the error of the run", async () => {
  const events: EventBody[] = [];
  for (let n = 1; n <= 20; n++) {
    events.push({ type: "notice", level: "error", kind: "x", text: `trouble ${n}` });
  }
  const { seen, annotations } = await github([...events, FAILURE]);
  assertEquals([annotations.length, annotations.at(-1)?.title], [10, "ccrun: api"]);
  for (let n = 1; n <= 20; n++) {
    assertEquals(seen.filter((line) => line.endsWith(`trouble ${n}`)).length, 1);
  }
  assertEquals(seen.filter((line) => line.includes("GitHub shows 10 errors")).length, 1);
});

Deno.test("on GitLab the problems renderer prints the same as without CI", async () => {
  const events: EventBody[] = [
    text("Last words."),
    { type: "notice", level: "warning", kind: "hook", text: "careful" },
    { type: "retry", attempt: 1, max_retries: 2, delay_ms: 500, reason: "overloaded" },
    result("a", "bad", { is_error: true }),
    FAILURE,
  ];
  const same = await render(events);
  assert(same.includes("it broke"));
  assertEquals(await render(events, "gitlab"), same);
});
