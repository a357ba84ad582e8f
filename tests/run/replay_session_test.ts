import { assert, assertEquals } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { replaySession } from "../../lib/run/replay.ts";
import { createTempDirectory } from "../../lib/util/temp_directory.ts";
import { assertEvents } from "../support/event_schema.ts";
import { exitOf } from "../support/events_of_type.ts";
import { storeSession, type StoreSessionOptions } from "../support/stored_sessions.ts";
import { testWith } from "../support/test_with.ts";
import {
  assistant,
  costState,
  type Entry,
  prompt,
  toolCall,
  toolResult,
  transcript,
} from "../support/transcripts.ts";

const ANSWER = assistant([{ type: "text", text: "Done." }]);

/** Stores a session, and returns its events. */
async function eventsOf(
  lines: readonly (Entry | string)[],
  options: StoreSessionOptions = {},
): Promise<RunEvent[]> {
  using home = createTempDirectory();
  const { path } = await storeSession(home.path, "/project", lines, options);
  const events = await Array.fromAsync(replaySession(path));
  assertEvents(events);
  return events;
}

Deno.test("replaySession tells the times of the entries", async () => {
  const call = assistant([toolCall("toolu_1", "Bash", { command: "ls" })]);
  const events = await eventsOf(
    transcript([prompt("Hi."), call, toolResult("toolu_1", "a"), ANSWER]),
  );
  const [start] = events;
  assert(start?.type === "start");
  assertEquals(start.time, "2026-11-22T20:00:00.000Z");
  assertEquals(
    events.map(({ type, time_ms }) => `${type} ${time_ms}`),
    [
      "start 0",
      "session_info 0",
      "user_text 0",
      "tool_use 1000",
      "usage 1000",
      "tool_result 2000",
      "text 3000",
      "usage 3000",
      "result 3000",
      "exit 3000",
    ],
  );
  const result = events.find((event) => event.type === "tool_result");
  assertEquals([result?.duration_ms, exitOf(events).duration_ms], [1000, 3000]);
});

Deno.test("replaySession starts with the first time, which the first entries can lack", async () => {
  const untimed = ["mode", "permission-mode"].map((type) => ({
    type,
    sessionId: crypto.randomUUID(),
  }));
  const [start] = await eventsOf([...untimed, ...transcript([prompt("Hi."), ANSWER])]);
  assert(start?.type === "start");
  assertEquals([start.time, start.time_ms], ["2026-11-22T20:00:00.000Z", 0]);
  // Without any time the session is read, too.
  const types = (await eventsOf(untimed)).map(({ type }) => type);
  assertEquals([types[0], types.includes("unknown"), types.at(-1)], ["start", false, "exit"]);
});

Deno.test("replaySession merges the entries of subagents by their times", async () => {
  const call = assistant([toolCall("toolu_1", "Agent", { prompt: "Look." })]);
  const start = "2026-11-22T20:00:01.500Z";
  const step = assistant([toolCall("toolu_2", "Bash", { command: "ls" })], { id: "msg_sub" });
  const lines = transcript([prompt("Look."), step, toolResult("toolu_2", "a")], {
    start,
    stepMs: 100,
    agentId: "a1",
  });
  const subagents = [{ id: "a1", toolUseId: "toolu_1", lines }];
  const main = transcript([prompt("Hi."), call, toolResult("toolu_1", "Found."), ANSWER]);
  const events = await eventsOf(main, { subagents });
  const calls = events.filter((event) => event.type === "tool_use" || event.type === "tool_result");
  assertEquals(
    calls.map((event) => [
      event.type,
      event.type === "tool_use" ? event.id : event.tool_use_id,
      event.parent_tool_use_id,
    ]),
    [
      ["tool_use", "toolu_1", undefined],
      ["tool_use", "toolu_2", "toolu_1"],
      ["tool_result", "toolu_2", "toolu_1"],
      ["tool_result", "toolu_1", undefined],
    ],
  );
});

/** Returns how many files of subagents this process has open. */
function countOpenSubagents(): number {
  const names = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => `/proc/self/fd/${name}`);
  return names.filter((path) => {
    try {
      return Deno.readLinkSync(path).includes("/subagents/");
    } catch {
      return false; // The descriptor with which the folder was read.
    }
  }).length;
}

testWith(
  { unless: Deno.build.os === "linux" ? undefined : "no /proc here" },
  "replaySession closes the file of a subagent at its end",
  async () => {
    using home = createTempDirectory();
    const subagents = Array.from({ length: 5 }, (_, at) => ({
      id: `a${at}`,
      toolUseId: `toolu_${at}`,
      lines: transcript([prompt("Look."), ANSWER], { start: `2026-11-22T21:0${at}:00.000Z` }),
    }));
    const main = transcript([prompt("Hi."), ANSWER]);
    const { path } = await storeSession(home.path, "/project", main, { subagents });
    const open: number[] = [];
    let answers = 0;
    for await (const event of replaySession(path)) {
      open.push(countOpenSubagents());
      if (event.type === "text") answers++;
    }
    assertEquals([answers, Math.max(...open)], [subagents.length + 1, 1]);
  },
);

