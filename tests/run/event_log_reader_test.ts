import { assert, assertEquals } from "@std/assert";
import { type EventOf, NO_USAGE, type RunEvent } from "../../lib/events.ts";
import { stringifySafe } from "../../lib/util/safe_json.ts";
import { replay, type ReplayOptions } from "../../lib/run/replay.ts";
import { streamOf } from "../support/bytes.ts";
import { assertEvents } from "../support/event_schema.ts";
import {
  initLine,
  messageLine,
  resultLine,
  textLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { exitOf } from "../support/events_of_type.ts";
import { readRecordings } from "../support/recordings.ts";

async function replayed(
  text: string | Uint8Array,
  options: ReplayOptions = {},
): Promise<readonly RunEvent[]> {
  const events = await Array.fromAsync(replay(streamOf([text]), options));
  assertEvents(events);
  return events;
}

/** Returns the events that `ccrun --json` writes for these lines of claude. */
async function own(lines: readonly string[], timed = false): Promise<RunEvent[]> {
  const events = await replayed(lines.join("\n"));
  return events.map((event, at) => timed ? { ...event, time_ms: at * 1.5 } : event);
}

function jsonOf(events: readonly unknown[]): string {
  return events.map((event) => `${stringifySafe(event)}\n`).join("");
}

const RUN = [initLine(), textLine("Hello ##[group] ‮you"), resultLine({ result: "Hello" })];

for (const { name, bytes } of readRecordings()) {
  Deno.test(`replay returns the events of an event log unchanged: ${name}`, async () => {
    const events = await replayed(bytes);
    assertEquals(await replayed(jsonOf(events)), events);
  });
}

Deno.test("replay keeps the times of an event log", async () => {
  const events = await own(RUN, true);
  const start: RunEvent = {
    ...(events[0] as EventOf<"start">),
    time: "2026-01-01T00:00:00.000Z",
    cwd: "/project",
    claude: { path: "/bin/claude" },
  };
  const timed = [start, ...events.slice(1)];
  assertEquals(await replayed(jsonOf(timed)), timed);
});

Deno.test("replay uses the outcome of an event log", async () => {
  const events = await own(RUN);
  const stopped: RunEvent[] = [
    ...events.slice(0, -1),
    { type: "error", seq: 5, time_ms: null, error: { kind: "timeout", message: "too long" } },
    { ...exitOf(events), seq: 6, code: 124, reason: "timeout", ok: false },
  ];
  assertEquals(await replayed(jsonOf(stopped)), stopped);
});

Deno.test("replay derives the exit code from the reason of an exit event", async () => {
  const events = await own(RUN);
  const lie = { ...exitOf(events), code: 0, reason: "api", ok: true };
  const exit = exitOf(await replayed(jsonOf([...events.slice(0, -1), lie])));
  assertEquals([exit.code, exit.reason, exit.ok], [4, "api", false]);
});

Deno.test("replay determines the outcome of a truncated event log", async () => {
  const events = await own(RUN);
  assertEquals(exitOf(await replayed(jsonOf(events.slice(0, -1)))).reason, "success");
  const early = await replayed(jsonOf(events.slice(0, 3)));
  assertEquals(exitOf(early).reason, "failed");
});

Deno.test("replay emits exactly one start first, whatever the start of an event log looks like", async () => {
  const [start, ...others] = await own(RUN);
  const { type, seq, ...fields } = start as EventOf<"start">;
  for (
    const [description, first] of [
      ["none", []],
      ["a later schema", [{ ...start, schema: "ccrun.events/2" }]],
      ["a later schema without known fields", [{ type, seq, schema: 2 }]],
      ["fields in another order", [{ ...fields, seq, type }]],
      ["two", [start, start]],
    ] as const
  ) {
    const events = await replayed(jsonOf([...first, ...others]));
    assertEquals(events[0]?.type, "start", description);
    assertEquals(events.filter(({ type }) => type === "start").length, 1, description);
    assertEquals(exitOf(events).reason, "success", description);
  }
});

Deno.test("replay returns events of a later version as unknown", async () => {
  const [start, ...others] = await own(RUN);
  const later = { type: "hologram", seq: 1, time_ms: 3, shape: "cube" };
  const odd = { type: "exit", seq: 2, time_ms: 3, code: 0 };
  const events = await replayed(jsonOf([start, later, odd, ...others]));
  const unknown = events.flatMap((event) => event.type === "unknown" ? [event.event] : []);
  assertEquals(unknown, [later, odd]);
  assertEquals(exitOf(events).code, 0);
});

Deno.test("replay keeps lines of an event log that are not events", async () => {
  const [start, ...others] = (await own(RUN)).map((event) => jsonOf([event]));
  const events = await replayed([start, "npm warn\n", ...others].join(""));
  assertEquals(events[1]?.type === "raw" && events[1].content, "npm warn");
});

Deno.test("replay joins several runs and uses the outcome of the last", async () => {
  const failed = await own([initLine(), resultLine({ is_error: true, result: "no" })]);
  const events = await replayed(jsonOf([...failed, ...await own(RUN)]));
  const next = events.filter((event) => event.type === "notice" && event.kind === "next_run");
  assertEquals([next.length, exitOf(events).reason], [1, "success"]);
});

Deno.test("replay adds up what several runs used of each model", async () => {
  const modelUsage = { opus: { inputTokens: 240, outputTokens: 84, costUSD: 0.0033 } };
  const run = await own([initLine(), resultLine({ modelUsage })]);
  const { models } = exitOf(await replayed(jsonOf([...run, ...run])));
  assertEquals(models, { opus: { ...NO_USAGE, input: 480, output: 168, cost_usd: 0.0066 } });
});

Deno.test("replay does not know what several runs used if one of them was killed", async () => {
  const run = await own(RUN);
  const killed = run.filter(({ type }) => type !== "exit");
  const [one, two, unknown] = await Promise.all(
    [[run], [run, run], [killed, run]].map(async (runs) =>
      exitOf(await replayed(jsonOf(runs.flat())))
    ),
  );
  assert(one !== undefined && two !== undefined && unknown !== undefined);
  assertEquals([two.turns, two.cost_usd], [Number(one.turns) * 2, Number(one.cost_usd) * 2]);
  assertEquals([unknown.turns, unknown.cost_usd, unknown.usage], [null, null, null]);
});

Deno.test("replay does not take the result of an earlier run for that of a killed one", async () => {
  const killed = (await own([initLine(), textLine("I begin")])).slice(0, -2);
  const exit = exitOf(await replayed(jsonOf([...await own(RUN), ...killed])));
  assertEquals(exit.reason, "failed");
});

Deno.test("replay reads the answer of the last turn from an event log", async () => {
  const events = await own([
    initLine(),
    textLine("One."),
    resultLine({ result: "One." }),
    initLine(),
    textLine("Two."),
    resultLine({ result: "Two." }),
    initLine(),
    // Its failure does not change the outcome.
    resultLine({ result: "no", is_error: true, origin: { kind: "task-notification" } }),
  ]);
  const answer = async (options: ReplayOptions) =>
    (await replayed(jsonOf(events), options)).findLast((event) => event.type === "result")?.answer;
  assertEquals(await answer({}), "One.\n\nTwo.");
  assertEquals(await answer({ answer: "last" }), "Two.");
});

Deno.test("replay reads no text of a killed run as the answer of the next one", async () => {
  const killed = (await own([initLine(), textLine("I begin")])).slice(0, -2);
  const run = await own([initLine(), textLine("Done."), resultLine({ result: "Done." })]);
  const events = await replayed(jsonOf([...killed, ...run]), { answer: "last" });
  assertEquals(events.findLast((event) => event.type === "result")?.answer, "Done.");
});

Deno.test("replay fails with failOnDenied if an event log has a denied call", async () => {
  const events = await own([
    initLine(),
    toolUseLine({ id: "t", name: "Bash", input: { command: "ls" } }),
    messageLine({
      type: "system",
      subtype: "permission_denied",
      tool_name: "Bash",
      tool_use_id: "t",
    }),
    resultLine(),
  ]);
  assertEquals(exitOf(await replayed(jsonOf(events))).code, 0);
  const failed = await replayed(jsonOf(events), { failOnDenied: true });
  assertEquals([exitOf(failed).code, failed.at(-2)?.type], [7, "error"]);
});

/** A run whose key was refused. */
const REFUSED = [
  initLine(),
  resultLine({ is_error: true, api_error_status: 401, result: "Invalid API key" }),
];

Deno.test("replay recognizes an event log after other lines", async () => {
  const text = jsonOf(await own(REFUSED));
  for (const noise of ["npm warn x\n", "\n\nwarning\n", "[1]\n".repeat(50)]) {
    const exit = exitOf(await replayed(noise + text));
    assertEquals([exit.code, exit.reason], [3, "auth"], noise);
  }
  const good = await replayed(`npm warn\n${jsonOf(await own(RUN))}`);
  const result = good.find((event) => event.type === "result");
  assertEquals(result?.type === "result" && result.text, "Hello");
});

Deno.test("replay treats a success with missing fields as a failure", async () => {
  const events = await own(REFUSED);
  for (const names of [["seq"], ["time_ms"], ["seq", "time_ms"]]) {
    const without = events.map((event) =>
      Object.fromEntries(Object.entries(event).filter(([name]) => !names.includes(name)))
    );
    assertEquals(exitOf(await replayed(jsonOf(without))).code, 3, names.join());
    // The exit event can be the only line.
    const last = await Array.fromAsync(replay(streamOf([jsonOf(without.slice(-1))])));
    assertEquals(exitOf(last).code, 3, names.join());
  }
  for (const names of [["type", "text"], ["type", "subtype", "text"], ["type"]]) {
    const bare = events.map((event) =>
      Object.fromEntries(Object.entries(event).filter(([name]) => names.includes(name)))
    );
    const replayedBare = await Array.fromAsync(replay(streamOf([jsonOf(bare)])));
    assertEquals(exitOf(replayedBare).ok, false, names.join());
  }
});
