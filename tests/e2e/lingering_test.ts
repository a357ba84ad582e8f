/**
 * A claude that lingers after its result, exits without a result, or dies.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ClaudeSessionOptions } from "../../lib/mod.ts";
import {
  emit,
  initLine,
  messageLine,
  resultLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { type LibraryRun, runInLibrary } from "./library_scene.ts";
import { ANSWER, gate, STORY, withFake } from "./fake_scene.ts";
import { checked, eventOf, eventsOf } from "./scene.ts";

/** Makes the script and the programs that it executes ignore signals. */
const DEAF = "trap '' INT TERM HUP\n";

/** Does not exit. */
const STAY = "exec sleep 377\n";

const GOOD = emit(initLine(), textLine("Done."), resultLine());
const BAD = resultLine({ subtype: "error_during_execution", is_error: true, result: "It broke." });

/** Reports a failed result when it is stopped. */
const LATE_FAILURE = `printf '%s\\n' '${BAD}' >"$HOME/late"; trap 'cat "$HOME/late"; exit 1' INT
${emit(initLine(), resultLine())}while :; do sleep 0.05; done`;

/** Time to exit that is soon over. */
const SHORT: ClaudeSessionOptions = { lingerMs: 300, graceMs: 300 };

function noticesOf(run: Pick<LibraryRun, "events">): readonly string[] {
  return eventsOf(run, "notice").map(({ kind }) => kind);
}

Deno.test("ccrun stops a claude that does not exit within 5s of its result", async () => {
  await withFake(`${GOOD}${STAY}`, async ({ run, sandbox }) => {
    const { code, stdout, stderr } = await run(["-o", "answer", "hi"]);
    assertEquals([code, stdout], [0, "Done.\n"]);
    assertStringIncludes(
      stderr,
      "claude did not exit within 5s of its result and was stopped; the result is valid",
    );
    assertEquals(await Deno.readTextFile(`${sandbox.project}/answer`), "Done.\n");
  });
});

testWith(
  { commands: ["setsid"] },
  "ClaudeSession kills a claude that does not exit after its result, and its leftovers",
  async () => {
    const body = `${DEAF}(sleep 377 &); (setsid sleep 377 &)\n${GOOD}${STAY}`;
    const run = await runInLibrary(body, SHORT);
    assertEquals([run.exit.code, run.exit.claude_signal], [0, "SIGKILL"]);
    assertEquals(noticesOf(run)[0], "stopped");
  },
);

Deno.test("ClaudeSession stops a claude that does not exit after its output", async () => {
  const good = await runInLibrary(`${DEAF}${GOOD}exec >&- 2>&-; ${STAY}`, SHORT);
  assertEquals([good.exit.code, noticesOf(good)], [0, ["stopped"]]);

  const none = await runInLibrary(`${DEAF}${emit(initLine())}exec >&- 2>&-; ${STAY}`, SHORT);
  assertEquals(none.exit.code, 1);
  const { error } = eventOf(none, "error");
  assertEquals(error.message, "claude closed its output without a result and did not exit");
});

Deno.test("ClaudeSession stops a claude that does not exit after a failed result", async () => {
  const run = await runInLibrary(`${emit(initLine(), BAD)}${STAY}`, SHORT);
  assertEquals([run.exit.code, run.exit.reason], [1, "failed"]);
  assertEquals(eventOf(run, "error").error.message, "It broke.");
  assertEquals(noticesOf(run), ["stopped"]);
});

Deno.test("ClaudeSession ignores a failed result that claude reports when it is stopped", async () => {
  const run = await runInLibrary(LATE_FAILURE, { ...SHORT, graceMs: 60_000 });
  assertEquals([run.exit.code, eventOf(run, "result").text], [0, "Done."]);
  assertEquals([...noticesOf(run)].sort(), ["late_result", "stopped"]);
  const late = eventsOf(run, "notice").find(({ kind }) => kind === "late_result");
  assertStringIncludes(late?.text ?? "", "It broke.");
  assertEquals(run.exit.claude_exit_code, 1);
});

