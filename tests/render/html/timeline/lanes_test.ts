import { assertEquals } from "@std/assert";
import { type EventBody, type RunEvent, SCHEMA_ID } from "../../../../lib/events.ts";
import {
  type Bar,
  hasTimes,
  type Lane,
  lanesOf,
} from "../../../../lib/render/html/timeline/lanes.ts";
import { ReportBuilder } from "../../../../lib/render/report/report_builder.ts";

type Timed = readonly [timeMs: number | null, body: EventBody];

function reportOf(events: readonly Timed[]) {
  const builder = new ReportBuilder();
  for (const [seq, [time_ms, body]] of events.entries()) {
    builder.event({ ...body, seq, time_ms } as RunEvent);
  }
  return builder.report();
}

function call(id: string, parent?: string): EventBody {
  const body = { type: "tool_use", id, name: "Bash", input: { command: id } } as const;
  return parent === undefined ? body : { ...body, parent_tool_use_id: parent };
}

function output(id: string, is_error = false, parent?: string): EventBody {
  const result = { type: "tool_result", tool_use_id: id, name: "Bash", text: "" } as const;
  const body = { ...result, is_error, duration_ms: null };
  return parent === undefined ? body : { ...body, parent_tool_use_id: parent };
}

/** Returns the bars of lanes in short words; those of a subagent are in parentheses. */
function outline(lanes: readonly Lane[]): string[] {
  const bar = ({ start, end, isProblem, inner }: Bar): string =>
    `${start}-${end}${isProblem ? "!" : ""}${inner.length > 0 ? `(${inner.map(bar)})` : ""}`;
  return lanes.map(({ name, rows }) => `${name}: ${rows.map((row) => row.map(bar)).join(" / ")}`);
}

Deno.test("lanesOf puts turns, tools, subagents and waits in lanes", () => {
  const report = reportOf([
    [0, {
      type: "start",
      schema: SCHEMA_ID,
      ccrun: "0",
      time: "2026-11-27T10:00:00Z",
      claude: null,
      cwd: null,
    }],
    [10, call("a")],
    [20, call("b")],
    [30, output("b", true)],
    [40, output("a")],
    [50, call("agent")],
    [60, call("c", "agent")],
    [70, output("c")],
    [80, output("agent")],
    [90, { type: "retry", attempt: 1, max_retries: 2, delay_ms: 5, reason: "overloaded" }],
  ]);
  assertEquals(hasTimes(report), true);
  assertEquals(outline(lanesOf(report)), [
    "Turns: 0-90",
    "Tools: 10-40 / 20-30!",
    "Subagents: 50-80(60-70)",
    "Waits: 90-95",
  ]);
});

Deno.test("lanesOf ends a subagent with its last step", () => {
  const report = reportOf([
    [0, call("a")],
    [10, output("a")],
    [20, call("b", "a")],
    [30, output("b", false, "a")],
  ]);
  assertEquals(outline(lanesOf(report)), ["Turns: 0-10", "Subagents: 0-30(20-30)"]);
});

Deno.test("lanesOf shows calls of which only one time is known as points", () => {
  const report = reportOf([[0, call("a")], [null, call("b")], [10, output("b")]]);
  assertEquals(outline(lanesOf(report)), ["Turns: 0-10", "Tools: 0-0,10-10"]);
});

Deno.test("lanesOf spaces steps evenly if no time is known", () => {
  const report = reportOf([
    [null, call("a")],
    [null, output("a")],
    [null, call("agent")],
    [null, call("b", "agent")],
  ]);
  assertEquals(hasTimes(report), false);
  assertEquals(outline(lanesOf(report)), ["Turns: 1-4", "Tools: 1-2", "Subagents: 2-4(3-4)"]);
});

Deno.test("lanesOf limits the number of rows", () => {
  const calls = Array.from({ length: 20 }, (_, at): Timed => [at, call(`${at}`)]);
  const outputs = Array.from({ length: 20 }, (_, at): Timed => [100 + at, output(`${at}`)]);
  const tools = lanesOf(reportOf([...calls, ...outputs])).find(({ name }) => name === "Tools");
  assertEquals(tools?.rows.map((row) => row.length), [1, 1, 1, 1, 1, 15]);
});
