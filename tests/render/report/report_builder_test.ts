import { assertEquals } from "@std/assert";
import {
  createEventFactory,
  type EventBody,
  NO_USAGE,
  type RunEvent,
} from "../../../lib/events.ts";
import type { Report, ReportStep } from "../../../lib/render/report.ts";
import { ReportBuilder } from "../../../lib/render/report/report_builder.ts";
import { hostileRun } from "../../support/hostile_run.ts";

function reportOf(bodies: readonly EventBody[]): Report {
  const createEvent = createEventFactory(() => null);
  return reportOfEvents(bodies.map((body) => createEvent(body)));
}

/** Returns the report of events that happen every 100 milliseconds. */
function timedReport(bodies: readonly EventBody[]): Report {
  let now = -100;
  const createEvent = createEventFactory(() => now += 100);
  return reportOfEvents(bodies.map((body) => createEvent(body)));
}

function reportOfEvents(events: readonly RunEvent[]): Report {
  const builder = new ReportBuilder();
  for (const event of events) builder.event(event);
  return builder.report();
}

function text(text: string, place: { id?: string; index?: number; parent?: string } = {}) {
  const { id = text, index = 0, parent } = place;
  const body = { type: "text", text, message_id: id, index } as const;
  return parent === undefined ? body : { ...body, parent_tool_use_id: parent };
}

function prompt(text: string): EventBody {
  return { type: "user_text", kind: "prompt", text };
}

function call(id: string, parent?: string): EventBody {
  const body = { type: "tool_use", id, name: "Bash", input: { command: `run ${id}` } } as const;
  return parent === undefined ? body : { ...body, parent_tool_use_id: parent };
}

function output(id: string, text: string, fields = {}): EventBody {
  const body = { type: "tool_result", tool_use_id: id, name: "Bash", text } as const;
  return { ...body, is_error: false, duration_ms: null, ...fields };
}

function result(text: string, fields: Partial<EventBody<"result">> = {}): EventBody {
  return {
    type: "result",
    ok: true,
    subtype: "success",
    text,
    turns: 1,
    duration_ms: 1,
    api_duration_ms: 1,
    cost_usd: null,
    usage: null,
    denials: [],
    errors: [],
    ...fields,
  };
}

/** Returns steps in short words; the steps of a subagent are in parentheses. */
function outline(steps: readonly ReportStep[]): string {
  return steps.map((step) => {
    switch (step.kind) {
      case "call": {
        const { id, state, output, steps } = step.call;
        const nested = steps.length === 0 ? "" : ` (${outline(steps)})`;
        return `${id} ${state}${output === null ? "" : `: ${output}`}${nested}`;
      }
      case "notice":
        return `${step.notice.level}: ${step.notice.text}`;
      case "result":
        return `result ${step.result.text}`;
      default:
        return `${step.kind} ${step.text}`;
    }
  }).join(", ");
}

function outlines(bodies: readonly EventBody[]): string[] {
  return reportOf(bodies).turns.map(({ steps }) => outline(steps));
}

Deno.test("ReportBuilder divides a session into turns", () => {
  const cases: { name: string; events: EventBody[]; turns: string[] }[] = [
    { name: "no events", events: [], turns: [] },
    {
      name: "two prompts",
      events: [prompt("A"), text("a"), result("a"), prompt("B"), text("b"), result("b")],
      turns: ["prompt A, text a, result a", "prompt B, text b, result b"],
    },
    {
      name: "a turn that a background task starts",
      events: [text("a"), result("a"), text("b"), result("b")],
      turns: ["text a, result a", "text b, result b"],
    },
    {
      name: "a turn without a result",
      events: [prompt("A"), text("a"), prompt("B"), text("b")],
      turns: ["prompt A, text a", "prompt B, text b"],
    },
    {
      name: "a prompt in parts",
      events: [prompt("A"), prompt("[image]"), text("a")],
      turns: ["prompt A, prompt [image], text a"],
    },
    {
      name: "a summary before a prompt",
      events: [
        text("a"),
        result("a"),
        { type: "user_text", kind: "compaction", text: "So far" },
        prompt("/compact"),
      ],
      turns: ["text a, result a", "user_text So far, prompt /compact"],
    },
    {
      name: "a notice after a result",
      events: [text("a"), result("a"), {
        type: "notice",
        level: "warning",
        kind: "stderr",
        text: "!",
      }],
      turns: ["text a, result a, warning: !"],
    },
  ];
  for (const { name, events, turns } of cases) assertEquals(outlines(events), turns, name);
});