/** Returns the line that reports the start or the end of a background task. */
function task(subtype: "task_started" | "task_notification", id: string): string {
  const status = subtype === "task_notification" ? { status: "completed" } : {};
  return messageLine({ type: "system", subtype, task_id: id, description: "Wait", ...status });
}

/** The origin of a turn that a background task has started. */
const NOTIFIED = { origin: { kind: "task-notification" } };

/** At the end of its stdin claude exits without the turns that are scheduled. */
const STDIN_IS_NEEDED =
  "exec 3<&0; (while read -r _ <&3; do :; done; kill -9 $$ 2>/dev/null) & watcher=$!\n";

/** Leaves no process behind. */
const STDIN_WAS_NEEDED = "{ kill -9 $watcher; wait $watcher; } 2>/dev/null\n";

/** Longer than claude is silent in a turn here. */
const LINGER_MS = 2000;

/** Waits for longer than claude may linger. */
const SLEEP_LONG = `sleep ${(LINGER_MS + 500) / 1000}\n`;

Deno.test("ClaudeSession waits for the turns that follow a result", async () => {
  const one = emit(initLine(), resultLine({ result: "One." }));
  const two = emit(textLine("Two."), resultLine({ result: "Two." }));
  const toolUse = toolUseLine({ id: "toolu_1", name: "Bash", input: { command: "x" } });
  const waiting = resultLine({ result: "I wait." });
  const result = toolResultLine({ id: "toolu_1", content: "Next wakeup scheduled" }, {
    tool_use_result: { scheduledFor: 0 },
  });
  // The time is known when the script runs.
  const wakeUp = emit(result).replace(
    "cat <<",
    'sed "s/\\"scheduledFor\\":0/\\"scheduledFor\\":$(date +%s)999/" <<',
  );
  const cases = {
    "a new turn": `${one}sleep 0.1\n${two}`,
    "a long turn": `${one}${emit(initLine(), toolUse)}${SLEEP_LONG}${two}`,
    "a background task": `${emit(initLine(), task("task_started", "t1"), waiting)}${SLEEP_LONG}${
      emit(task("task_notification", "t1"), initLine())
    }${two}`,
    "the second of two background tasks": `${
      emit(initLine(), task("task_started", "t1"), task("task_started", "t2"), waiting)
    }${emit(task("task_notification", "t1"))}${SLEEP_LONG}${
      emit(task("task_notification", "t2"), initLine())
    }${two}`,
    "the time of a wake-up": `${STDIN_IS_NEEDED}${emit(initLine(), toolUse)}${wakeUp}${
      emit(waiting)
    }${SLEEP_LONG}${emit(initLine())}${two}${STDIN_WAS_NEEDED}`,
    "the prompt, after the turn of an earlier task": `${
      emit(initLine(), resultLine({ result: "", num_turns: 0, ...NOTIFIED }))
    }${SLEEP_LONG}${emit(initLine())}${two}`,
    "a turn whose init precedes the result of the turn before": `${
      emit(initLine(), initLine(), waiting)
    }${SLEEP_LONG}${two}`,
  };
  await Promise.all(
    Object.entries(cases).map(async ([name, body]) => {
      const run = await runInLibrary(body, { lingerMs: LINGER_MS });
      assertEquals([run.exit.code, noticesOf(run)], [0, []], name);
      assertEquals(eventsOf(run, "result").at(-1)?.text, "Two.", name);
    }),
  );
});

Deno.test("ClaudeSession stops a claude that does not exit after its last background task", async () => {
  const cases = {
    "a task that has ended": [task("task_started", "t1"), task("task_notification", "t1")],
    "a task that is no work": [
      messageLine({ type: "system", subtype: "task_started", task_id: "t1", ambient: true }),
    ],
    "an empty list of tasks": [
      task("task_started", "t1"),
      messageLine({ type: "system", subtype: "background_tasks_changed", tasks: [] }),
    ],
  };
  await Promise.all(
    Object.entries(cases).map(async ([name, [started = "", ...ended]]) => {
      const body = emit(initLine(), started, resultLine(), ...ended);
      const run = await runInLibrary(`${body}${STAY}`, SHORT);
      const kinds = noticesOf(run).filter((kind) => kind !== "background_tasks");
      assertEquals([run.exit.code, kinds], [0, ["stopped"]], name);
    }),
  );
});

