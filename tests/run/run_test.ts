/**
 * Tests one run with a fake claude: its outcome, its output, and what it leaves behind.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { CcrunError, type ClaudeSessionOptions, type RunOptions } from "../../lib/mod.ts";
import { FOREVER, LONG_MS, until, writeScript } from "../process/guarded.ts";
import { denoVariables } from "../support/ccrun.ts";
import {
  emit,
  fakeClaude,
  initLine,
  messageLine,
  resultLine,
  textLine,
} from "../support/fake_claude.ts";
import { eventsOfType, exitOf } from "../support/events_of_type.ts";
import {
  errorOf,
  eventsOf,
  fakeSession,
  recorded,
  SUCCEED,
  WAIT,
} from "../support/fake_session.ts";
import { killGuardian, NEEDS_GUARDIANS } from "../support/guardians.ts";
import { REPOSITORY } from "../support/paths.ts";
import { living } from "../support/process_table.ts";
import { startProcess } from "../support/running_process.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";

/** Returns the events of a run in a sandbox of its own, and checks that no process is left. */
async function run(
  body: string,
  options: ClaudeSessionOptions = {},
  runOptions: RunOptions = {},
): Promise<readonly RunEvent[]> {
  await using sandbox = await makeSandbox();
  const events = await eventsOf(await fakeSession(sandbox, body, options), "go", runOptions);
  assertEquals(await sandbox.processes(), []);
  return events;
}

Deno.test("a run reports a missing claude as events", async () => {
  const events = await run("", { claudePath: "/no/such/claude" });
  assertEquals(events.map(({ type }) => type), ["start", "error", "exit"]);
  assertEquals([exitOf(events).code, eventsOfType(events, "start")[0]?.claude], [127, null]);
  assert(errorOf(events).includes("claudePath names /no/such/claude"), errorOf(events));
});

Deno.test("a run warns about a claude that produces no output", async () => {
  const body = `until [ -e "$HOME/go" ]; do sleep 0.02; done; ${SUCCEED}`;
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, body, { silenceMs: 50 });
  const notices: string[] = [];
  for await (const event of session.run("go")) {
    if (event.type !== "notice") continue;
    notices.push(`${event.level} ${event.kind}: ${event.text}`);
    await Deno.writeTextFile(`${sandbox.home}/go`, "");
  }
  assertEquals(notices[0], "warning silent: claude has produced no output for 50ms");
});

/** A claude that exits when `$HOME/go` exists, and leaves a process that it starts with this script. */
const leaving = (script: string) =>
  `setsid sh -c '${script}' >/dev/null 2>&1 & until [ -e "$HOME/go" ]; do sleep 0.02; done; ${SUCCEED}`;

/** Returns the notices of a run that was a success. */
function noticesOf(events: readonly RunEvent[]): readonly string[] {
  assertEquals(exitOf(events).reason, "success");
  return eventsOfType(events, "notice").map(({ level, text }) => `${level} ${text}`);
}

const NEEDS_LEFTOVERS = { ...NEEDS_GUARDIANS, commands: ["setsid"] };

testWith(
  NEEDS_LEFTOVERS,
  "a run stops leftover processes even if a tool has killed the guardian",
  async () => {
    await using sandbox = await makeSandbox();
    const left = 'echo >"$HOME/left"; exec sleep 600';
    const events = eventsOf(await fakeSession(sandbox, leaving(left)));
    await until(sandbox, "left");
    await killGuardian(sandbox);
    await writeScript(sandbox, "go", "");
    const [stopped, killed, ...others] = noticesOf(await events);
    assert(stopped?.startsWith("info stopped a leftover process: sleep 600"), stopped);
    const warning =
      "the guardian of the run was killed; a second one looked for leftover processes";
    assertEquals([killed, ...others], [`warning ${warning}`]);
    assertEquals(await sandbox.processes(), []);
  },
);

