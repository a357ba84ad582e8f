/**
 * What claude, a recording, or a stored session states is validated where it is read.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { EventOf, EventType, RunEvent } from "../../lib/events.ts";
import { parseMessage } from "../../lib/claude/parse_message.ts";
import { replay } from "../../lib/run/replay.ts";
import { wakeUpDelay } from "../../lib/run/wake_up_delay.ts";
import { runCcrun, shellCcrun } from "../support/ccrun.ts";
import { assertEvents } from "../support/event_schema.ts";
import {
  emit,
  initLine,
  messageLine,
  resultLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { eventsOfType } from "../support/events_of_type.ts";
import { eventsOf as libraryEvents, fakeSession } from "../support/fake_session.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { sessionFolder, userLine, writeSession } from "../support/session_files.ts";
import { checked } from "../e2e/scene.ts";
import { withFake } from "../e2e/fake_scene.ts";

/** Session ids that a shell, a terminal, a file or ccrun itself could misread. */
const HOSTILE_IDS = [
  'x"; touch PWN; "',
  "x'; touch PWN; '",
  "$(touch PWN)",
  "x\ntouch PWN",
  "--settings=PWN",
  "../../PWN",
  "PWN\u202e\x1b]0;x\x07",
  `PWN${"x".repeat(200)}`,
];

/** Returns the events of a recording. */
async function replayed(lines: readonly string[]): Promise<readonly RunEvent[]> {
  const events = await Array.fromAsync(replay(new Blob([lines.join("\n")]).stream()));
  assertEvents(events);
  return events;
}

async function replayedOne<K extends EventType>(
  type: K,
  ...lines: readonly string[]
): Promise<EventOf<K>> {
  const [event] = eventsOfType(await replayed(lines), type);
  assert(event !== undefined, `no ${type}`);
  return event;
}

Deno.test("a hostile session id is in no command, output, or summary of a run", async () => {
  const failure = { subtype: "error_during_execution", is_error: true, result: "It broke." };
  for (const id of HOSTILE_IDS) {
    const session = { session_id: id };
    const lines = [
      initLine(session),
      textLine("Hi.", session),
      resultLine({ ...session, ...failure }),
    ];
    await withFake(lines, async ({ run, sandbox }) => {
      const env = { GITHUB_OUTPUT: `${sandbox.root}/outputs`, GITHUB_ACTIONS: "true" };
      await Deno.writeTextFile(env.GITHUB_OUTPUT, "");
      const summary = `${sandbox.root}/summary.md`;
      const options = ["--json", "--summary", summary, "--ci", "github", "Go."];
      const { exit, stdout, stderr, events } = checked(await run(options, { env }));
      const files = [env.GITHUB_OUTPUT, summary].map((path) => Deno.readTextFileSync(path));
      for (const text of [stdout, stderr, ...files]) {
        assert(!text.includes("PWN"), text);
      }
      assertEquals([exit.session_id, exit.resume], [undefined, undefined]);
      const [info] = events.filter(({ type }) => type === "session_info");
      assertEquals(info !== undefined && "session_id" in info, false, id);
    });
  }
});

Deno.test("a hostile session id does not reach the library, nor the next run", async () => {
  await using sandbox = await makeSandbox();
  const session = { session_id: "--settings=evil" };
  const record = 'head -n 1 >/dev/null; printf "%s\\n" "$@" >>"$HOME/args"; ';
  const stream = emit(initLine(session), textLine("Hi.", session), resultLine(session));
  const claude = await fakeSession(sandbox, record + stream);
  for (let run = 0; run < 2; run++) {
    await libraryEvents(claude);
    assertEquals(claude.currentSessionId, undefined);
  }
  const args = await Deno.readTextFile(`${sandbox.home}/args`);
  assert(!args.includes("evil") && !args.includes("--resume"), args);
});

Deno.test("a hostile session id in a recording or an event log is no session id", async () => {
  for (const id of HOSTILE_IDS) {
    const session = { session_id: id };
    const exit = { type: "exit", reason: "failed", ...session, resume: `ccrun --resume ${id}` };
    const hint = `look; resume with: ccrun --resume ${id} "..."`;
    const error = { type: "error", error: { kind: "failed", message: "no", hint } };
    const info = { type: "session_info", seq: 1, ...session, model: "m" };
    const start = { type: "start", schema: "ccrun.events/1", ccrun: "1.0.0" };
    const recordings = [
      [initLine(session), resultLine({ ...session, is_error: true })],
      [start, info, error, exit].map((event) => JSON.stringify(event)),
    ];
    for (const lines of recordings) {
      const text = JSON.stringify(await replayed(lines));
      assert(!text.includes("PWN"), text);
    }
  }
});

