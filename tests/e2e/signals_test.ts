/**
 * Signals while claude works.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { hang, message, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { jsonEvents, type RunningCcrun } from "../support/ccrun.ts";
import { exists } from "../../lib/util/exists.ts";
import { emit, initLine, resultLine, textLine, toolUseLine } from "../support/fake_claude.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";
import { ANSWER, gate, withFake } from "./fake_scene.ts";
import {
  assertNothingLeft,
  bash,
  checked,
  eventOf,
  SKIP,
  toolStarted,
  withScene,
} from "./scene.ts";

/** A tool that reports its start and runs longer than any test. */
const WAITING = bash("touch started; sleep 377");

/** Sends the signal when the tool runs, and returns how ccrun ended. */
async function stopDuringTool(process: RunningCcrun, sandbox: Sandbox, signal: Deno.Signal) {
  await toolStarted(sandbox);
  process.kill(signal);
  const result = await process.finished;
  await assertNothingLeft(sandbox);
  return result;
}

/** The options of a run that creates a private file and would write an answer. */
const OPTIONS = [SKIP, "--settings", '{"env":{"A":"1"}}', "--output", "answer.txt"];

Deno.test("ccrun exits with 130 on SIGINT during a tool, and its session can be resumed", async () => {
  const reply = ({ userText }: ApiRequest) =>
    userText.includes("Go on.") ? text("I went on.") : message(text("I wait."), WAITING);
  await withScene([reply], async ({ claude, json, sandbox, start }) => {
    await using process = await start(["--json", ...OPTIONS, "Wait."]);
    const events = checked(await stopDuringTool(process, sandbox, "SIGINT"));
    const { code, reason, signal, session_id: id } = events.exit;
    assertEquals([code, reason, signal], [130, "interrupt", "SIGINT"]);
    assert(id !== undefined);
    assertEquals(eventOf(events, "error").error, {
      kind: "interrupt",
      message: "stopped by SIGINT",
      hint: `resume with: ccrun --resume ${id} --claude ${claude} ${SKIP} "..."`,
    });
    // claude reports how it was interrupted; 2.0.25 does not.
    if (claudeAtLeast("2.1.0")) {
      assertEquals(eventOf(events, "tool_result").is_error, true);
      assertEquals(eventOf(events, "result").ok, false);
    }
    assertStringIncludes(events.stderr, "ccrun: error: stopped by SIGINT\nccrun: resume with: ");

    const resumed = await json([SKIP, "--resume", id, "Go on."]);
    assertEquals([resumed.code, resumed.exit.session_id], [0, id]);
    assertEquals(eventOf(resumed, "result").text, "I went on.");
  });
});

Deno.test("ccrun exits with 143 on SIGTERM during a tool, and writes no answer", async () => {
  await withScene([message(text("I wait."), WAITING)], async ({ sandbox, start }) => {
    await using process = await start([...OPTIONS, "Wait."]);
    const { code, stdout, stderr } = await stopDuringTool(process, sandbox, "SIGTERM");
    assertEquals([code, stdout], [143, ""]);
    for (
      const part of [
        "\n● Bash  touch started; sleep 377\n",
        "\nerror: stopped by SIGTERM\n       resume with: ccrun --resume ",
        "\n✗ terminate · ",
      ]
    ) assertStringIncludes(stderr, part);
    assert(!stderr.includes("ede_diagnostic"), stderr);
    assertEquals(await exists(`${sandbox.project}/answer.txt`), false);
  });
});

Deno.test("ccrun exits with 131 on SIGQUIT while claude waits for the API", async () => {
  await withScene(hang, async ({ api, start }) => {
    await using process = await start(["--json", "Wait."]);
    await api.requested((request) => request.hasTools);
    process.kill("SIGQUIT");
    const { code, exit } = checked(await process.finished);
    assertEquals([code, exit.signal], [131, "SIGQUIT"]);
    assert(exit.session_id !== undefined);
  });
});