testWith(
  NEEDS_LEFTOVERS,
  "a run warns that processes may be left if the second guardian is killed, too",
  async () => {
    await using sandbox = await makeSandbox();
    const left = `trap "echo >\\"$HOME/asked\\"" TERM; echo >"$HOME/left"; ${FOREVER}`;
    const events = eventsOf(await fakeSession(sandbox, leaving(left)));
    await until(sandbox, "left");
    await killGuardian(sandbox);
    await writeScript(sandbox, "go", "");
    await until(sandbox, "asked");
    await killGuardian(sandbox);
    const [named, missed, ...others] = noticesOf(await events);
    // It may have just started a process itself.
    assertMatch(named ?? "", /^warning could not stop (?:a )?leftover process(?:es)?: sh -c trap/);
    const warning = "warning processes of the run may still be running: their guardian was killed";
    assertEquals([missed, ...others], [warning]);
  },
);

Deno.test("a run reports a workspace that is missing or not a directory", async () => {
  await using sandbox = await makeSandbox();
  for (const workspace of [`${sandbox.root}/none`, `${sandbox.project}/notes.txt`]) {
    const events = await eventsOf(await fakeSession(sandbox, SUCCEED, { workspace }));
    assertEquals(exitOf(events).code, 2);
    assert(errorOf(events).includes(workspace), errorOf(events));
  }
  assertEquals(await recorded(sandbox, "args"), "");
});

Deno.test("a run reports a program that is not Claude Code or cannot be executed", async () => {
  await using sandbox = await makeSandbox();
  const claudePath = `${sandbox.bin}/other`;
  const session = await fakeSession(sandbox, "", { claudePath });
  const rows = [
    ["#!/bin/sh\necho hello >&2\n", 0o755, "hello"],
    ["#!/bin/sh\nexit 0\n", 0o755, "Claude Code"],
    ["#!/no/such/interpreter\n", 0o755, "interpreter"],
    ["#!/bin/sh\n", 0o644, "executable"],
  ] as const;
  for (const [script, mode, message] of rows) {
    await Deno.writeTextFile(claudePath, script);
    await Deno.chmod(claudePath, mode);
    const events = await eventsOf(session);
    assertEquals(exitOf(events).code, 126);
    const error = errorOf(events);
    assert(error.includes(claudePath) && error.includes(message), error);
  }
});

Deno.test("a run reports how claude exited, and does not copy its exit code", async () => {
  const good = exitOf(await run(`${emit(resultLine())} exit 1`));
  assertEquals([good.code, good.claude_exit_code], [0, 1]);
  const bad = exitOf(await run(emit(resultLine({ subtype: "error_max_turns" }))));
  assertEquals([bad.reason, bad.claude_exit_code], ["limit", 0]);
  const killed = await run(`${emit(initLine())} kill -KILL $$`);
  assertEquals([exitOf(killed).code, exitOf(killed).claude_signal], [1, "SIGKILL"]);
  assert(errorOf(killed).includes("SIGKILL"), errorOf(killed));
});

Deno.test("a run whose output ends in the middle of a successful result has the answer of the messages", async () => {
  const answer = "x".repeat(300_000);
  const result = resultLine({ result: answer, is_error: false });
  const cut = (result: string) => emit(initLine(), textLine(answer), result.slice(0, 200_000));
  const events = await run(cut(result));
  const warnings = eventsOfType(events, "notice").filter(({ level }) => level === "warning");
  assertEquals(warnings.map(({ kind }) => kind), ["truncated_result"]);
  assertEquals(eventsOfType(events, "result").map((event) => event.answer), [answer]);
  const { code, turns, cost_usd, usage } = exitOf(events);
  assertEquals([code, turns, cost_usd, usage?.input], [0, 1, null, 120]);
  const failed = await run(cut(result.replace('"is_error":false,', "")));
  assertEquals(exitOf(failed).reason, "failed");
  assert(errorOf(failed).includes("ends in the middle of its result"), errorOf(failed));
  assert(errorOf(failed).includes("resume with"), errorOf(failed));
  assertEquals(eventsOfType(failed, "raw"), []);
});

Deno.test("a run reads several messages on one line, and the text around them", async () => {
  const line = `npm notice ${initLine()}${textLine("Hello")}${resultLine({ result: "Hello" })} bye`;
  const events = await run(emit(line));
  const types = events.map(({ type }) => type).join(" ");
  assertEquals(types, "start raw session_info text usage result raw exit");
  assertEquals(exitOf(events).code, 0);
});