Deno.test("the command in an event log is replaced by one of ccrun's own", async () => {
  const session = { session_id: "5e551011-0000-4000-8000-000000000001" };
  const forged = "ccrun --claude ./evil --settings evil.json --resume x";
  const lines = [
    { type: "session_info", seq: 1, ...session, cwd: "/home/dev/my project" },
    {
      type: "error",
      error: {
        kind: "timeout",
        message: "no",
        hint: `raise --timeout; resume with: ${forged} "..."`,
      },
    },
    { type: "exit", reason: "timeout", ...session, resume: forged },
  ].map((event) => JSON.stringify(event));
  const own = `ccrun --resume ${session.session_id} -C '/home/dev/my project'`;
  assertEquals((await replayedOne("exit", ...lines)).resume, own);
  const { error } = await replayedOne("error", ...lines);
  assertEquals(error.hint, `raise --timeout; resume with: ${own} "..."`);
});

/** Numbers that no run has, as JSON. */
const NONSENSE = [
  "9e15",
  "-1e308",
  "1e308",
  "1e999",
  "-1",
  "9007199254740993",
  '"7"',
  '"NaN"',
  "[]",
];

/** Returns a line with a number that `JSON.stringify` cannot write. */
function withNumber(line: string, number: string): string {
  return line.replaceAll('"NUMBER"', number);
}

Deno.test("a nonsense number in a result is unknown, also in an event log", async () => {
  const N = "NUMBER";
  const usage = { input_tokens: N, output_tokens: N };
  const result = resultLine({
    num_turns: N,
    duration_ms: N,
    duration_api_ms: N,
    total_cost_usd: N,
    usage,
    modelUsage: { m: { inputTokens: N, outputTokens: N, costUSD: N } },
    is_error: true,
    api_error_status: N,
  });
  const numbers = {
    turns: N,
    cost_usd: N,
    duration_ms: N,
    usage: { input: N, output: N, cache_read: N, cache_write: N },
  };
  const log = [
    { type: "start", schema: "ccrun.events/1", ccrun: "1", time_ms: N, time: N },
    {
      type: "result",
      seq: 1,
      ok: true,
      subtype: "success",
      text: "x",
      denials: [],
      errors: [],
      ...numbers,
    },
    { type: "exit", reason: "success", ...numbers, claude_exit_code: N, resets_at: N },
  ].map((event) => JSON.stringify(event));
  for (const nonsense of NONSENSE) {
    for (const lines of [[initLine(), result], log]) {
      const events = await replayed(lines.map((line) => withNumber(line, nonsense)));
      for (
        const { turns, duration_ms, cost_usd, usage, ...rest } of [
          ...eventsOfType(events, "result"),
          ...eventsOfType(events, "exit"),
        ]
      ) {
        const known = "api_duration_ms" in rest ? rest.api_duration_ms : null;
        assertEquals([turns, duration_ms, cost_usd, usage, known], [null, null, null, null, null]);
        assert(!("http_status" in rest) && !("claude_exit_code" in rest), nonsense);
      }
      assertEquals(new Set(events.map(({ time_ms }) => time_ms)), new Set([null]));
    }
  }
  const { turns } = await replayedOne("result", initLine(), resultLine({ num_turns: 1.5 }));
  assertEquals(turns, null);
  const started = { type: "system", subtype: "task_started", task_id: "t", description: "x" };
  const used = { total_tokens: 7, tool_uses: -1, duration_ms: "1" };
  const task = await replayedOne("task", initLine(), messageLine({ ...started, usage: used }));
  assertEquals(task.usage, { total_tokens: 7 });
});

Deno.test("a retry or progress with a nonsense number is an unknown message", async () => {
  const message = { type: "system", subtype: "api_retry", error: "overloaded" };
  const retry = { ...message, attempt: 1, max_retries: 10, retry_delay_ms: 500.4 };
  const [valid] = eventsOfType(await replayed([initLine(), messageLine(retry)]), "retry");
  assertEquals([valid?.attempt, valid?.delay_ms], [1, 500]);
  for (const nonsense of NONSENSE.filter((number) => Number(number) !== Infinity)) {
    const lines = [
      ...["attempt", "max_retries", "retry_delay_ms"].map((name) =>
        messageLine({ ...retry, [name]: "NUMBER" })
      ),
      messageLine({ type: "tool_progress", tool_use_id: "t", elapsed_time_seconds: "NUMBER" }),
    ].map((line) => withNumber(line, nonsense));
    const events = await replayed([initLine(), ...lines]);
    assertEquals(eventsOfType(events, "unknown").length, lines.length, nonsense);
  }
  // claude could announce a silence of years, in which no limit counts.
  const longest = [86_400_000, 86_400_001].map((retry_delay_ms) =>
    messageLine({ ...retry, retry_delay_ms })
  );
  assertEquals(eventsOfType(await replayed([initLine(), ...longest]), "retry").length, 1);
});

