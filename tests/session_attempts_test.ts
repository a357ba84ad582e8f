import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import type { RunEvent } from "../lib/events.ts";
import { CcrunError, ClaudeSession, type ClaudeSessionOptions } from "../lib/mod.ts";
import { eventsOfType, exitOf } from "./support/events_of_type.ts";
import {
  emit,
  FAKE_SESSION_ID,
  fakeClaude,
  initLine,
  messageLine,
  promptIn,
  resultLine,
  textLine,
} from "./support/fake_claude.ts";
import { errorOf, eventsOf, RECORD, recorded } from "./support/fake_session.ts";
import { makeSandbox, type Sandbox } from "./support/sandbox.ts";
import { userLine, writeSession } from "./support/session_files.ts";
import { waitFor } from "./support/wait_for.ts";

const OVERLOADED = emit(
  initLine(),
  resultLine({
    is_error: true,
    api_error_status: 529,
    result: "API Error: 529 overloaded",
    num_turns: 1,
    total_cost_usd: 0.5,
  }),
);

/** Returns lines of a run that a usage limit stops. */
function limited(resetsAt: Date, ...work: readonly string[]): string {
  const rate_limit_info = { status: "rejected", resetsAt: resetsAt.getTime() / 1_000 };
  return emit(
    initLine(),
    ...work,
    messageLine({ type: "rate_limit_event", rate_limit_info }),
    resultLine({ is_error: true, result: "You've hit your session limit · resets 3pm" }),
  );
}

const SUCCESS = emit(initLine(), textLine("All done."), resultLine({ result: "All done." }));

interface AttemptScene {
  readonly sandbox: Sandbox;
  readonly session: ClaudeSession;
  /** Returns the prompts of all attempts. */
  prompts(): Promise<string[]>;
  /** Returns the arguments of claude in an attempt, from 0. */
  args(attempt: number): Promise<string>;
}

/** Runs a test with a claude that has a script for each attempt. The last one is for all further ones. */
async function withAttempts(
  scripts: readonly string[],
  options: ClaudeSessionOptions,
  act: (scene: AttemptScene) => Promise<void>,
  isStored = true,
): Promise<void> {
  await using sandbox = await makeSandbox();
  const { home, project: cwd } = sandbox;
  const lines = isStored ? [userLine("Do it.")] : [];
  await writeSession({ home, cwd, id: FAKE_SESSION_ID, lines });
  const cases = scripts.map((script, index) =>
    `${index === scripts.length - 1 ? "*" : index + 1}) ${script}\n;;`
  );
  const body = `${RECORD}; case $(($(wc -l <"$HOME/prompts"))) in\n${cases.join("\n")}\nesac`;
  const session = new ClaudeSession({
    workspace: cwd,
    claudePath: await fakeClaude(sandbox, body),
    env: sandbox.env(),
    ...options,
  });
  await act({
    sandbox,
    session,
    prompts: async () => (await recorded(sandbox, "prompts")).trimEnd().split("\n").map(promptIn),
    args: async (attempt) => (await recorded(sandbox, "args")).split("--\n")[attempt] ?? "",
  });
  await sandbox.assertNothingLeft();
}

function inSeconds(seconds: number): Date {
  return new Date(Math.ceil(Date.now() / 1_000 + seconds) * 1_000);
}

/** Fails unless the events are those of one run. */
function assertOneRun(events: readonly RunEvent[]): void {
  assertEquals(events.map(({ seq }) => seq), events.map((_, index) => index));
  assertEquals(events.filter(({ type }) => type === "start" || type === "exit").length, 2);
  const times = events.map(({ time_ms }) => time_ms ?? NaN);
  assertEquals(times, times.toSorted((one, other) => one - other));
}

Deno.test("attempts resume the session after a failure of the API, and add up what they used", async () => {
  const script = [OVERLOADED, SUCCESS];
  await withAttempts(script, { attempts: 2, maxTurns: 9, maxBudgetUsd: 5 }, async (scene) => {
    const events = await eventsOf(scene.session, "Do it.");
    assertOneRun(events);
    const exit = exitOf(events);
    assertEquals([exit.ok, exit.turns, exit.cost_usd], [true, 2, 0.5033]);
    assertEquals(exit.usage?.output, 84);
    assertEquals(eventsOfType(events, "result").at(-1)?.answer, "All done.");
    assertEquals(eventsOfType(events, "error"), []);
    const [waiting] = eventsOfType(events, "waiting");
    assertEquals([waiting?.reason, waiting?.attempt, waiting?.max_attempts], ["api", 2, 2]);
    assertStringIncludes(waiting?.message ?? "", "overloaded");
    const [first, second] = await scene.prompts();
    assertEquals(first, "Do it.");
    assertMatch(second ?? "", /Continue where you left off/);
    assertMatch(await scene.args(1), new RegExp(`--resume=${FAKE_SESSION_ID}`));
    // The request that failed is no turn of the model.
    assertMatch(await scene.args(1), /--max-turns=9\n/);
    assertMatch(await scene.args(1), /--max-budget-usd=4.5\n/);
  });
});

Deno.test("without a stored session, an attempt sends the prompt again", async () => {
  await withAttempts([OVERLOADED, SUCCESS], { attempts: 2 }, async ({ session, prompts, args }) => {
    const events = await eventsOf(session, "Do it.");
    assertEquals(exitOf(events).ok, true);
    assertEquals(await prompts(), ["Do it.", "Do it."]);
    assert(!(await args(1)).includes("--resume"));
  }, false);
});