Deno.test("a run stops at the first rejection of a static key, and at the second of another one", async () => {
  const retry = messageLine({
    type: "system",
    subtype: "api_retry",
    attempt: 1,
    max_retries: 10,
    retry_delay_ms: 500,
    error_status: 401,
    error: "authentication_failed",
  });
  const retries = `trap 'exit 1' INT; while :; do ${emit(retry)} sleep 0.02; done`;
  for (const [apiKeySource, count] of [["ANTHROPIC_API_KEY", 1], ["apiKeyHelper", 2]] as const) {
    const events = await run(`${emit(initLine({ apiKeySource }))} ${retries}`);
    assertEquals([exitOf(events).code, exitOf(events).reason], [3, "auth"]);
    assert(errorOf(events).includes("authentication_failed"), errorOf(events));
    assert(eventsOfType(events, "retry").length >= count);
  }
});

Deno.test("a run reports each line of stderr as a notice", async () => {
  const events = await run(`echo one >&2; printf 'two' >&2; ${emit(initLine(), resultLine())}`);
  const notices = eventsOfType(events, "notice").map((
    { level, kind, text },
  ) => [level, kind, text]);
  assertEquals(notices, [["info", "stderr", "one"], ["info", "stderr", "two"]]);
  assertEquals(exitOf(events).stderr, undefined);
});

Deno.test("a run drains a flood on stderr and keeps a limited part of its end", async () => {
  const line = "x".repeat(99);
  const flood = `yes '${line}' | head -c 3000000 >&2; echo last >&2`;
  const events = await run(`${flood}; ${emit(initLine())} exit 3`);
  const stderr = exitOf(events).stderr ?? "";
  assert(stderr.endsWith(`${line}\nlast`) && stderr.length <= 256 * 1024, `${stderr.length} kept`);
  const notices = eventsOfType(events, "notice").filter(({ kind }) => kind === "stderr");
  const size = notices.reduce((sum, { text }) => sum + text.length, 0);
  assert(size > 200_000 && size < 300_000, `notices have ${size} characters`);
  assert(notices.at(-1)?.text.includes("more"), notices.at(-1)?.text);
});

Deno.test("a run blocks claude while its events are not read", async () => {
  await using sandbox = await makeSandbox();
  const lines = Array.from({ length: 50 }, () => textLine("x".repeat(2000)));
  const body = `trap 'exit 1' INT; ${emit(initLine())} while :; do ${emit(...lines)} done`;
  const session = await fakeSession(sandbox, body);
  let bytes = 0;
  const events = session.run("go", { onOutput: (chunk) => void (bytes += chunk.length) });
  for (let count = 0; count < 3; count++) await events.next();
  // The events are not read now, so claude must block before the memory is full.
  const isBlocked = async () => {
    const before = bytes;
    await new Promise((resolve) => setTimeout(resolve, 200));
    return bytes === before;
  };
  assert(await waitFor(isBlocked, LONG_MS));
  assert(bytes < 20_000_000, `${bytes} bytes were read`);
  await events.return();
});

Deno.test("onOutput receives each byte of stdout before its events", async () => {
  await using sandbox = await makeSandbox();
  const lines = [initLine(), resultLine()];
  const body = `printf 'a\\377\\000b\\r\\n'; ${emit(...lines)}`;
  const session = await fakeSession(sandbox, body);
  const bytes: number[] = [];
  let sizeAtResult = 0;
  const onOutput = (chunk: Uint8Array) => void bytes.push(...chunk);
  for await (const { type } of session.run("go", { onOutput })) {
    if (type === "result") sizeAtResult = bytes.length;
  }
  const text = new TextEncoder().encode(`${lines.join("\n")}\n`);
  const expected = [0x61, 0xff, 0x00, 0x62, 0x0d, 0x0a, ...text];
  assertEquals(bytes, expected);
  assertEquals(sizeAtResult, expected.length);
});

Deno.test("onOutput delays the events until it resolves", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, emit(initLine(), resultLine()));
  const released = Promise.withResolvers<void>();
  const types: string[] = [];
  const running = (async () => {
    for await (const { type } of session.run("go", { onOutput: () => released.promise })) {
      types.push(type);
    }
  })();
  assert(await waitFor(() => types.includes("start"), LONG_MS));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assertEquals(types, ["start"]);
  released.resolve();
  await running;
  assertEquals(types.includes("result"), true);
});

