import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { CcrunError } from "../lib/mod.ts";
import { assertEvents } from "./support/event_schema.ts";
import {
  emit,
  FAKE_SESSION_ID,
  initLine,
  messageLine,
  promptIn,
  resultLine,
} from "./support/fake_claude.ts";
import { eventsOfType, exitOf } from "./support/events_of_type.ts";
import { eventsOf, fakeSession, RECORD, recorded, SUCCEED, WAIT } from "./support/fake_session.ts";
import { makeSandbox, type Sandbox } from "./support/sandbox.ts";

/** Returns the recorded prompts. */
async function recordedPrompts(sandbox: Sandbox): Promise<string[]> {
  return (await recorded(sandbox, "prompts")).split("\n").filter((line) => line !== "")
    .map(promptIn);
}

/** Returns the arguments of each run that select a session. */
async function sessionArguments(sandbox: Sandbox): Promise<string[]> {
  const runs = (await recorded(sandbox, "args")).split("--\n").slice(0, -1);
  return runs.map((args) =>
    args.split("\n").filter((arg) => /^--(resume|continue|fork|session)/.test(arg)).join(" ")
  );
}

Deno.test("ClaudeSession.run yields the events of a run, from start to exit", async () => {
  await using sandbox = await makeSandbox();
  const events = await eventsOf(await fakeSession(sandbox, SUCCEED), "say done");
  assertEquals(events.map(({ type }) => type), [
    "start",
    "session_info",
    "text",
    "usage",
    "result",
    "exit",
  ]);
  const [start] = eventsOfType(events, "start");
  assertEquals(start?.cwd, sandbox.project);
  assertEquals(start?.claude?.path.startsWith(sandbox.bin), true);
  assertEquals([exitOf(events).code, exitOf(events).session_id], [0, FAKE_SESSION_ID]);
  assertEquals(await recordedPrompts(sandbox), ["say done"]);
  const times = [start?.time_ms, exitOf(events).time_ms];
  assert(times.every((time) => typeof time === "number" && time >= 0));
});

Deno.test("ClaudeSession runs claude in the workspace, which may be a relative path", async () => {
  await using sandbox = await makeSandbox();
  const relative = `${"../".repeat(Deno.cwd().split("/").length)}${sandbox.project.slice(1)}/`;
  const body = `pwd >"$HOME/cwd"; ${emit(resultLine())}`;
  await eventsOf(await fakeSession(sandbox, body, { workspace: relative }));
  assertEquals(await recorded(sandbox, "cwd"), `${sandbox.project}\n`);
});

Deno.test("ClaudeSession passes its options to claude", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, SUCCEED, {
    model: "opus",
    partial: true,
    allowedDirs: [`${sandbox.root}/a/../b`],
    extraArgs: ["--betas", "x"],
  });
  await eventsOf(session);
  const args = (await recorded(sandbox, "args")).split("\n");
  const [, settings = ""] = args.splice(args.indexOf("--settings"), 2);
  assertMatch(settings, /\/ccrun-[^/]+\/settings\.json$/);
  assertEquals(args, [
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

Deno.test("a permission mode of a run overrides that all permissions are skipped", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, SUCCEED, { dangerouslySkipPermissions: true });
  await eventsOf(session, "look", { permissionMode: "plan" });
  await eventsOf(session, "do it");
  const runs = (await recorded(sandbox, "args")).split("--\n").slice(0, -1);
  const permissions = runs.map((args) =>
    args.split("\n").filter((arg) => arg.includes("permission")).join(" ")
  );
  assertEquals(permissions, ["--permission-mode=plan", "--dangerously-skip-permissions"]);
});

Deno.test("ClaudeSession starts claude in the given environment, with the variables of a proxy", async () => {
  await using sandbox = await makeSandbox();
  const { ANTHROPIC_API_KEY: _key, ...inherited } = sandbox.env();
  const env = { ...inherited, CLAUDECODE: "1", TERM: "xterm" };
  const names = "ANTHROPIC_API_URL ANTHROPIC_BASE_URL ANTHROPIC_API_KEY TERM CLAUDECODE".split(" ");
  const values = names.map((name) => `$${name}`).join("|");
  const body = `echo "${values}" >"$HOME/env"; ${emit(resultLine())}`;
  const rows = [
    [undefined, "http://proxy:1/v1|http://proxy:1|sk-placeholder-key-for-proxy|dumb|\n"],
    ['{"apiKeyHelper": "/bin/key"}', "http://proxy:1/v1|http://proxy:1||dumb|\n"],
  ] as const;
  for (const [settings, expected] of rows) {
    await eventsOf(
      await fakeSession(sandbox, body, { env, apiUrl: "http://proxy:1/v1", settings }),
    );
    assertEquals(await recorded(sandbox, "env"), expected);
  }
});

Deno.test("ClaudeSession resumes its own session in the next run", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, SUCCEED);
  assertEquals([session.currentSessionId, session.busy], [undefined, false]);
  await eventsOf(session, "one");
  assertEquals([session.currentSessionId, session.busy], [FAKE_SESSION_ID, false]);
  const [start] = eventsOfType(await eventsOf(session, "two"), "start");
  assertEquals(start?.resume, FAKE_SESSION_ID);
  assertEquals(await sessionArguments(sandbox), ["", `--resume=${FAKE_SESSION_ID}`]);
  assertEquals(await recordedPrompts(sandbox), ["one", "two"]);
});

