import { setImmediate } from "node:timers";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { EventOf, EventType, RunEvent } from "../lib/events.ts";
import {
  CcrunError,
  ClaudeSession,
  type ClaudeSessionOptions,
  type RunOptions,
  type StopReason,
} from "../lib/mod.ts";
import { denoVariables } from "./support/ccrun.ts";
import { assertEvents } from "./support/event_schema.ts";
import {
  emit,
  FAKE_SESSION_ID,
  fakeClaude,
  initLine,
  messageLine,
  promptIn,
  resultLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "./support/fake_claude.ts";
import { REPOSITORY } from "./support/paths.ts";
import { startProcess } from "./support/running_process.ts";
import { makeSandbox, type Sandbox } from "./support/sandbox.ts";
import { waitFor } from "./support/wait_for.ts";

/** Longer than anything here takes. */
const LONG_MS = 60_000;

/** Records the prompt, and the arguments one a line. */
const KEEP = 'head -n 1 >>"$HOME/prompts"; printf "%s\\n" "$@" -- >>"$HOME/args"';

/** Reports the session, and waits for SIGINT. */
const WAIT = `${emit(initLine())}trap 'exit 1' INT; while :; do sleep 0.02; done`;

/** Creates a session with a fake claude. */
async function makeSession(
  sandbox: Sandbox,
  body: string,
  options: ClaudeSessionOptions = {},
): Promise<ClaudeSession> {
  return new ClaudeSession({
    workspace: sandbox.project,
    claudePath: await fakeClaude(sandbox, body),
    env: sandbox.env(),
    ...options,
  });
}

/** Returns the events of a run. */
async function run(
  session: ClaudeSession,
  prompt = "go",
  options: RunOptions = {},
): Promise<readonly RunEvent[]> {
  const events = await Array.fromAsync(session.run(prompt, options));
  assertEvents(events);
  return events;
}

/** Returns the events of a run with a fake claude in its own sandbox, and checks that no process is left. */
async function runFake(
  body: string,
  options: ClaudeSessionOptions = {},
  runOptions: RunOptions = {},
): Promise<readonly RunEvent[]> {
  await using sandbox = await makeSandbox();
  const events = await run(await makeSession(sandbox, body, options), "go", runOptions);
  assertEquals(await sandbox.processes(), []);
  return events;
}

function all<K extends EventType>(events: readonly RunEvent[], type: K): EventOf<K>[] {
  return events.filter((event) => event.type === type) as unknown as EventOf<K>[];
}

function exitOf(events: readonly RunEvent[]): EventOf<"exit"> {
  const exit = events.at(-1);
  assert(exit?.type === "exit");
  return exit;
}

/** Returns the message and the hint of the error. */
function errorOf(events: readonly RunEvent[]): string {
  const [{ error } = { error: undefined }] = all(events, "error");
  return `${error?.message} | ${error?.hint}`;
}

async function kept(sandbox: Sandbox, name: string): Promise<string> {
  return await Deno.readTextFile(`${sandbox.home}/${name}`).catch(() => "");
}

/** Returns the recorded prompts, joined. */
async function keptPrompts(sandbox: Sandbox): Promise<string> {
  const lines = (await kept(sandbox, "prompts")).split("\n").filter((line) => line !== "");
  return lines.map((line) => line.startsWith("{") ? promptIn(line) : line).join("");
}

/** Returns the arguments of each run that select a session. */
async function sessionArguments(sandbox: Sandbox): Promise<string[]> {
  const runs = (await kept(sandbox, "args")).split("--\n").slice(0, -1);
  return runs.map((args) =>
    args.split("\n").filter((arg) => /^--(resume|continue|fork|session)/.test(arg)).join(" ")
  );
}

const GOOD = `${KEEP}; ${emit(initLine(), textLine("Done."), resultLine())}`;

// A run

Deno.test("ClaudeSession.run yields the events of a run, from start to exit", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD);
  const events = await run(session, "say done");
  assertEquals(events.map(({ type }) => type), ["start", "session_info", "text", "result", "exit"]);
  const [start] = all(events, "start");
  assertEquals(start?.cwd, sandbox.project);
  assertEquals(start?.claude?.path.startsWith(sandbox.bin), true);
  assertEquals([exitOf(events).code, exitOf(events).session_id], [0, FAKE_SESSION_ID]);
  assertEquals(await keptPrompts(sandbox), "say done");
  const times = [start?.time_ms, exitOf(events).time_ms];
  assert(times.every((time) => typeof time === "number" && time >= 0));
});