Deno.test("onOutput stops the run with the error that it throws", async () => {
  const full = new CcrunError("failed", "cannot write --record: disk full");
  for (const [error, code] of [[full, 1], [new Error("a bug"), 70]] as const) {
    const events = await run(WAIT, {}, { onOutput: () => Promise.reject(error) });
    assertEquals(exitOf(events).code, code);
    assert(errorOf(events).includes(error.message), errorOf(events));
  }
});

Deno.test("a run that is stopped after claude's exit keeps a result that it reads later", async () => {
  await using sandbox = await makeSandbox();
  const body = `echo $$ >"$HOME/pid"; ${emit(initLine(), resultLine())}`;
  const session = await fakeSession(sandbox, body);
  const onOutput = async () => {
    const pid = Number(await Deno.readTextFile(`${sandbox.home}/pid`));
    assert(await waitFor(async () => (await living([pid])).length === 0, LONG_MS));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    throw new CcrunError("failed", "cannot write --record: disk full");
  };
  const events = await eventsOf(session, "go", { onOutput });
  const { code, turns, cost_usd } = exitOf(events);
  assertEquals({ code, turns, cost_usd }, { code: 1, turns: 1, cost_usd: 0.0033 });
  assertEquals(events.filter(({ type }) => type === "result").length, 1);
});

/** Records the content and the path of the file of --settings. */
const RECORD_SETTINGS = `before=; for arg in "$@"; do if [ "$before" = --settings ]; then
  echo "$arg" >"$HOME/path"; cp "$arg" "$HOME/settings"; fi; before=$arg; done`;

Deno.test("a run passes secrets in private files and removes them, however it ends", async () => {
  const rows: readonly (readonly [script: string, isLeft?: boolean])[] = [
    [emit(initLine(), resultLine())],
    ["kill -KILL $$"],
    [WAIT, true],
  ];
  for (const [script, isLeft = false] of rows) {
    await using sandbox = await makeSandbox();
    const settings = { apiKeyHelper: "secret" };
    const session = await fakeSession(sandbox, `${RECORD_SETTINGS}; ${script}`, {
      settings: JSON.stringify(settings),
    });
    for await (const event of session.run("go")) {
      if (isLeft && event.type === "session_info") break;
    }
    assertEquals(JSON.parse(await recorded(sandbox, "settings")).apiKeyHelper, "secret");
    const directory = (await recorded(sandbox, "path")).replace(/\/[^/]*$/, "");
    assertEquals(await Deno.stat(directory).then(() => true, () => false), false);
  }
});

for (const exit of ["Deno.exit(3);", "throw new Error('x');"]) {
  Deno.test(`a run leaves no claude and no private files if the program exits with ${exit}`, async () => {
    await using sandbox = await makeSandbox();
    const sleeps = `${RECORD_SETTINGS}; ${emit(initLine())} exec sleep 600`;
    const claudePath = await fakeClaude(sandbox, sleeps);
    const program = `${sandbox.root}/program.ts`;
    await Deno.writeTextFile(
      program,
      `import { ClaudeSession } from "${REPOSITORY}/lib/mod.ts";
const session = new ClaudeSession({ claudePath: "${claudePath}", settings: '{"model": "opus"}' });
const events = session.run("go");
while ((await events.next()).value?.type !== "session_info");
${exit}
`,
    );
    const options = ["-A", "-q", "--no-lock", "--cached-only", "--config"];
    await using process = startProcess(
      [Deno.execPath(), "run", ...options, `${REPOSITORY}/deno.json`, program],
      { sandbox, env: await denoVariables() },
    );
    const { code, stderr } = await process.finished;
    assert(code !== 0, stderr);
    assertEquals(JSON.parse(await recorded(sandbox, "settings")).model, "opus", stderr);
    await sandbox.assertNothingLeft();
    assertEquals(await Array.fromAsync(Deno.readDir(`${sandbox.root}/tmp`)), []);
  });
}