Deno.test("ClaudeSession resumes, continues or forks the session that a run selects", async () => {
  await using sandbox = await makeSandbox();
  const newSessionId = "11111111-2222-4333-8444-555555555555";
  const session = await fakeSession(sandbox, SUCCEED, { newSessionId });
  const rows = [
    [{}, `--session-id=${newSessionId}`],
    [{}, `--resume=${FAKE_SESSION_ID}`],
    [{ sessionId: "mine" }, "--resume=mine"],
    [{ continueLast: true }, "--continue"],
    [{ fork: true }, `--session-id=${newSessionId} --resume=${FAKE_SESSION_ID} --fork-session`],
    [
      { continueLast: true, fork: true },
      `--session-id=${newSessionId} --continue --fork-session`,
    ],
    [{ sessionId: "pending_1" }, `--session-id=${newSessionId}`],
    [{ sessionId: "pending_2", fork: true }, `--session-id=${newSessionId}`],
  ] as const;
  for (const [options] of rows) await eventsOf(session, "go", options);
  assertEquals(await sessionArguments(sandbox), rows.map(([, args]) => args));
});

Deno.test("ClaudeSession forks a session and never reports the old id as the new one", async () => {
  await using sandbox = await makeSandbox();
  // A hook reports the old id before init reports the new one.
  const hook = { type: "system", subtype: "hook_started", session_id: "old", hook_name: "h" };
  const body = `${RECORD}; ${emit(messageLine(hook), initLine(), resultLine())}`;
  const session = await fakeSession(sandbox, body);
  const events = await Array.fromAsync(session.run("go", { sessionId: "old", fork: true }));
  assertEvents(events, { forkedFrom: "old" });
  assertEquals(session.currentSessionId, FAKE_SESSION_ID);
});

Deno.test("ClaudeSession rejects a fork without a session and two sessions at once, and is not busy afterwards", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, SUCCEED);
  for (const options of [{ fork: true }, { sessionId: "a", continueLast: true }]) {
    const run = () => Array.fromAsync(session.run("go", options));
    const error = await assertRejects(run, CcrunError);
    assertInstanceOf(error, CcrunError);
    assertEquals([error.kind, session.busy], ["usage", false]);
  }
  assertEquals(exitOf(await eventsOf(session)).code, 0);
});

Deno.test("ClaudeSession.currentSessionId is set at session_info, even if the loop is left then", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, `${RECORD}; ${WAIT}`);
  for (let count = 0; count < 2; count++) {
    for await (const event of session.run("go")) {
      if (event.type === "session_info") break;
    }
    assertEquals(session.currentSessionId, FAKE_SESSION_ID);
  }
  assertEquals(await sessionArguments(sandbox), ["", `--resume=${FAKE_SESSION_ID}`]);
});

Deno.test("ClaudeSession keeps its session when a run fails", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, `${RECORD}; ${emit(initLine())} exit 3`);
  assertEquals(exitOf(await eventsOf(session)).code, 1);
  assertEquals(session.currentSessionId, FAKE_SESSION_ID);
});

Deno.test("ClaudeSession runs one claude at a time, in the order of the calls", async () => {
  await using sandbox = await makeSandbox();
  const body = `head -n 1 >>"$HOME/prompts"; mkdir "$HOME/running" || echo >"$HOME/overlap"
    sleep 0.05; ${emit(initLine(), resultLine())} rmdir "$HOME/running"`;
  const session = await fakeSession(sandbox, body);
  const runs = ["1", "2", "3"].map((prompt) => eventsOf(session, prompt));
  assertEquals(session.busy, true);
  for (const events of await Promise.all(runs)) assertEquals(exitOf(events).code, 0);
  assertEquals(session.busy, false);
  assertEquals(await recordedPrompts(sandbox), ["1", "2", "3"]);
  assertEquals(await recorded(sandbox, "overlap"), "");
});

Deno.test("ClaudeSession is busy while a run waits for its turn", async () => {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, WAIT);
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
  const session = await fakeSession(sandbox, SUCCEED);
  const events = session.run("go");
  assertEquals(session.busy, false);
  await events.return();
  assertEquals([session.busy, await recorded(sandbox, "args")], [false, ""]);
});

Deno.test("diagnostics contain sizes and kinds, and content only with logRawDiagnostics", async () => {
  for (const logRawDiagnostics of [undefined, true]) {
    await using sandbox = await makeSandbox();
    const lines: string[] = [];
    const session = await fakeSession(sandbox, SUCCEED, {
      model: "secret-model",
      diagnostics: (line) => void lines.push(line),
      logRawDiagnostics,
    });
    await eventsOf(session, "secret prompt");
    const all = lines.join("\n");
    assert(all.includes("13 characters"), all);
    assertEquals(all.includes("secret-model"), logRawDiagnostics === true, all);
    assert(!all.includes("secret prompt") && !all.includes("Done."), all);
    assert(!all.includes(FAKE_SESSION_ID), all);
  }
});