Deno.test("ClaudeSession runs claude in the workspace, which may be a relative path", async () => {
  await using sandbox = await makeSandbox();
  const relative = `${"../".repeat(Deno.cwd().split("/").length)}${sandbox.project.slice(1)}/`;
  const body = `pwd >"$HOME/cwd"; ${emit(resultLine())}`;
  await run(await makeSession(sandbox, body, { workspace: relative }));
  assertEquals(await kept(sandbox, "cwd"), `${sandbox.project}\n`);
});

Deno.test("ClaudeSession passes its options to claude", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD, {
    model: "opus",
    partial: true,
    allowedDirs: [`${sandbox.root}/a/../b`],
    extraArgs: ["--betas", "x"],
  });
  await run(session);
  assertEquals((await kept(sandbox, "args")).split("\n"), [
    "-p",
    "--input-format=stream-json",
    "--output-format=stream-json",
    "--verbose",
    "--include-partial-messages",
    "--model=opus",
    `--add-dir=${sandbox.root}/b`,
    "--betas",
    "x",
    "--",
    "",
  ]);
});

Deno.test("ClaudeSession starts claude in the given environment, with the variables of a proxy", async () => {
  await using sandbox = await makeSandbox();
  const { ANTHROPIC_API_KEY: _key, ...inherited } = sandbox.env();
  const env = { ...inherited, CLAUDECODE: "1", TERM: "xterm" };
  const names = "ANTHROPIC_API_URL ANTHROPIC_BASE_URL ANTHROPIC_API_KEY TERM CLAUDECODE".split(" ");
  const body = `echo "${names.map((name) => `$${name}`).join("|")}" >"$HOME/env"; ${
    emit(resultLine())
  }`;
  await run(await makeSession(sandbox, body, { env, apiUrl: "http://proxy:1/v1" }));
  assertEquals(
    await kept(sandbox, "env"),
    "http://proxy:1/v1|http://proxy:1|sk-placeholder-key-for-proxy|dumb|\n",
  );
});

Deno.test("ClaudeSession sets no placeholder key if there is a login or a key helper", async () => {
  const helper = '{"apiKeyHelper": "/bin/key"}';
  for (const place of ["home", "settings", "settings file"]) {
    await using sandbox = await makeSandbox();
    const { ANTHROPIC_API_KEY: _key, ...env } = sandbox.env();
    await Deno.writeTextFile(`${sandbox.root}/settings.json`, helper);
    if (place === "home") {
      await Deno.mkdir(`${sandbox.home}/.claude`);
      await Deno.writeTextFile(`${sandbox.home}/.claude/settings.json`, helper);
    }
    const settings = place === "settings"
      ? helper
      : place === "home"
      ? undefined
      : `${sandbox.root}/settings.json`;
    const body = `echo "key $ANTHROPIC_API_KEY" >"$HOME/env"; ${emit(resultLine())}`;
    await run(await makeSession(sandbox, body, { env, apiUrl: "http://proxy:1", settings }));
    assertEquals(await kept(sandbox, "env"), "key \n", place);
  }
});

Deno.test("ClaudeSession passes a prompt of 5 MB, and succeeds even if claude does not read it", async () => {
  await using sandbox = await makeSandbox();
  const prompt = "你好 x ".repeat(650_000);
  const reads = await makeSession(sandbox, `head -n 1 >"$HOME/prompts"; ${emit(resultLine())}`);
  assertEquals(exitOf(await run(reads, prompt)).code, 0);
  assert(await keptPrompts(sandbox) === prompt);
  const ignores = await makeSession(sandbox, emit(initLine(), resultLine()));
  assertEquals(exitOf(await run(ignores, prompt)).code, 0);
});

Deno.test("ClaudeSession uses the last of several results for the outcome", async () => {
  const first = resultLine({ is_error: true, result: "no", num_turns: 2 });
  const events = await runFake(emit(initLine(), first, initLine(), resultLine({ result: "yes" })));
  assertEquals(all(events, "result").map(({ ok, text }) => [ok, text]), [[false, "no"], [
    true,
    "yes",
  ]]);
  assertEquals([exitOf(events).code, exitOf(events).turns], [0, 3]);
});