/** A fake claude that works until the gate opens, and records SIGINT. */
const RECORDING = `trap 'touch "$gates/asked"' INT; ${
  emit(initLine(), toolUseLine({ id: "toolu_1", name: "Bash", input: { command: "wait" } }))
}${gate("go")}${emit(textLine(ANSWER), resultLine({ result: ANSWER }))}`;

Deno.test("ccrun ignores SIGINT and SIGQUIT in the background of a script, like any job", async () => {
  await withFake(RECORDING, async ({ startShell, open, sandbox }) => {
    await using shell = await startShell(
      `ccrun --json hi >out.json & echo "pid $!"; wait $!; echo "code $?"; cat out.json >&2`,
    );
    const [, pid] = /^pid (\d+)/.exec(await shell.stdoutUntil("\n")) ?? [];
    const written = () => Deno.readTextFile(`${sandbox.project}/out.json`).catch(() => "");
    assert(await waitFor(async () => (await written()).includes("tool_use"), 60_000));
    for (const signal of ["SIGINT", "SIGQUIT"] as const) Deno.kill(Number(pid), signal);
    await open("go");
    const { stdout, stderr } = await shell.finished;
    assertStringIncludes(stdout, "code 0\n");
    assertEquals(jsonEvents(stderr).at(-1)?.type, "exit");
    assertEquals(await exists(`${sandbox.root}/asked`), false, "claude was asked to exit");
    await assertNothingLeft(sandbox);
  });
});

Deno.test("ccrun ignores SIGHUP under nohup, and exits on another signal", async () => {
  await withFake(RECORDING, async ({ startShell, open, created, sandbox }) => {
    const script = "trap '' HUP; exec ccrun --json hi";
    await using ccrun = await startShell(script);
    await ccrun.stdoutUntil("tool_use");
    ccrun.kill("SIGHUP");
    await open("go");
    assertEquals(checked(await ccrun.finished).code, 0);
    await Deno.remove(`${sandbox.root}/go`);

    await using other = await startShell(script);
    await other.stdoutUntil("tool_use");
    other.kill("SIGHUP");
    other.kill("SIGTERM");
    await created("asked");
    await open("go");
    assertEquals(checked(await other.finished).exit.signal, "SIGTERM");
    await assertNothingLeft(sandbox);
  });
});

Deno.test("ccrun in the background of a script stops the real claude on SIGTERM, and reports its cost", async () => {
  const reply = () => message(text("I wait."), WAITING);
  await withScene([reply], async ({ sandbox, startShell }) => {
    // A job in the background ignores SIGINT, which is what asks claude to exit.
    await using shell = await startShell(
      `ccrun --json ${SKIP} Wait. & echo "pid $!" >&2; wait $!; echo "code $?" >&2`,
    );
    await toolStarted(sandbox);
    const [, pid] = /pid (\d+)/.exec(await shell.stderrUntil("pid ")) ?? [];
    Deno.kill(Number(pid), "SIGTERM");
    const { stdout, stderr } = await shell.finished;
    await assertNothingLeft(sandbox);
    assertStringIncludes(stderr, "code 143\n");
    const events = { events: jsonEvents(stdout) };
    const { signal, cost_usd } = eventOf(events, "exit");
    assertEquals(signal, "SIGTERM");
    if (!claudeAtLeast("2.1.0")) return;
    assertEquals(eventOf(events, "result").cost_usd, cost_usd);
    assert(cost_usd !== null && cost_usd > 0);
  });
});

Deno.test("a second signal kills the real claude and its tool at once", async () => {
  await withScene([WAITING], async ({ sandbox, start }) => {
    await using ccrun = await start(["--json", "--grace", "60s", SKIP, "Wait."], {
      limitMs: 50_000,
    });
    await toolStarted(sandbox);
    ccrun.kill("SIGINT");
    // A different signal, because two pending signals of one kind are delivered once.
    ccrun.kill("SIGTERM");
    const run = checked(await ccrun.finished);
    await assertNothingLeft(sandbox);
    assert([130, 143].includes(run.code));
    assertEquals(run.exit.claude_signal, "SIGKILL");
  });
});