Deno.test("ReportBuilder joins texts that continue each other", () => {
  const blocks = [
    text("one ", { id: "m", index: 0 }),
    text("two ", { id: "m", index: 1 }),
    { type: "user_text", kind: "continuation", text: "Resume directly" } as const,
    { ...text("three", { id: "n" }), continues: true },
    text("four", { id: "o" }),
  ];
  assertEquals(outlines(blocks), ["text one two three, text four"]);
});

Deno.test("ReportBuilder removes texts that were retracted", () => {
  const retraction: EventBody = {
    type: "notice",
    level: "info",
    kind: "retracted",
    text: "a message was retracted",
    retracts: ["m", "missing"],
  };
  const events = [
    text("one ", { id: "m" }),
    { type: "thinking", text: "hm", message_id: "m", index: 1 } as const,
    text("two", { id: "m", index: 2 }),
    text("kept", { id: "n" }),
    { ...text(" end", { id: "m" }), continues: true },
  ];
  assertEquals(outlines([...events, retraction, text("after")]), ["text kept, text after"]);
});

Deno.test("ReportBuilder nests the steps of subagents", () => {
  assertEquals(
    outlines([
      call("a"),
      call("b"),
      call("c", "a"),
      text("in b", { parent: "b" }),
      output("c", "C"),
      output("a", "A"),
      result("end"),
      text("late", { parent: "b" }),
      output("b", "B", { is_error: true }),
    ]),
    ["a done: A (c done: C), b failed: B (text in b, text late), result end"],
  );
});

Deno.test("ReportBuilder places the calls of confused recordings", () => {
  const cases: { name: string; events: EventBody[]; outline: string }[] = [
    { name: "its own parent", events: [call("a", "a"), output("a", "A")], outline: "a done: A" },
    {
      name: "each other's parent",
      events: [call("a", "b"), call("b", "a"), output("a", "A")],
      outline: "b running (a done: A)",
    },
    {
      name: "an unknown parent that is named later",
      events: [text("in a", { parent: "a" }), call("a"), output("a", "A")],
      outline: "a done: A (text in a)",
    },
    { name: "no call", events: [output("a", "A")], outline: "a done: A" },
    {
      name: "the same id twice",
      events: [call("a"), output("a", "1"), call("a"), output("a", "2")],
      outline: "a done: 1, a done: 2",
    },
    {
      name: "the same id in itself",
      events: [call("a"), call("a", "a"), output("a", "A")],
      outline: "a running, a done: A",
    },
  ];
  for (const { name, events, outline } of cases) assertEquals(outlines(events), [outline], name);
});

Deno.test("ReportBuilder limits the depth of subagents", () => {
  const calls = Array.from({ length: 10_000 }, (_, at) => call(`${at + 1}`, `${at}`));
  const depthOf = (steps: readonly ReportStep[]): number =>
    1 +
    Math.max(
      0,
      ...steps.slice(0, 5).map((step) => step.kind === "call" ? depthOf(step.call.steps) : 0),
    );
  const [turn] = reportOf(calls).turns;
  assertEquals(depthOf(turn!.steps), 12);
});

Deno.test("ReportBuilder keeps what is known of a call", () => {
  const image = {
    type: "image",
    source: { type: "base64", media_type: "image/png", data: "AAAA" },
  };
  const { turns, toolCounts } = timedReport([
    call("a"),
    output("a", "<tool_use_error>no</tool_use_error>", { is_error: true, diff: "+x" }),
    call("b"),
    output("b", "[image]", { content: [image, { type: "image" }, 7] }),
    call("c"),
    { type: "permission_denied", tool_use_id: "c", name: "Bash", reason: "not allowed" },
    output("c", "denied", { is_error: true }),
  ]);
  const calls = turns[0]!.steps.flatMap((step) => step.kind === "call" ? [step.call] : []);
  assertEquals(
    calls.map(({ state, output, durationMs, diff, denialReason, images }) => [
      state,
      output,
      durationMs,
      diff,
      denialReason,
      images.length,
    ]),
    [
      ["failed", "no", 100, "+x", "", 0],
      ["done", "[image]", 100, null, "", 1],
      ["denied", "denied", 200, null, "not allowed", 0],
    ],
  );
  assertEquals(calls[1]!.images, [{ mediaType: "image/png", data: "AAAA" }]);
  assertEquals(calls[0]!.label.argument, "run a");
  assertEquals(toolCounts, { all: 3, failed: 1, denied: 1 });
});