Deno.test("ClaudeSession does not copy the exit code of claude", async () => {
  const good = exitOf(await runFake(`${emit(resultLine())} exit 1`));
  assertEquals([good.code, good.claude_exit_code], [0, 1]);
  const bad = exitOf(await runFake(emit(resultLine({ subtype: "error_max_turns" }))));
  assertEquals([bad.reason, bad.claude_exit_code], ["limit", 0]);
});

Deno.test("ClaudeSession yields lines that are not messages as raw, and reads a last line without a line end", async () => {
  const body = `echo 'Warning: x'; ${emit("[1]", initLine())} printf '%s' '${resultLine()}'`;
  const events = await runFake(body);
  assertEquals(all(events, "raw").map(({ content }) => content), ["Warning: x", "[1]"]);
  assertEquals(exitOf(events).code, 0);
});

Deno.test("ClaudeSession fails without the requested structured output", async () => {
  const jsonSchema = '{"type":"object"}';
  assertEquals(exitOf(await runFake(emit(resultLine()), { jsonSchema })).code, 6);
  const given = resultLine({ structured_output: { n: 1 } });
  assertEquals(exitOf(await runFake(emit(given), { jsonSchema })).code, 0);
});

const USE = { id: "toolu_1", name: "Bash", input: { command: "ls" } };
const DENIED = emit(
  initLine(),
  toolUseLine(USE),
  toolResultLine({ id: "toolu_1", content: "no", isError: true }),
  resultLine({ permission_denials: [{ tool_name: "Bash", tool_use_id: "toolu_1" }] }),
);

Deno.test("ClaudeSession reports denied calls, and fails because of them only with failOnDenied", async () => {
  for (const failOnDenied of [undefined, true]) {
    const events = await runFake(DENIED, { failOnDenied });
    const [warning] = all(events, "notice");
    assert(warning?.text.includes("--allowed-tools 'Bash(ls:*)'"), warning?.text);
    assertEquals(exitOf(events).code, failOnDenied ? 7 : 0);
  }
});

Deno.test("ClaudeSession measures the duration of a tool call", async () => {
  const body = `${emit(initLine(), toolUseLine(USE))} sleep 0.1
    ${emit(toolResultLine({ id: "toolu_1", content: "out" }), resultLine())}`;
  const [result] = all(await runFake(body), "tool_result");
  assert((result?.duration_ms ?? 0) >= 50, `${result?.duration_ms} ms`);
});

// Sessions

Deno.test("ClaudeSession resumes its own session in the next run", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD);
  assertEquals([session.currentSessionId, session.busy], [undefined, false]);
  await run(session, "one");
  assertEquals([session.currentSessionId, session.busy], [FAKE_SESSION_ID, false]);
  const [start] = all(await run(session, "two"), "start");
  assertEquals(start?.resume, FAKE_SESSION_ID);
  assertEquals(await sessionArguments(sandbox), ["", `--resume=${FAKE_SESSION_ID}`]);
  assertEquals(await keptPrompts(sandbox), "onetwo");
});

Deno.test("ClaudeSession resumes the session that a run names", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD);
  await run(session, "one", { sessionId: "mine" });
  await run(session, "two", { continueLast: true });
  assertEquals(await sessionArguments(sandbox), ["--resume=mine", "--continue"]);
});

Deno.test("ClaudeSession starts a new session for a pending id", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD);
  await run(session, "one", { sessionId: "pending_1" });
  await run(session, "two", { sessionId: "pending_2", fork: true });
  assertEquals(await sessionArguments(sandbox), ["", ""]);
});

Deno.test("ClaudeSession passes newSessionId only if the run starts a session", async () => {
  await using sandbox = await makeSandbox();
  const newSessionId = "11111111-2222-4333-8444-555555555555";
  const session = await makeSession(sandbox, GOOD, { newSessionId });
  await run(session, "one");
  await run(session, "two");
  await run(session, "three", { fork: true });
  await run(session, "four", { continueLast: true });
  await run(session, "five", { continueLast: true, fork: true });
  assertEquals((await sessionArguments(sandbox)).slice(-2), [
    "--continue",
    `--session-id=${newSessionId} --continue --fork-session`,
  ]);
  assertEquals((await sessionArguments(sandbox)).slice(0, 3), [
    `--session-id=${newSessionId}`,
    `--resume=${FAKE_SESSION_ID}`,
    `--session-id=${newSessionId} --resume=${FAKE_SESSION_ID} --fork-session`,
  ]);
});