Deno.test("the last failure is that of the run", async () => {
  await withAttempts([OVERLOADED], { attempts: 2 }, async ({ session, prompts }) => {
    const events = await eventsOf(session, "Do it.");
    assertOneRun(events);
    assertEquals(exitOf(events).reason, "api");
    assertEquals(eventsOfType(events, "error").length, 1);
    assertEquals((await prompts()).length, 2);
  });
});

Deno.test("a run waits until a usage limit is reset, and continues", async () => {
  const reset = inSeconds(1);
  const scripts = [limited(reset, textLine("Half.")), SUCCESS];
  await withAttempts(scripts, { waitForLimitMs: 60_000 }, async ({ session, prompts }) => {
    const events = await eventsOf(session, "Do it.");
    assertOneRun(events);
    assertEquals(exitOf(events).ok, true);
    assert(Date.now() >= reset.getTime());
    const [waiting] = eventsOfType(events, "waiting");
    assertEquals([waiting?.reason, waiting?.resets_at], ["quota", reset.toISOString()]);
    assert(Date.parse(waiting?.until ?? "") >= reset.getTime());
    assertMatch((await prompts())[1] ?? "", /Continue/);
  });
});

Deno.test("a run does not wait longer than it may, and says so", async () => {
  const scripts = [limited(inSeconds(7200))];
  await withAttempts(scripts, { waitForLimitMs: 60_000 }, async ({ session }) => {
    const events = await eventsOf(session);
    assertEquals([exitOf(events).reason, exitOf(events).code], ["quota", 8]);
    const [notice] = eventsOfType(events, "notice").filter(({ kind }) => kind === "waiting");
    assertMatch(notice?.text ?? "", /no longer than --wait-for-limit 1m, because .* reset at 20/);
  });
});

Deno.test("a stop ends a wait at once, with the command that resumes the session", async () => {
  const scripts = [limited(inSeconds(7200), textLine("Half.")), SUCCESS];
  const options = { waitForLimitMs: 24 * 3_600_000, timeoutMs: 600_000 };
  await withAttempts(scripts, options, async ({ session, prompts }) => {
    const events: RunEvent[] = [];
    for await (const event of session.run("Do it.")) {
      events.push(event);
      if (event.type === "waiting") void session.stop();
    }
    assertOneRun(events);
    const exit = exitOf(events);
    assertEquals([exit.reason, exit.code, exit.turns], ["interrupt", 130, 1]);
    assert(exit.resets_at !== undefined);
    assertStringIncludes(errorOf(events), `ccrun --resume ${FAKE_SESSION_ID}`);
    assertEquals((await prompts()).length, 1);
  });
});

Deno.test("a limit of one turn allows another attempt", async () => {
  await withAttempts([OVERLOADED, SUCCESS], { attempts: 2, maxTurns: 1 }, async (scene) => {
    assertEquals(exitOf(await eventsOf(scene.session)).reason, "success");
    assertMatch(await scene.args(1), /--max-turns=1\n/);
  });
});

Deno.test("a call that was denied in an earlier attempt fails the run", async () => {
  const denied = messageLine({
    type: "system",
    subtype: "permission_denied",
    tool_name: "Bash",
    tool_use_id: "toolu_1",
    message: "no",
  });
  const scripts = [limited(inSeconds(0), denied), SUCCESS];
  const options = { waitForLimitMs: 60_000, failOnDenied: true };
  await withAttempts(scripts, options, async ({ session }) => {
    const events = await eventsOf(session);
    const exit = exitOf(events);
    assertEquals([exit.reason, exit.code, exit.ok], ["denied", 7, false]);
    assertStringIncludes(errorOf(events), "1 tool call denied");
  });
});

Deno.test("the next attempt works in the worktree of the first one", async () => {
  const cwd = "/home/dev/project/.claude/worktrees/calm-blue-sea";
  const script = emit(
    initLine({ cwd }),
    resultLine({ is_error: true, api_error_status: 529, result: "API Error: 529 overloaded" }),
  );
  const options = { attempts: 2, extraArgs: ["--worktree"] };
  await withAttempts([script, SUCCESS], options, async ({ session, args }) => {
    assertEquals(exitOf(await eventsOf(session)).ok, true);
    assertMatch(await args(1), /--worktree=calm-blue-sea\n/);
  });
});

Deno.test("the time limit does not count the wait", async () => {
  const scripts = [limited(inSeconds(1.5)), SUCCESS];
  const options = { waitForLimitMs: 60_000, timeoutMs: 1_500 };
  await withAttempts(scripts, options, async ({ session }) => {
    const exit = exitOf(await eventsOf(session));
    assertEquals(exit.reason, "success");
    assert((exit.duration_ms ?? 0) > 1_500, `${exit.duration_ms} ms`);
  });
});

Deno.test("a kept claude serves the next attempt", async () => {
  await using sandbox = await makeSandbox();
  const body = `echo start >>"$HOME/starts"\nhead -n 1 >/dev/null\n${OVERLOADED}\n` +
    `head -n 1 >/dev/null\n${SUCCESS}\ncat >/dev/null`;
  await using session = new ClaudeSession({
    workspace: sandbox.project,
    claudePath: await fakeClaude(sandbox, body),
    env: sandbox.env(),
    attempts: 2,
    keepAliveMs: 60_000,
  });
  assertEquals(exitOf(await eventsOf(session)).ok, true);
  assertEquals(await recorded(sandbox, "starts"), "start\n");
  assert(await waitFor(() => session.hasProcess, 1_000));
});

Deno.test("a session refuses attempts and waits that are not possible", () => {
  assertThrows(() => new ClaudeSession({ attempts: 0 }), CcrunError, "attempts");
  assertThrows(() => new ClaudeSession({ waitForLimitMs: -1 }), CcrunError, "waitForLimitMs");
});
