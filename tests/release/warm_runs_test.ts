/**
 * Runs of a session that keeps its claude: the same events, answers and numbers as of a claude of their own.
 *
 * @module
 */

import { apiError, message, subagent, text, thinking, toolUse } from "../support/api_reply.ts";
import { bash } from "../e2e/scene.ts";
import { assertSameRuns, type ComparedRun, UNTIL_RESULT } from "./warm_scene.ts";

const never = new Promise<never>(() => {});

/** Text that states what the process has cost. */
const COST = /(?:Estimated|Total) cost[^]*/g;

const RUNS: readonly ComparedRun[] = [
  { name: "answer", replies: [message(thinking("Hm."), text("An answer."))] },
  { name: "tool", replies: [bash("echo output"), bash("exit 3"), text("Two tools.")] },
  { name: "empty", replies: [message()] },
  {
    name: "subagent",
    replies: [
      subagent({ prompt: "subagent-subagent", background: true }),
      text("It is running."),
      text("It has ended."),
    ],
    subagent: [bash("true"), text("What the subagent found.")],
  },
  {
    name: "background",
    replies: [
      toolUse("Bash", { command: UNTIL_RESULT, description: "Wait", run_in_background: true }),
      text("It is running."),
      text("It has ended."),
    ],
  },
  {
    name: "error",
    replies: [apiError(400, "invalid_request_error", "No such thing")],
    reason: "api",
  },
  { name: "cost", prompt: "/cost", replies: [], varying: COST },
  { name: "compact", prompt: "/compact", replies: [], onlyOutcome: true },
  {
    // The claude of a cold run writes no result if SIGINT interrupts it.
    name: "interrupted",
    replies: [message(text("partial words of an answer"), { pause: never })],
    stopAt: ({ type }) => type === "session_info",
    reason: "interrupt",
    onlyOutcome: true,
  },
  {
    name: "stopped",
    replies: [bash("while :; do sleep 0.1; done")],
    stopAt: ({ type }) => type === "tool_use",
    reason: "interrupt",
    onlyOutcome: true,
  },
  { name: "clear", prompt: "/clear", replies: [] },
  { name: "last", replies: [text("The last answer.")] },
];

Deno.test("runs with a kept claude are as those with a claude of their own", async (t) => {
  await assertSameRuns(t, RUNS, { dangerouslySkipPermissions: true });
});

const LIMITED: readonly ComparedRun[] = [
  { name: "denied", replies: [bash("touch file"), text("It is denied.")] },
  { name: "limit", replies: [bash("true"), bash("true"), bash("true")], reason: "limit" },
  { name: "next", replies: [text("Below the limit.")] },
];

Deno.test("limits and denials are the same with a kept claude", async (t) => {
  await assertSameRuns(t, LIMITED, { maxTurns: 2, allowedTools: ["Bash(true)"] });
});

const SCHEMA = {
  type: "object",
  properties: { n: { type: "number" } },
  required: ["n"],
};

const STRUCTURED: readonly ComparedRun[] = [1, 2].map((n) => ({
  name: `output${n}`,
  replies: [toolUse("StructuredOutput", { n }), text("Never.")],
}));

Deno.test("structured output is the same with a kept claude", async (t) => {
  await assertSameRuns(t, STRUCTURED, { jsonSchema: JSON.stringify(SCHEMA) });
});

const PAID: readonly ComparedRun[] = [
  { name: "paid", replies: [text("This costs less than the budget, but not twice.")] },
];

Deno.test("each run has the whole budget with a kept claude", async (t) => {
  await assertSameRuns(t, PAID, { maxBudgetUsd: 0.001 });
});