Deno.test("ClaudeSession forks a session and never reports the old id as the new one", async () => {
  await using sandbox = await makeSandbox();
  // A hook reports the old id before init reports the new one.
  const hook = { type: "system", subtype: "hook_started", session_id: "old", hook_name: "h" };
  const body = `${KEEP}; ${emit(messageLine(hook), initLine(), resultLine())}`;
  const session = await makeSession(sandbox, body);
  const events = await Array.fromAsync(session.run("go", { sessionId: "old", fork: true }));
  assertEvents(events, { forkedFrom: "old" });
  assertEquals(all(events, "session_info").map(({ session_id }) => session_id), [FAKE_SESSION_ID]);
  assertEquals(await sessionArguments(sandbox), ["--resume=old --fork-session"]);
  assertEquals(session.currentSessionId, FAKE_SESSION_ID);
});

Deno.test("ClaudeSession rejects a fork without a session and two sessions at once, and is not busy afterwards", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD);
  for (const options of [{ fork: true }, { sessionId: "a", continueLast: true }]) {
    const error = await assertRejects(
      () => Array.fromAsync(session.run("go", options)),
      CcrunError,
    );
    assertInstanceOf(error, CcrunError);
    assertEquals([error.kind, session.busy], ["usage", false]);
  }
  assertEquals(exitOf(await run(session)).code, 0);
});

Deno.test("ClaudeSession.currentSessionId is set at session_info, even if the loop is left then", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, `${KEEP}; ${WAIT}`);
  for (let count = 0; count < 2; count++) {
    for await (const event of session.run("go")) {
      if (event.type !== "session_info") continue;
      assertEquals(session.currentSessionId, FAKE_SESSION_ID);
      break;
    }
    assertEquals(session.currentSessionId, FAKE_SESSION_ID);
  }
  assertEquals(await sessionArguments(sandbox), ["", `--resume=${FAKE_SESSION_ID}`]);
});

Deno.test("ClaudeSession keeps its session when a run fails", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, `${KEEP}; ${emit(initLine())} exit 3`);
  assertEquals(exitOf(await run(session)).code, 1);
  assertEquals(session.currentSessionId, FAKE_SESSION_ID);
});

// One at a time

Deno.test("ClaudeSession runs one claude at a time, in the order of the calls", async () => {
  await using sandbox = await makeSandbox();
  const body = `head -n 1 >>"$HOME/prompts"; mkdir "$HOME/running" || echo overlap >>"$HOME/prompts"
    sleep 0.05; ${emit(initLine(), resultLine())} rmdir "$HOME/running"`;
  const session = await makeSession(sandbox, body);
  const runs = ["1", "2", "3"].map((prompt) => run(session, prompt));
  assertEquals(session.busy, true);
  for (const events of await Promise.all(runs)) assertEquals(exitOf(events).code, 0);
  assertEquals(session.busy, false);
  assertEquals(await keptPrompts(sandbox), "123");
});

Deno.test("ClaudeSession is busy while a run waits for its turn", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, WAIT);
  const [first, second] = [session.run("one"), session.run("two")];
  await first.next();
  const waiting = second.next();
  await first.return();
  assertEquals(session.busy, true);
  assertEquals((await waiting).value?.type, "start");
  await second.return();
  assertEquals(session.busy, false);
});

Deno.test("ClaudeSession.run starts nothing until its events are read", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD);
  const events = session.run("go");
  assertEquals(session.busy, false);
  await events.return();
  assertEquals([session.busy, await kept(sandbox, "args")], [false, ""]);
});

Deno.test("two sessions run at the same time", async () => {
  await using sandbox = await makeSandbox();
  const [one, two] = [await makeSession(sandbox, WAIT), await makeSession(sandbox, GOOD)];
  const waiting = one.run("wait");
  await waiting.next();
  assertEquals(exitOf(await run(two)).code, 0);
  await waiting.return();
});

// Stopping

/** Runs to the end, and calls `then` when the session is known. */
async function runUntilKnown(
  session: ClaudeSession,
  then: () => void,
  options: RunOptions = {},
): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of session.run("go", options)) {
    events.push(event);
    if (event.type === "session_info") then();
  }
  assertEvents(events);
  return events;
}