Deno.test("ReportBuilder ends a background call with its task", () => {
  const { turns } = timedReport([
    call("a"),
    output("a", "launched"),
    { type: "task", task_id: "t", tool_use_id: "a", status: "progress" },
    { type: "task", task_id: "t", tool_use_id: "a", status: "completed" },
    { type: "task", task_id: "u", status: "completed", summary: "of an unknown call" },
  ]);
  const [step, notice] = turns[0]!.steps;
  assertEquals(step?.kind === "call" && [step.call.durationMs, step.call.endMs], [100, 300]);
  assertEquals(notice?.kind === "notice" && notice.notice.text, "of an unknown call");
});

Deno.test("ReportBuilder records how long a session waited", () => {
  const wait: EventBody = {
    type: "waiting",
    reason: "quota",
    message: "limit",
    until: "2026-11-27T10:01:00Z",
  };
  const { waits, turns } = timedReport([
    {
      type: "start",
      schema: "ccrun.events/1",
      ccrun: "0",
      time: "2026-11-27T10:00:00Z",
      claude: null,
      cwd: null,
    },
    { type: "retry", attempt: 1, max_retries: 2, delay_ms: 500, reason: "overloaded" },
    wait,
    wait,
  ]);
  assertEquals(waits.map(({ cause, startMs, endMs }) => [cause, startMs, endMs]), [
    ["api", 100, 600],
    ["limit", 200, 60_000],
  ]);
  assertEquals(waits.map(({ stepNumber }) => stepNumber), turns[0]!.steps.map((s) => s.number));
});

Deno.test("ReportBuilder measures a turn until its result", () => {
  const session: EventBody = { type: "session_info", model: "m" };
  const { turns, durationMs } = timedReport([
    prompt("A"),
    text("a"),
    result("a"),
    session,
    session,
    prompt("B"),
    text("b"),
  ]);
  assertEquals(turns.map(({ startMs, endMs }) => [startMs, endMs]), [[0, 200], [500, 600]]);
  assertEquals(durationMs, 600);
});

Deno.test("ReportBuilder keeps the answer, the facts of the session and the first prompt", () => {
  const report = reportOf([
    { type: "session_info", session_id: "s", model: "one", cwd: "/w" },
    { type: "session_info", model: "two", claude_version: "2" },
    prompt("A"),
    text("a"),
    result("a", { answer: "all" }),
    prompt("B"),
  ]);
  assertEquals(report.session, {
    id: "s",
    model: "two",
    cwd: "/w",
    permissionMode: null,
    claudeVersion: "2",
  });
  assertEquals([report.prompt, report.answer], ["A", "all\n"]);
  const last = report.turns[0]!.steps.at(-1);
  assertEquals(last?.kind === "result" && last.isRepetition, true);
});

Deno.test("ReportBuilder counts tokens by model if the end of the session is not known", () => {
  const usage = (message_id: string, model: string, output: number): EventBody => ({
    type: "usage",
    message_id,
    model,
    usage: { ...NO_USAGE, output },
  });
  const events = [usage("m", "one", 1), usage("m", "one", 5), usage("n", "two", 7)];
  const { usage: all, models, costUsd } = reportOf(events);
  assertEquals([all?.output, costUsd], [12, null]);
  assertEquals(models.map(({ name, output, cost_usd }) => [name, output, cost_usd]), [
    ["one", 5, null],
    ["two", 7, null],
  ]);
  const ended = reportOf([...events, {
    type: "exit",
    code: 0,
    reason: "success",
    ok: true,
    turns: 2,
    cost_usd: 3,
    usage: { ...NO_USAGE, output: 9 },
    models: {
      cheap: { ...NO_USAGE, cost_usd: 1 },
      expensive: { ...NO_USAGE, cost_usd: 2 },
    },
    duration_ms: 5,
  }]);
  assertEquals([ended.usage?.output, ended.costUsd, ended.durationMs], [9, 3, 5]);
  assertEquals(ended.models.map(({ name }) => name), ["expensive", "cheap"]);
});

Deno.test("ReportBuilder accepts hostile events", () => {
  const evil = "</script>\u202e\x1b[2J";
  const { turns, error } = reportOf(hostileRun(evil));
  assertEquals(turns.length, 1);
  assertEquals(error?.message, evil);
});