Deno.test("replaySession leaves out subagents that Claude Code has started before the session", async () => {
  const lines = transcript([prompt("Warmup"), assistant([{ type: "text", text: "Ready" }])], {
    start: "2026-11-22T19:59:59.500Z",
  });
  const subagents = [{ lines, isNextToSession: true }];
  const events = await eventsOf(transcript([prompt("Hi."), ANSWER]), { subagents });
  const texts = events.filter((event) => event.type === "user_text" || event.type === "text");
  assertEquals(texts.map(({ text }) => text), ["Hi.", "Done."]);
});

Deno.test("replaySession does not know the outcome of a session that has no end", async () => {
  const rows = [
    [prompt("Hi.")],
    [prompt("Hi."), assistant([toolCall("toolu_1", "Bash", { command: "ls" })])],
    [prompt("Hi."), ANSWER, prompt("Go on.")],
  ];
  for (const lines of rows) {
    const events = await eventsOf(transcript(lines));
    const { ok, reason, code } = exitOf(events);
    assertEquals([ok, reason, code], [null, null, 0]);
    const notice = events.findLast((event) => event.type === "notice");
    assertEquals(notice?.kind, "no_result");
  }
});

Deno.test("replaySession lists the denied calls of each turn in its result", async () => {
  const call = assistant([toolCall("toolu_1", "Bash", { command: "ls" })]);
  const denial = toolResult("toolu_1", "This command requires approval", { isError: true });
  const events = await eventsOf(
    transcript([prompt("One."), call, denial, ANSWER, prompt("Two."), ANSWER]),
  );
  const results = events.filter((event) => event.type === "result");
  assertEquals(results.map(({ denials }) => denials), [
    [{ tool_use_id: "toolu_1", name: "Bash" }],
    [],
  ]);
});

Deno.test("replaySession takes the answer and the outcome from the last prompt", async () => {
  const second = assistant([{ type: "text", text: "Two." }]);
  const events = await eventsOf(transcript([prompt("One."), ANSWER, prompt("Two."), second]));
  const result = events.findLast((event) => event.type === "result");
  assertEquals([result?.answer, exitOf(events).ok], ["Two.", true]);
});

Deno.test("replaySession takes the numbers that a session has recorded", async () => {
  const models = (outputTokens: number, costUSD: number) => ({
    "claude-opus-5-5": { inputTokens: 120, outputTokens, costUSD },
  });
  const events = await eventsOf(transcript([
    prompt("One."),
    ANSWER,
    costState(models(42, 0.5)),
    prompt("Two."),
    assistant([{ type: "text", text: "Two." }]),
    costState(models(100, 0.75)),
  ]));
  const costs = events.flatMap((event) => event.type === "result" ? [event.cost_usd] : []);
  const { cost_usd, usage } = exitOf(events);
  assertEquals([costs, cost_usd, usage?.output], [[0.5, 0.25], 0.75, 100]);
});

Deno.test("replaySession reads the total of a run after what its subagents did", async () => {
  const call = assistant([toolCall("toolu_1", "Agent", { prompt: "Look." })]);
  const lines = transcript([prompt("Look."), assistant([{ type: "text", text: "Found." }])], {
    start: "2026-11-22T20:01:00.000Z",
    agentId: "a1",
  });
  const subagents = [{ id: "a1", toolUseId: "toolu_1", lines }];
  const total = costState({
    "claude-opus-5-5": { inputTokens: 5000, outputTokens: 7, costUSD: 0.5 },
  });
  const main = [prompt("Hi."), call, toolResult("toolu_1", "Started."), ANSWER, total];
  const { cost_usd: cost, usage } = exitOf(await eventsOf(transcript(main), { subagents }));
  assertEquals([cost, usage?.input, usage?.output], [0.5, 5000, 7]);
});

Deno.test("replaySession that is stopped does not advise to resume a run in progress", async () => {
  using home = createTempDirectory();
  const { path } = await storeSession(home.path, "/project", transcript([prompt("Hi."), ANSWER]));
  const abort = new AbortController();
  const failure = { kind: "interrupt", message: "stopped by SIGINT" } as const;
  const events: RunEvent[] = [];
  for await (const event of replaySession(path, { follow: true, signal: abort.signal })) {
    events.push(event);
    if (event.type === "text") abort.abort({ signal: "SIGINT", failure });
  }
  assertEvents(events);
  const { code, resume } = exitOf(events);
  assertEquals([code, resume], [130, undefined]);
  const stopped = events.find((event) => event.type === "error");
  assertEquals([stopped?.error.message, stopped?.error.hint], ["stopped by SIGINT", undefined]);
});