Deno.test("ClaudeSession.stop stops the run and resolves to true", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, WAIT);
  const stopped: Promise<boolean>[] = [];
  const events = await runUntilKnown(session, () => void stopped.push(session.stop()));
  assertEquals(await Promise.all(stopped), [true]);
  assertEquals(exitOf(events).reason, "interrupt");
  assert(errorOf(events).includes(`--resume ${FAKE_SESSION_ID}`), errorOf(events));
  assertEquals(await sandbox.processes(), []);
  assertEquals([await session.stop(), session.busy], [false, false]);
});

Deno.test("ClaudeSession.stop resolves to false before and after a run", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD);
  assertEquals(await session.stop(), false);
  await run(session);
  assertEquals(await session.stop(), false);
});

Deno.test("ClaudeSession.stop stops a run even before claude is started", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD);
  const events: RunEvent[] = [];
  for await (const event of session.run("go")) {
    events.push(event);
    if (event.type === "start") assertEquals(await session.stop(), true);
  }
  assertEvents(events);
  assertEquals([exitOf(events).reason, await kept(sandbox, "args")], ["interrupt", ""]);
});

Deno.test("ClaudeSession.stop kills a claude that ignores signals", async () => {
  await using sandbox = await makeSandbox();
  const body = `trap '' INT TERM; ${emit(initLine())} while :; do sleep 0.02; done`;
  const session = await makeSession(sandbox, body, { graceMs: 500 });
  const events = await runUntilKnown(session, () => void session.stop());
  assertEquals([exitOf(events).reason, exitOf(events).claude_signal], ["interrupt", "SIGKILL"]);
  assertEquals(await sandbox.processes(), []);
});

Deno.test("ClaudeSession ignores a result that follows a stop", async () => {
  await using sandbox = await makeSandbox();
  const end = `trap 'echo '"'"'${resultLine()}'"'"'; exit 0' INT`;
  const body = `${end}; ${emit(initLine())} while :; do sleep 0.02; done`;
  const session = await makeSession(sandbox, body);
  const events = await runUntilKnown(session, () => void session.stop());
  assertEquals(all(events, "result").length, 1);
  assertEquals(exitOf(events).reason, "interrupt");
});

Deno.test("ClaudeSession stops claude before the loop over its events is left", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, WAIT);
  for (const type of ["start", "session_info"] as const) {
    for await (const event of session.run("go", { sessionId: "pending_" })) {
      if (event.type === type) break;
    }
    assertEquals([await sandbox.processes(), session.busy], [[], false]);
  }
  await assertRejects(
    async () => {
      for await (const event of session.run("go")) {
        if (event.type === "session_info") throw new Error("the reader's own");
      }
    },
    Error,
    "the reader's own",
  );
  assertEquals([await sandbox.processes(), session.busy], [[], false]);
});

Deno.test("RunOptions.signal prevents claude from starting if it is aborted before the run", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD);
  const events = await run(session, "go", { signal: AbortSignal.abort() });
  assertEquals(events.map(({ type }) => type), ["start", "error", "exit"]);
  assertEquals([exitOf(events).reason, await kept(sandbox, "args")], ["interrupt", ""]);
  assertEquals(exitOf(await run(session)).code, 0);
});

Deno.test("RunOptions.signal stops the run, and its reason becomes the outcome", async () => {
  const cause: StopReason = {
    signal: "SIGTERM",
    failure: { kind: "terminate", message: "stopped by SIGTERM" },
  };
  for (
    const [reason, code, signal] of [[cause, 143, "SIGTERM"], [undefined, 130, undefined]] as const
  ) {
    await using sandbox = await makeSandbox();
    const session = await makeSession(sandbox, WAIT);
    const abort = new AbortController();
    const events = await runUntilKnown(session, () => abort.abort(reason), {
      signal: abort.signal,
    });
    assertEquals([exitOf(events).code, exitOf(events).signal], [code, signal]);
    assertEquals(await sandbox.processes(), []);
  }
});

Deno.test("RunOptions.signal cancels a run that waits for another one", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, `${KEEP}; ${WAIT}`);
  const abort = new AbortController();
  const first = session.run("one");
  await first.next();
  const second = run(session, "two", { signal: abort.signal });
  abort.abort();
  await first.return();
  assertEquals((await second).map(({ type }) => type), ["start", "error", "exit"]);
  assertEquals((await kept(sandbox, "prompts")).includes("two"), false);
});

Deno.test("RunOptions.signal has no effect after the run", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, GOOD);
  const abort = new AbortController();
  assertEquals(exitOf(await run(session, "one", { signal: abort.signal })).code, 0);
  abort.abort();
  assertEquals(exitOf(await run(session, "two")).code, 0);
});