Deno.test("a run fails at the timeout of a background task that does not end", async () => {
  const body = `${emit(initLine(), task("task_started", "t1"), resultLine())}${STAY}`;
  for (const [name, limit] of [["timeout", "timeoutMs"], ["idle timeout", "idleTimeoutMs"]]) {
    const run = await runInLibrary(body, { ...SHORT, [limit ?? ""]: 1000 });
    assertEquals([run.exit.code, run.exit.reason], [124, "timeout"]);
    assertStringIncludes(eventOf(run, "error").error.message, `${name} of 1s reached`);
  }
});

Deno.test("a run succeeds if a timeout follows its result", async () => {
  const cases = [
    [`${DEAF}${GOOD}${STAY}`, { timeoutMs: 3000 }],
    [LATE_FAILURE, { idleTimeoutMs: 3000 }],
  ] as const;
  await Promise.all(cases.map(async ([body, limit]) => {
    const run = await runInLibrary(body, { ...limit, lingerMs: 60_000, graceMs: 300 });
    assertEquals([run.exit.code, eventsOf(run, "error")], [0, []]);
    const stopped = eventsOf(run, "notice").find(({ kind }) => kind === "stopped");
    assertStringIncludes(stopped?.text ?? "", "timeout of 3s reached");
  }));
});

Deno.test("ccrun reports a result that claude has cut off, with the answer of the messages", async () => {
  const cut = resultLine({ result: ANSWER }).slice(0, -100);
  const body = `${emit(...STORY.slice(0, -1))}printf '%s' '${cut}'`;
  await withFake(body, async ({ run }) => {
    const first = await run(["-q", "--record", "tape", "hi"]);
    const replayed = await run(["replay", "-q", "tape"]);
    for (const { stdout, stderr, code } of [first, replayed]) {
      assertEquals([stdout, code], [`${ANSWER}\n`, 0]);
      assertStringIncludes(stderr, "ccrun: warning: the output of claude ends in the middle of");
      assert(!stderr.includes('"type"'), stderr);
    }
  });
});

Deno.test("ccrun reports why claude exited without a result, with the end of its stderr", async () => {
  const body = `${emit(initLine())}echo 'the disk is on fire' >&2; exit 3`;
  await withFake(body, async ({ run }) => {
    const { code, stdout, stderr } = await run(["-q", "hi"]);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "claude exited without a result (exit code 3): ");
    assertStringIncludes(stderr, "the disk is on fire");
  });
});

Deno.test("a run succeeds if claude is killed after its result", async () => {
  const { exit } = await runInLibrary(`${GOOD}kill -KILL $$`);
  assertEquals([exit.code, exit.claude_signal], [0, "SIGKILL"]);
});

/** More than ccrun may buffer. */
const FLOOD_BYTES = 400_000_000;

/** Twice the memory that ccrun needs. */
const MAX_KIB = 200_000;

Deno.test("ccrun buffers a limited part of a flood on stderr that has no line end", async () => {
  const flood = `head -c ${FLOOD_BYTES} /dev/zero | tr '\\0' x >&2`;
  const body = `${emit(initLine())}${flood}\n: >"$gates/flooded"\n${gate("go")}${
    emit(resultLine())
  }`;
  await withFake(body, async ({ start, created, open }) => {
    await using process = await start(["--json", "hi"]);
    await created("flooded");
    if (Deno.build.os === "linux") {
      const status = await Deno.readTextFile(`/proc/${process.pid}/status`);
      const most = Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]);
      assert(most < MAX_KIB, `${most} KiB`);
    }
    await open("go");
    const events = checked(await process.finished);
    assertEquals(events.code, 0);
    assert(events.stdout.length < 2_000_000, `${events.stdout.length}`);
  });
});