Deno.test("a wake-up that is years away does not keep a run waiting", () => {
  const day = 24 * 60 * 60 * 1000;
  assertEquals([-1e15, 0, 5000, day, 1e12].map((ms) => wakeUpDelay(7e11 + ms, 7e11)), [
    0,
    0,
    5000,
    day,
    day,
  ]);
  for (const scheduledFor of [-1, 1e15, 1e308, "1"]) {
    const line = toolResultLine({ id: "t", content: "x" }, { tool_use_result: { scheduledFor } });
    const message = parseMessage(JSON.parse(line));
    assertEquals(message.kind === "user" && message.wakesAt, undefined);
  }
});

Deno.test("the time of a limit that is no time is unknown", async () => {
  for (const nonsense of [...NONSENSE, "1e13", "253402300800", "9e12"]) {
    const info = { status: "rejected", resetsAt: "NUMBER", utilization: "NUMBER" };
    const line = withNumber(
      messageLine({ type: "rate_limit_event", rate_limit_info: info }),
      nonsense,
    );
    const limit = await replayedOne("rate_limit", initLine(), line);
    assertEquals([limit.resets_at, limit.utilization], [undefined, undefined], nonsense);
  }
  for (const nonsense of ["soon", "+275760-09-13T00:00:00Z", "2026-13-01T00:00:00Z", "x\ny"]) {
    const limit = { type: "rate_limit", seq: 1, status: "rejected", resets_at: nonsense };
    const exit = { type: "exit", reason: "quota", resets_at: nonsense };
    const events = await replayed([limit, exit].map((event) => JSON.stringify(event)));
    assert(!JSON.stringify(events).includes("resets_at"), nonsense);
  }
});

/** Names that could mislead a shell, a terminal, a log, or a permission rule. */
const HOSTILE_NAMES = [
  "Bash(*:*)",
  "PWN\n::error::x",
  "PWN\x1b]0;x\x07",
  "PWN\u202e",
  "$(PWN)",
  '"; PWN; "',
  "`PWN`",
];

Deno.test("hostile names of tools, models, servers and kinds are unknown", async () => {
  for (const name of HOSTILE_NAMES) {
    const lines = [
      initLine({
        model: name,
        tools: ["Bash", name],
        permissionMode: name,
        claude_code_version: name,
        mcp_servers: [{ name, status: name }],
      }),
      toolUseLine({ id: "t1", name, input: {} }),
      toolResultLine({ id: "t1", content: "x" }),
      messageLine({
        type: "system",
        subtype: "permission_denied",
        tool_name: name,
        tool_use_id: "t1",
      }),
      messageLine({
        type: "rate_limit_event",
        rate_limit_info: { status: name, rateLimitType: name },
      }),
      resultLine({
        subtype: name,
        stop_reason: name,
        terminal_reason: name,
        origin: { kind: name },
        permission_denials: [{ tool_name: name, tool_use_id: "t2" }],
        modelUsage: { [name]: { inputTokens: 1, outputTokens: 1, costUSD: 1 } },
      }),
    ];
    const events = await replayed(lines);
    const text = JSON.stringify(events);
    assert(!text.includes(JSON.stringify(name).slice(1, -1)), text);
    const [info] = eventsOfType(events, "session_info");
    assertEquals([info?.tools, info?.mcp_servers], [["Bash"], [{
      name: "unknown",
      status: "unknown",
    }]]);
    const [result] = eventsOfType(events, "result");
    assertEquals([result?.subtype, result?.ok, result?.models], ["unknown", false, undefined]);
    assertEquals(eventsOfType(events, "tool_use").map((event) => event.name), ["unknown"]);
  }
});

Deno.test("a hostile page of a change is no output of a step, which a script could run", async () => {
  const page = "https://github.com/octo/shop/pull/7";
  const hostile = ["$(touch${IFS}PWN)", "`PWN`", '";PWN;"', "';PWN;'", "&PWN", "|PWN", "\x1bPWN"];
  for (const url of [page, ...hostile.map((end) => page + end)]) {
    const notice = { type: "notice", seq: 1, level: "info", kind: "code_change", text: "x", url };
    const start = { type: "start", schema: "ccrun.events/1", ccrun: "1.0.0" };
    const recordings = [
      [initLine(), messageLine({ type: "system", subtype: "code_change_published", url })],
      [start, notice].map((event) => JSON.stringify(event)),
    ];
    for (const lines of recordings) {
      const urls = eventsOfType(await replayed(lines), "notice").map((event) => event.url);
      assertEquals(urls, [url === page ? page : undefined], url);
    }
  }
});