Deno.test("a stop after the last result changes the outcome only if a signal caused it", async () => {
  const body = `${emit(initLine(), resultLine())} trap 'exit 0' INT; while :; do sleep 0.02; done`;
  const stopWith = async (cause: StopReason) => {
    await using sandbox = await makeSandbox();
    const session = await makeSession(sandbox, body);
    const abort = new AbortController();
    const events: RunEvent[] = [];
    for await (const event of session.run("go", { signal: abort.signal })) {
      events.push(event);
      if (event.type === "result") abort.abort(cause);
    }
    assertEvents(events);
    return exitOf(events).reason;
  };
  assertEquals(await stopWith({ failure: { kind: "pipe", message: "gone" } }), "success");
  const signal: StopReason = { signal: "SIGHUP", failure: { kind: "hangup", message: "stopped" } };
  assertEquals(await stopWith(signal), "hangup");
  assertEquals(await stopWith({ failure: { kind: "interrupt", message: "enough" } }), "success");
});

// Failures

Deno.test("ClaudeSession reports a missing claude as events", async () => {
  const events = await runFake("", { claudePath: "/no/such/claude" });
  assertEquals(events.map(({ type }) => type), ["start", "error", "exit"]);
  assertEquals([exitOf(events).code, all(events, "start")[0]?.claude], [127, null]);
  assert(errorOf(events).includes("claudePath names /no/such/claude"), errorOf(events));
});

Deno.test("ClaudeSession reports a workspace that is missing or not a directory", async () => {
  await using sandbox = await makeSandbox();
  for (const workspace of [`${sandbox.root}/none`, `${sandbox.project}/notes.txt`]) {
    const session = await makeSession(sandbox, GOOD, { workspace });
    const events = await run(session);
    assertEquals(exitOf(events).code, 2);
    assert(errorOf(events).includes(workspace), errorOf(events));
  }
  assertEquals(await kept(sandbox, "args"), "");
});

Deno.test("ClaudeSession reports a program that is not Claude Code or cannot be executed", async () => {
  await using sandbox = await makeSandbox();
  const claudePath = `${sandbox.bin}/other`;
  const session = new ClaudeSession({ workspace: sandbox.project, claudePath, env: sandbox.env() });
  const become = async (script: string, mode = 0o755) => {
    await Deno.writeTextFile(claudePath, script);
    await Deno.chmod(claudePath, mode);
    const events = await run(session);
    assert(errorOf(events).includes(claudePath), errorOf(events));
    assertEquals(exitOf(events).code, 126);
    return errorOf(events);
  };
  assert((await become("#!/bin/sh\necho hello >&2\n")).includes("hello"));
  assert(!(await become("#!/bin/sh\nexit 0\n")).includes("says"));
  await become("#!/no/such/interpreter\n");
  await become("#!/bin/sh\n", 0o644);
});

Deno.test("ClaudeSession reports why claude refuses to start", async () => {
  const root = "--dangerously-skip-permissions cannot be used with root/sudo privileges";
  const events = await runFake(`echo '${root}' >&2; exit 1`);
  const exit = exitOf(events);
  assertEquals([exit.code, exit.claude_exit_code, exit.stderr], [1, 1, root]);
  assert(errorOf(events).includes("IS_SANDBOX=1"), errorOf(events));
});

Deno.test("ClaudeSession reports the signal that killed claude", async () => {
  const events = await runFake(`${emit(initLine())} kill -KILL $$`);
  assertEquals([exitOf(events).code, exitOf(events).claude_signal], [1, "SIGKILL"]);
  assert(errorOf(events).includes("SIGKILL"), errorOf(events));
});

/** Returns a fake claude that reports a rejected key again and again. */
function rejecting(apiKeySource: string): string {
  const retry = messageLine({
    type: "system",
    subtype: "api_retry",
    attempt: 1,
    max_retries: 10,
    retry_delay_ms: 500,
    error_status: 401,
    error: "authentication_failed",
  });
  return `trap 'exit 1' INT; ${emit(initLine({ apiKeySource }))} while :; do ${
    emit(retry)
  } sleep 0.02; done`;
}

Deno.test("ClaudeSession stops at the first rejection of a static key", async () => {
  const events = await runFake(rejecting("ANTHROPIC_API_KEY"));
  assertEquals([exitOf(events).code, exitOf(events).reason], [3, "auth"]);
  assert(errorOf(events).includes("authentication_failed"), errorOf(events));
});

