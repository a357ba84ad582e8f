import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { type DeniedTool, RunState } from "../../lib/run/run_state.ts";

/** What these events add up to. */
function factsOf(...bodies: EventBody[]): RunState {
  const stamp = createEventFactory(() => null);
  const facts = new RunState();
  for (const body of bodies) facts.record(stamp(body));
  return facts;
}

const RESULT: EventBody<"result"> = {
  type: "result",
  ok: true,
  subtype: "success",
  text: "",
  turns: 2,
  duration_ms: 1,
  api_duration_ms: 1,
  cost_usd: 0.5,
  usage: { input: 1, output: 2, cache_read: 3, cache_write: 4 },
  denials: [],
  errors: [],
};
const RETRY: EventBody<"retry"> = {
  type: "retry",
  attempt: 1,
  max_retries: 10,
  delay_ms: 1,
  reason: "overloaded",
};
const USE: EventBody<"tool_use"> = {
  type: "tool_use",
  id: "t",
  name: "Bash",
  input: { command: "ls", description: "look" },
};
const DENIED: EventBody<"permission_denied"> = {
  type: "permission_denied",
  tool_use_id: "t",
  name: "Bash",
};

function toolResult(is_error: boolean): EventBody<"tool_result"> {
  const rest = { tool_use_id: "t", name: "Bash", text: "no", duration_ms: null };
  return { type: "tool_result", is_error, ...rest };
}

Deno.test("RunState adds the turns and tokens of all results and keeps the last result", () => {
  const facts = factsOf(RESULT, { ...RESULT, turns: 1, cost_usd: 0.7, text: "last" });
  assertEquals(facts.turns, 3);
  assertEquals(facts.usage, { input: 2, output: 4, cache_read: 6, cache_write: 8 });
  assertEquals([facts.result?.text, facts.result?.cost_usd], ["last", 0.7]);
});

Deno.test("RunState of one run is independent of another", () => {
  factsOf(RESULT);
  assertEquals(factsOf().usage, { input: 0, output: 0, cache_read: 0, cache_write: 0 });
});

Deno.test("RunState keeps the last session and the last directory", () => {
  const facts = factsOf(
    { type: "session_info", session_id: "s1", cwd: "/a" },
    { type: "session_info", session_id: "s2" },
  );
  assertEquals([facts.sessionId, facts.cwd], ["s2", "/a"]);
});

Deno.test("RunState keeps a retry until its request succeeds or fails", () => {
  const text: EventBody = { type: "text", text: "", message_id: "", index: 0 };
  const notice: EventBody = { type: "notice", level: "info", kind: "hook", text: "" };
  assertEquals(factsOf(RETRY, notice).openRetry?.attempt, 1);
  assertEquals(factsOf(RETRY, { ...RETRY, attempt: 2 }).openRetry?.attempt, 2);
  for (const body of [text, USE, RESULT]) assertEquals(factsOf(RETRY, body).openRetry, undefined);
});

Deno.test("RunState keeps denied calls, with their input if the call is known", () => {
  const refused = (...bodies: EventBody[]) => [...factsOf(...bodies).denied];
  const known: DeniedTool = { name: "Bash", input: { command: "ls" } };
  assertEquals(refused(USE, DENIED), [["t", known]]);
  assertEquals(refused(USE, DENIED, toolResult(true)), [["t", known]]);
  assertEquals(refused(USE, toolResult(true), DENIED), [["t", { ...known, denialText: "no" }]]);
  assertEquals(refused(DENIED), [["t", { name: "Bash" }]]);
  // The reason is what the result says, and comes first.
  const late = refused(USE, { ...DENIED, reason: "no" }, toolResult(true));
  assertEquals(late, [["t", { ...known, denialText: "no" }]]);
});

Deno.test("RunState keeps only the identifying part of a denied input", () => {
  const input = { file_path: "/a", content: "x".repeat(1_000_000), command: "y".repeat(10_000) };
  const [[, tool] = []] = factsOf({ ...USE, input }, DENIED).denied;
  assertEquals(tool?.input, { file_path: "/a", command: "y".repeat(4096) });
});

Deno.test("RunState counts the messages of Claude Code only", () => {
  const start: EventBody = {
    type: "start",
    schema: "ccrun.events/1",
    ccrun: "",
    time: null,
    claude: null,
    cwd: null,
  };
  const raw: EventBody = { type: "raw", content: "x" };
  const stderr: EventBody = { type: "notice", level: "info", kind: "stderr", text: "x" };
  assertEquals(factsOf(start, raw, stderr).messages, 0);
  assertEquals(factsOf(start, USE, { type: "unknown", event: {} }).messages, 2);
});

Deno.test("RunState keeps a limited part of the last lines that are not messages", () => {
  const lines = Array.from({ length: 20 }, (_, line) => `${line} ${"x".repeat(100_000)}`);
  const { rawLines } = factsOf(...lines.map((content): EventBody => ({ type: "raw", content })));
  assertEquals(rawLines.map((line) => line.split(" ")[0]), ["15", "16", "17", "18", "19"]);
  assertEquals(rawLines.every((line) => line.length <= 500), true);
});