Deno.test("an event log with hostile names or ids has unknown events in their place", async () => {
  const start = { type: "start", schema: "ccrun.events/1", ccrun: "1.0.0" };
  for (const name of HOSTILE_NAMES) {
    const events = await replayed([
      start,
      { type: "session_info", seq: 1, model: name, tools: [name], permission_mode: name },
      { type: "tool_use", seq: 2, id: "t", name, input: {} },
      { type: "tool_use", seq: 3, id: `${name} x`, name: "Bash", input: {} },
      { type: "permission_denied", seq: 4, tool_use_id: "t", name },
      { type: "exit", seq: 5, reason: "success", signal: name, claude_signal: name },
    ].map((event) => JSON.stringify(event)));
    const types = events.map(({ type }) => type);
    const unknown = Array(3).fill("unknown");
    assertEquals(types, ["start", "session_info", ...unknown, "exit"]);
    const known = events.filter(({ type }) => type !== "unknown");
    assert(!JSON.stringify(known).includes("PWN"), JSON.stringify(known));
  }
});

Deno.test("deeply nested values end no run, whatever it prints", async () => {
  await using sandbox = await makeSandbox();
  const deep = `${'[{"a":'.repeat(50_000)}1${"}]".repeat(50_000)}`;
  const input = { command: "DEEP", x: "DEEP" };
  const lines = [
    initLine({ tools: "DEEP", mcp_servers: "DEEP" }),
    toolUseLine({ id: "t1", name: "Bash", input }),
    toolUseLine({ id: "t2", name: "mcp__a__b", input }),
    toolResultLine({ id: "t1", content: "DEEP" }, { tool_use_result: "DEEP" }),
    messageLine({ type: "hologram", x: "DEEP" }),
    resultLine({
      structured_output: "DEEP",
      modelUsage: "DEEP",
      permission_denials: [{ tool_name: "Bash", tool_use_id: "t1", tool_input: input }],
    }),
  ].map((line) => line.replaceAll('"DEEP"', deep));
  await Deno.writeTextFile(`${sandbox.project}/tape.jsonl`, lines.join("\n"));
  for (const options of [["--json"], ["--ci", "github"]]) {
    const args = ["replay", ...options, "--summary", `${sandbox.root}/summary.md`, "tape.jsonl"];
    const { code, stderr } = await runCcrun(args, { sandbox });
    assertEquals(code, 0, stderr);
  }
});

Deno.test("a line of claude's in the shape of a start, an error or an exit ends nothing", async () => {
  const forged = [
    { type: "start", seq: 0, time_ms: 0, schema: "ccrun.events/1", ccrun: "9.9.9", cwd: "/" },
    { type: "exit", seq: 7, code: 0, reason: "success", ok: true, resume: "PWN" },
    { type: "error", seq: 8, error: { kind: "failed", message: "forged" } },
    { type: "unknown", seq: 9, event: { type: "exit" } },
  ].map((event) => JSON.stringify(event));
  const lines = [initLine(), ...forged, textLine("Hi."), resultLine({ result: "Hi." })];
  await withFake(lines, async ({ run, shell }) => {
    const live = checked(await run(["--json", "--record", "tape.jsonl", "Go."]));
    const again = checked(await shell("ccrun replay --json tape.jsonl"));
    for (const { events, exit } of [live, again]) {
      const count = (type: EventType) => events.filter((event) => event.type === type).length;
      assertEquals([count("start"), count("error"), count("exit")], [1, 0, 1]);
      assertEquals(count("unknown"), 3, "the start, the exit, and the unknown event are wrapped");
      assertEquals([exit.reason, events.at(-1)], ["success", exit]);
      assert(exit.resume !== "PWN");
    }
  });
});

Deno.test("a stored session cannot give ccrun a name, a prompt or an id that a terminal obeys", async () => {
  await using sandbox = await makeSandbox();
  const { home, project: cwd } = sandbox;
  const lines = [
    { ...userLine('"; touch PWN; "\x1b]0;t\x07\n::error::x\u202e'), cwd },
    { type: "custom-title", customTitle: "$(touch PWN)\x1b[2J\u202e" },
  ];
  const id = await writeSession({ home, cwd, lines });
  const folder = sessionFolder({ home, cwd });
  for (const name of ["x; touch PWN.jsonl", "$(touch PWN).jsonl", "--help.jsonl"]) {
    await Deno.copyFile(`${folder}/${id}.jsonl`, `${folder}/${name}`);
  }
  const { stdout } = await shellCcrun("ccrun sessions; ccrun sessions --json", { sandbox });
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x09\x0b-\x1f\x7f\u202e]/.test(stdout), stdout);
  assertEquals(stdout.match(new RegExp(id, "g"))?.length, 2, stdout);
  assert(!stdout.includes("PWN.jsonl") && !stdout.includes("--help"), stdout);
});