Deno.test("ClaudeSession lets claude retry if the API is overloaded", async () => {
  const retry = messageLine({
    type: "system",
    subtype: "api_retry",
    attempt: 1,
    max_retries: 10,
    retry_delay_ms: 1,
    error_status: 529,
    error: "overloaded",
  });
  const events = await runFake(emit(initLine(), retry, retry, textLine("Done."), resultLine()));
  assertEquals([all(events, "retry").length, exitOf(events).code], [2, 0]);
  const given = await runFake(`${emit(initLine(), retry)} exit 1`);
  assertEquals(exitOf(given).reason, "api");
});

Deno.test("ClaudeSession stops at the second rejection of a key from a helper or a login", async () => {
  for (const source of ["apiKeyHelper", "none"]) {
    const events = await runFake(rejecting(source));
    assertEquals(exitOf(events).code, 3);
    assert(all(events, "retry").length >= 2);
  }
});

// Leftover processes and floods

Deno.test("ClaudeSession ends a run even if a leftover process holds stdout open", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, `sleep 600 & ${emit(initLine(), resultLine())}`);
  assertEquals(exitOf(await run(session)).code, 0);
});

Deno.test("ClaudeSession drains a flood on stderr and keeps a limited part of its end", async () => {
  const line = "x".repeat(99);
  const flood = `yes '${line}' | head -c 3000000 >&2; echo last >&2`;
  const events = await runFake(`${flood}; ${emit(initLine())} exit 3`);
  const said = exitOf(events).stderr ?? "";
  assert(said.endsWith(`${line}\nlast`) && said.length <= 256 * 1024, `${said.length} kept`);
  const notices = all(events, "notice").filter(({ kind }) => kind === "stderr");
  const size = notices.reduce((sum, { text }) => sum + text.length, 0);
  assert(size > 200_000 && size < 300_000, `${size} told`);
  assert(notices.at(-1)?.text.includes("more"), notices.at(-1)?.text);
});

Deno.test("ClaudeSession reports each line of stderr as a notice", async () => {
  const events = await runFake(`echo one >&2; printf 'two' >&2; ${emit(initLine(), resultLine())}`);
  assertEquals(all(events, "notice").map(({ level, kind, text }) => [level, kind, text]), [
    ["info", "stderr", "one"],
    ["info", "stderr", "two"],
  ]);
  assertEquals(exitOf(events).stderr, undefined);
});

