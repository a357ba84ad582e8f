/**
 * The effects and messages of --timeout and --idle-timeout.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { hang, message, subagent, text, toolUse } from "../support/api_reply.ts";
import { sinceClaude } from "../support/claude.ts";
import {
  deltaLine,
  emit,
  initLine,
  messageLine,
  resultLine,
  textLine,
} from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { runInLibrary } from "./library_scene.ts";
import { ANSWER, gate, STORY, withFake } from "./fake_scene.ts";
import {
  assertNothingLeft,
  bash,
  eventOf,
  eventsOf,
  type JsonRun,
  SKIP,
  withScene,
} from "./scene.ts";
import { assertGone, makeLeftover } from "./leftovers.ts";

/** The longest limit that is tried. */
const MAX_LIMIT_S = 32;

/**
 * Runs until the limit is reached during the expected activity. If a slow machine reaches it earlier,
 * the run is repeated with twice the time.
 */
async function untilTimeout(
  run: (limit: string) => Promise<JsonRun>,
  during: RegExp,
  isDue: (events: JsonRun) => boolean = () => true,
): Promise<JsonRun> {
  for (let seconds = 4;; seconds *= 2) {
    const events = await run(`${seconds}s`);
    assertEquals([events.code, events.exit.reason], [124, "timeout"], events.stdout);
    const { error } = eventOf(events, "error");
    assertStringIncludes(error.message, `timeout of ${seconds}s reached: `);
    if (during.test(error.message) && isDue(events)) return events;
    assert(2 * seconds <= MAX_LIMIT_S, error.message);
  }
}

/** Returns whether the turn ended before the limit. A turn that was stopped has a failed result. */
function hasResult(events: JsonRun): boolean {
  return eventsOf(events, "result").some(({ ok }) => ok);
}

Deno.test("ccrun --timeout stops a running tool and names it", async () => {
  let command = "";
  const replies = [() => message(text("I wait."), bash(command)), text("Never.")];
  await withScene(replies, async ({ claude, sandbox, json }) => {
    await using leftover = makeLeftover(sandbox);
    command = `(${leftover.command} &); ${leftover.waitCommand}; sleep 377`;
    const events = await untilTimeout((limit) => json([SKIP, "--timeout", limit, "Wait."]), /Bash/);
    await assertGone(leftover);
    const { message, hint } = eventOf(events, "error").error;
    assertMatch(
      message,
      /^timeout of \d+s reached: Bash \(.+\.\.\.\) has been running for [\d.]+m?s; last event: (?:tool_use|tool_progress|task), [\d.]+m?s ago$/,
    );
    assertEquals(
      hint,
      `raise --timeout; resume with: ccrun --resume ${events.exit.session_id} --claude ${claude} ${SKIP} "..."`,
    );
    assertStringIncludes(events.stderr, `ccrun: error: ${message}\n`);
  });
});

testWith(
  sinceClaude("2.1.300", "it does not wait for background tasks"),
  "ccrun --timeout fails a run whose background task still runs after a result",
  async () => {
    const input = {
      command: "touch begun; sleep 377",
      description: "Wait for it",
      run_in_background: true,
    };
    await withScene([toolUse("Bash", input), text("I started it.")], async ({ json }) => {
      const run = (limit: string) => json([SKIP, "--timeout", limit, "Wait."]);
      const events = await untilTimeout(
        run,
        /a background task \(Wait for it\) has been running/,
        hasResult,
      );
      assertEquals(eventOf(events, "result").text, "I started it.");
    });
  },
);

testWith(
  sinceClaude("2.1.0", "2.0 has none"),
  "ccrun --timeout fails a run whose background subagent still works after a result",
  async () => {
    const replies = [
      subagent({ prompt: "Look for ALPHA.", description: "Find it", background: true }),
      text("I started it."),
      text("Never."),
    ];
    const subagents = { ALPHA: [bash("touch begun; sleep 377"), text("Never.")] };
    await withScene(replies, async ({ json }) => {
      const run = (limit: string) => json([SKIP, "--timeout", limit, "Find it."]);
      const events = await untilTimeout(run, /has been running for /, hasResult);
      assertEquals(eventsOf(events, "result")[0]?.text, "I started it.");
    }, { subagents });
  },
);

Deno.test("ccrun --idle-timeout stops a run whose API does not answer", async () => {
  await withScene(hang, async ({ json }) => {
    const events = await untilTimeout(
      (limit) => json([SKIP, "--idle-timeout", limit, "Wait."]),
      /last event: /,
    );
    assertMatch(eventOf(events, "error").error.message, /^idle timeout of /);
  });
});

Deno.test("the idle timeout counts each piece of a long answer, and hides the pieces", async () => {
  // Together, the pieces take longer than the limit. A claude that is not asked for them is silent.
  const body = `${emit(initLine())}for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
case " $* " in *" --include-partial-messages "*) ${
    emit(deltaLine("piece "))
  };; esac; sleep 0.3; done
${emit(textLine("piece ".repeat(12)), resultLine())}`;
  const run = await runInLibrary(body, { idleTimeoutMs: 3000 });
  assertEquals(run.exit.reason, "success");
  assertEquals(eventsOf(run, "text").map(({ text }) => text), ["piece ".repeat(12)]);
  assertEquals(eventsOf(run, "text_delta"), []);
});