Deno.test("ClaudeSession blocks claude while its events are not read", async () => {
  await using sandbox = await makeSandbox();
  const lines = Array.from({ length: 50 }, () => textLine("x".repeat(2000)));
  const body = `trap 'exit 1' INT; ${emit(initLine())} while :; do ${emit(...lines)} done`;
  const session = await makeSession(sandbox, body);
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

// Bytes

Deno.test("onOutput receives each byte of stdout before its events", async () => {
  await using sandbox = await makeSandbox();
  const odd = "a\\377\\000b\\r\\n";
  const lines = emit(initLine(), resultLine());
  const session = await makeSession(sandbox, `printf '${odd}'; ${lines}`);
  const chunks: Uint8Array[] = [];
  const seen: number[] = [];
  for await (
    const { type } of session.run("go", { onOutput: (chunk) => void chunks.push(chunk.slice()) })
  ) {
    if (type === "result") seen.push(chunks.length);
  }
  const bytes = chunks.flatMap((chunk) => [...chunk]);
  assertEquals(bytes.slice(0, 6), [0x61, 0xff, 0x00, 0x62, 0x0d, 0x0a]);
  const text = new TextDecoder().decode(new Uint8Array(bytes.slice(6)));
  assertEquals(text.split("\n").length, 3);
  assert((seen[0] ?? 0) > 0);
});

Deno.test("onOutput delays the events until it resolves", async () => {
  await using sandbox = await makeSandbox();
  const session = await makeSession(sandbox, emit(initLine(), resultLine()));
  const held = Promise.withResolvers<void>();
  const seen: string[] = [];
  const running = (async () => {
    for await (const { type } of session.run("go", { onOutput: () => held.promise })) {
      seen.push(type);
    }
  })();
  await waitFor(() => seen.includes("start"), LONG_MS);
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  assertEquals(seen, ["start"]);
  held.resolve();
  await running;
  assertEquals(seen.includes("result"), true);
});

Deno.test("onOutput stops the run with the error that it throws", async () => {
  const full = new CcrunError("failed", "cannot write --record: disk full");
  for (const [error, code] of [[full, 1], [new Error("a bug"), 70]] as const) {
    const onOutput = () => Promise.reject(error);
    const events = await runFake(WAIT, {}, { onOutput });
    assertEquals(exitOf(events).code, code);
    assert(errorOf(events).includes(error.message), errorOf(events));
  }
});

// Diagnostics

Deno.test("diagnostics contain sizes and kinds, and content only with logRawDiagnostics", async () => {
  for (const logRawDiagnostics of [undefined, true]) {
    await using sandbox = await makeSandbox();
    const said: string[] = [];
    const session = await makeSession(sandbox, GOOD, {
      model: "secret-model",
      diagnostics: (line) => void said.push(line),
      logRawDiagnostics,
    });
    await run(session, "secret prompt");
    const all = said.join("\n");
    assert(all.includes("13 characters"), all);
    assertEquals(all.includes("secret-model"), logRawDiagnostics === true, all);
    assert(!all.includes("secret prompt") && !all.includes("Done."), all);
    assert(!all.includes(FAKE_SESSION_ID), all);
  }
});

// Private files

/** Records the content and the path of the file of --settings. */
const KEEP_SETTINGS = `before=; for arg in "$@"; do if [ "$before" = --settings ]; then
  echo "$arg" >"$HOME/path"; cp "$arg" "$HOME/settings"; fi; before=$arg; done`;

Deno.test("ClaudeSession passes secrets in private files and removes them, however the run ends", async () => {
  const ends: { [name: string]: [body: string, leave: boolean] } = {
    "a good end": [emit(initLine(), resultLine()), false],
    "a bad end": ["exit 3", false],
    "a killed claude": ["kill -KILL $$", false],
    "a reader that leaves": [WAIT, true],
  };
  for (const [name, [body, leave]] of Object.entries(ends)) {
    await using sandbox = await makeSandbox();
    const session = await makeSession(sandbox, `${KEEP_SETTINGS}; ${body}`, {
      settings: '{"apiKeyHelper": "secret"}',
    });
    for await (const event of session.run("go")) {
      if (leave && event.type === "session_info") break;
    }
    assertEquals(JSON.parse(await kept(sandbox, "settings")), { apiKeyHelper: "secret" }, name);
    const path = (await kept(sandbox, "path")).trim();
    const directory = path.replace(/\/[^/]*$/, "");
    assertEquals(await Deno.stat(directory).then(() => true, () => false), false, name);
  }
});

/** Ways in which a program exits during a run. */
const ENDS: { readonly [name: string]: string } = {
  "calls Deno.exit": "Deno.exit(3);",
  "throws": "throw new Error('x');",
  "throws in a callback":
    "setTimeout(() => { throw new Error('x'); }); await new Promise(() => {});",
  "has an unhandled rejection": "Promise.reject(new Error('x')); await new Promise(() => {});",
};

for (const [name, end] of Object.entries(ENDS)) {
  Deno.test(`ClaudeSession leaves no claude and no private files if the program ${name}`, async () => {
    await using sandbox = await makeSandbox();
    const sleeps = `${emit(initLine())} exec sleep 600`;
    const claudePath = await fakeClaude(sandbox, `${KEEP_SETTINGS}; ${sleeps}`);
    const program = `${sandbox.root}/program.ts`;
    await Deno.writeTextFile(
      program,
      `import { ClaudeSession } from "${REPOSITORY}/lib/mod.ts";
const session = new ClaudeSession({ claudePath: "${claudePath}", settings: "{}" });
const events = session.run("go");
while ((await events.next()).value?.type !== "session_info");
${end}
`,
    );
    const config = `${REPOSITORY}/deno.json`;
    const options = ["-A", "--quiet", "--no-lock", "--cached-only", "--config", config];
    await using process = startProcess(
      [Deno.execPath(), "run", ...options, program],
      { sandbox, env: await denoVariables() },
    );
    const { code, stderr } = await process.finished;
    assert(code !== 0, stderr);
    // claude was started.
    assertEquals(await kept(sandbox, "settings"), "{}", stderr);
    await sandbox.assertNothingLeft();
    assertEquals([...Deno.readDirSync(`${sandbox.root}/tmp`)].map(({ name }) => name), []);
  });
}