Deno.test("the idle timeout does not count the time until an announced retry", async () => {
  const retry = messageLine({
    type: "system",
    subtype: "api_retry",
    attempt: 1,
    max_retries: 10,
    retry_delay_ms: 6000,
    error_status: 529,
    error: "overloaded",
  });
  const body = `${emit(initLine(), retry)}sleep 4\n${emit(resultLine())}`;
  const run = await runInLibrary(body, { idleTimeoutMs: 3000 });
  assertEquals(run.exit.reason, "success");
  assertEquals(eventOf(run, "retry").delay_ms, 6000);
});

Deno.test("the idle timeout counts any output as activity", async () => {
  const commands = [
    emit(messageLine({ type: "system", subtype: "thinking_tokens" })),
    "echo 'not a message';",
    "printf incomplete;",
    "echo stderr >&2;",
  ];
  // Together, the pauses are longer than the limit.
  const repeat = (command: string) =>
    `${emit(initLine())}for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do ${command} sleep 0.3; done; echo
    ${emit(resultLine())}`;
  await Promise.all(commands.map(async (command) => {
    const { exit } = await runInLibrary(repeat(command), { idleTimeoutMs: 3000 });
    assertEquals(exit.reason, "success", command);
  }));
});

/** Longer than any run takes unless it hangs. */
const BOUND_MS = 60_000;

Deno.test("both limits stop a claude that ignores signals", async () => {
  const deaf = "trap '' INT TERM HUP;";
  const hang = "exec sleep 377";
  const cases = [
    [`${deaf} ${hang}`, { timeoutMs: 5000 }, "timeout of 5s reached: claude produced no output"],
    [`${deaf} exec >&-; ${hang}`, { idleTimeoutMs: 5000 }, "idle timeout of 5s reached: claude"],
    [`${deaf} ${emit(initLine())}${hang}`, { idleTimeoutMs: 5000 }, "5s reached: last event:"],
  ] as const;
  await Promise.all(cases.map(async ([body, limit, wanted]) => {
    const run = await runInLibrary(body, { ...limit, graceMs: 300 });
    assertEquals([run.exit.code, run.exit.claude_signal], [124, "SIGKILL"]);
    const { message, hint } = eventOf(run, "error").error;
    assertStringIncludes(message, wanted);
    // A claude without output may be unable to run.
    assertEquals(hint?.includes("ccrun doctor"), !wanted.includes("last event"), hint);
  }));
});

Deno.test("ccrun has no limit if a timeout is 0", async () => {
  await withFake(`sleep 1; ${emit(...STORY)}`, async ({ run }) => {
    const limits = ["--timeout=0", "--idle-timeout=0"];
    const env = { CCRUN_TIMEOUT: "1ms", CCRUN_IDLE_TIMEOUT: "1ms" };
    const { code, stdout } = await run(["-q", ...limits, "hi"], { env });
    assertEquals([code, stdout], [0, `${ANSWER}\n`]);
    assertEquals((await run(["-q", "hi"], { env })).code, 124);
  });
});

testWith(
  { commands: ["mkfifo"] },
  "ccrun --timeout stops while --settings is a pipe without a writer",
  async () => {
    await withFake(STORY, async ({ shell, prompt }) => {
      const { stdout, code, stderr } = await shell(
        "mkfifo pipe; ccrun --json --timeout 1s --settings pipe hi",
        { limitMs: BOUND_MS },
      );
      assertEquals(code, 124, stderr);
      const types = stdout.trim().split("\n").map((line) => JSON.parse(line).type);
      assertEquals(types, ["start", "error", "exit"]);
      assertStringIncludes(stdout, "timeout of 1s reached: claude produced no output");
      assertEquals(await prompt(), undefined, "claude was started");
    });
  },
);

testWith(
  { commands: ["mkfifo"] },
  "ccrun --json prints start before it reads the prompt",
  async () => {
    await withFake(STORY, async ({ sandbox, shell, start, prompt }) => {
      await shell("mkfifo pipe");
      await using ccrun = await start(["--json", "--settings", "pipe", "hi"]);
      await ccrun.stdoutUntil('"type":"start"');
      assertEquals(await prompt(), undefined, "claude was started");
      await Deno.writeTextFile(`${sandbox.project}/pipe`, "{}");
      const { code, stderr } = await ccrun.finished;
      assertEquals(code, 0, stderr);
    });
  },
);

/** More than all buffers between claude and the reader hold. */
const LINES = Array.from({ length: 300 }, (_, at) => textLine(`${at} ${"x".repeat(50_000)}`));

Deno.test("ccrun --idle-timeout does not count the time in which its output is not read", async () => {
  await withFake(emit(initLine(), ...LINES, resultLine()), async ({ shell }) => {
    const { stdout, stderr } = await shell(
      `ccrun --json --idle-timeout 2s hi | { sleep 4; tail -n 1; }; echo "\${PIPESTATUS[0]}"`,
    );
    assertStringIncludes(stdout, '"reason":"success"');
    assert(stdout.endsWith("\n0\n"), stdout);
    assertEquals(stderr, "");
  });
});

Deno.test("ccrun --timeout stops a run even if its output is not read", async () => {
  const endless = `${emit(initLine())}while :; do ${emit(LINES[0] ?? "")}done`;
  await withFake(endless, async ({ shell, sandbox }) => {
    const { stdout } = await shell(
      `{ ccrun --json --timeout 2s --grace 1s hi; echo $? >../code; } |
      { ${gate("code").replace("$gates", "..")}}; cat ../code`,
      { limitMs: BOUND_MS },
    );
    assertEquals(stdout, "124\n");
    await assertNothingLeft(sandbox);
  });
});
