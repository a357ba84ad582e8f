/**
 * A claude that lingers after its result, exits without a result, or dies.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  emit,
  initLine,
  messageLine,
  resultLine,
  textLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { type FakeScene, gate, withFake } from "./fake_scene.ts";
import { assertNothingLeft, checked, eventOf, eventsOf, exists, type JsonRun } from "./scene.ts";

/** The command that starts a process in a new session. */
const NEEDS = { commands: ["setsid"] };

/** A shell loop that does not end, and a trap that ignores signals. */
const FOREVER = "while :; do sleep 0.05; done\n";
const DEAF = "trap '' INT TERM HUP\n";

const GRACE = ["--grace", "1s"];

/** Runs several cases at once, because each waits for the limit for lingering. */
function testTogether(
  name: string,
  cases: Readonly<
    Record<string, readonly [body: string, act: (scene: FakeScene) => Promise<void>]>
  >,
): void {
  Deno.test(name, async (t) => {
    const steps = Object.entries(cases).map(([name, [body, act]]) =>
      t.step({
        name,
        fn: () => withFake(body, act),
        sanitizeOps: false,
        sanitizeResources: false,
        sanitizeExit: false,
      })
    );
    await Promise.all(steps);
  });
}

/** Returns the kinds of the notices. */
function noticesOf(run: Pick<JsonRun, "events">): readonly string[] {
  return eventsOf(run, "notice").map(({ kind }) => kind);
}

const started = (id: string) =>
  messageLine({ type: "system", subtype: "task_started", task_id: id, description: "Wait" });

const ended = (id: string) =>
  messageLine({ type: "system", subtype: "task_notification", task_id: id, status: "completed" });

const BAD = resultLine({ subtype: "error_during_execution", is_error: true, result: "It broke." });

testTogether("ccrun stops a claude that does not exit after its result or its output", {
  "a good result": [
    `${DEAF}${emit(initLine(), textLine("Done."), resultLine())}${FOREVER}`,
    async ({ run }) => {
      const events = checked(await run(["--json", ...GRACE, "hi"]));
      assertEquals([events.code, events.stderr], [0, ""]);
      assertEquals(noticesOf(events), ["stopped"]);
      const [notice] = eventsOf(events, "notice");
      assertStringIncludes(notice?.text ?? "", "claude did not exit within 5s of its result");
      assertEquals(events.exit.claude_signal, "SIGKILL");
    },
  ],
  "the answer as text": [
    `${emit(initLine(), textLine("Done."), resultLine())}exec sleep 377`,
    async ({ run, sandbox }) => {
      const { code, stdout, stderr } = await run([...GRACE, "-o", "answer", "hi"]);
      assertEquals([code, stdout], [0, "Done.\n"]);
      assertStringIncludes(stderr, "of its result and was stopped; the result is valid");
      assertEquals(await Deno.readTextFile(`${sandbox.project}/answer`), "Done.\n");
    },
  ],
  "stdout and stderr are closed": [
    `${emit(initLine(), resultLine())}exec >&- 2>&-; ${DEAF}${FOREVER}`,
    async ({ run }) => {
      const events = checked(await run(["--json", ...GRACE, "hi"]));
      assertEquals([events.code, noticesOf(events)], [0, ["stopped"]]);
    },
  ],
  "stdout is closed without a result": [
    `${emit(initLine())}exec >&- 2>&-; ${DEAF}${FOREVER}`,
    async ({ run }) => {
      const { code, stdout, stderr } = await run(["-q", ...GRACE, "hi"]);
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(stderr, "claude closed its output without a result and did not exit");
    },
  ],
  "a failed result": [
    `${emit(initLine(), BAD)}exec sleep 377`,
    async ({ run }) => {
      const events = checked(await run(["--json", ...GRACE, "hi"]));
      assertEquals([events.code, events.exit.reason], [1, "failed"]);
      assertEquals(eventOf(events, "error").error.message, "It broke.");
      assertEquals(noticesOf(events), ["stopped"]);
    },
  ],
  "a failed result that follows the stop does not replace a good one": [
    `trap 'cat "$HOME/late"; exit 1' INT
    printf '%s\n' '${BAD}' >"$HOME/late"
    ${emit(initLine(), resultLine())}${FOREVER}`,
    async ({ run }) => {
      const events = checked(await run(["--json", ...GRACE, "hi"]));
      assertEquals([events.code, eventOf(events, "result").text], [0, "Done."]);
      assertEquals([...noticesOf(events)].sort(), ["late_result", "stopped"]);
      const late = eventsOf(events, "notice").find(({ kind }) => kind === "late_result");
      assertStringIncludes(late?.text ?? "", "It broke.");
      assertEquals(events.exit.claude_exit_code, 1);
    },
  ],
});

testWith(
  NEEDS,
  "ccrun stops a claude that lingers after its result, and its leftovers",
  async () => {
    const body = `${
      emit(initLine(), resultLine())
    }(sleep 377 &); (setsid sleep 377 &)\n${DEAF}${FOREVER}`;
    await withFake(body, async ({ run }) => {
      const events = checked(await run(["--json", ...GRACE, "hi"]));
      assertEquals([events.code, noticesOf(events)[0]], [0, "stopped"]);
    });
  },
);

testTogether("ccrun waits for turns that follow a result", {
  "the second result is the answer": [
    `${emit(initLine(), resultLine({ result: "One." }))}sleep 1
    ${emit(textLine("Two."), resultLine({ result: "Two." }))}sleep 1`,
    async ({ run }) => {
      const { code, stdout } = await run(["-q", "hi"]);
      assertEquals([code, stdout], [0, "Two.\n"]);
    },
  ],
  "a failed second result is the outcome": [
    `${emit(initLine(), resultLine({ result: "One." }))}sleep 1\n${emit(initLine(), BAD)}`,
    async ({ run }) => {
      const { code, stdout, stderr } = await run(["-q", "hi"]);
      assertEquals([code, stdout], [1, ""]);
      assertStringIncludes(stderr, "It broke.");
    },
  ],
  "a background task longer than the limit for lingering, and its turn": [
    `${emit(initLine(), started("t1"), textLine("I wait."), resultLine({ result: "I wait." }))}
    sleep 5.5
    ${emit(ended("t1"), initLine(), textLine("It came."), resultLine({ result: "It came." }))}`,
    async ({ run }) => {
      const events = checked(await run(["--json", "hi"]));
      assertEquals([events.code, noticesOf(events)], [0, []]);
      assertEquals(eventsOf(events, "result").map(({ text }) => text), ["I wait.", "It came."]);
    },
  ],
  "the second of two background tasks": [
    `${emit(initLine(), started("t1"), started("t2"), resultLine({ result: "I wait." }))}
    sleep 1\n${emit(ended("t1"))}sleep 5.5\n${emit(ended("t2"), resultLine({ result: "Both." }))}`,
    async ({ run }) => {
      const { code, stdout } = await run(["-q", "hi"]);
      assertEquals([code, stdout], [0, "Both.\n"]);
    },
  ],
  "a new turn longer than the limit for lingering": [
    `${emit(initLine(), resultLine({ result: "One." }))}sleep 1
    ${emit(initLine(), toolUseLine({ id: "toolu_1", name: "Bash", input: { command: "x" } }))}
    sleep 5.5\n${emit(resultLine({ result: "Two." }))}`,
    async ({ run }) => {
      const { code, stdout } = await run(["-q", "hi"]);
      assertEquals([code, stdout], [0, "Two.\n"]);
    },
  ],
  "claude does not exit after its last background task": [
    `${emit(initLine(), started("t1"), resultLine())}sleep 1\n${emit(ended("t1"))}exec sleep 377`,
    async ({ run }) => {
      const events = checked(await run(["--json", ...GRACE, "hi"]));
      assertEquals([events.code, noticesOf(events)], [0, ["stopped"]]);
    },
  ],
});

Deno.test("ccrun fails at the timeout of a background task that does not end", async () => {
  const body = `${emit(initLine(), started("t1"), resultLine())}exec sleep 377`;
  await withFake(body, async ({ run }) => {
    const events = checked(await run(["--json", "--timeout", "3s", ...GRACE, "hi"]));
    assertEquals([events.code, events.exit.reason], [124, "timeout"]);
    assertStringIncludes(eventOf(events, "error").error.message, "timeout of 3s reached");
    const silent = await run(["-q", "--idle-timeout", "2s", ...GRACE, "hi"]);
    assertEquals([silent.code, silent.stdout], [124, ""]);
    assertStringIncludes(silent.stderr, "idle timeout of 2s reached");
  });
});

Deno.test("ccrun succeeds if a timeout follows a good result", async () => {
  const late = `trap 'cat "$HOME/late"; exit 1' INT\nprintf '%s\n' '${BAD}' >"$HOME/late"\n`;
  // Both are shorter than the limit for lingering.
  const options = ["--timeout=3s", "--idle-timeout=2s"];
  const cases = [DEAF, late].flatMap((before) => options.map((option) => ({ before, option })));
  await Promise.all(cases.map(async ({ before, option }) => {
    await withFake(`${before}${emit(initLine(), resultLine())}${FOREVER}`, async ({ run }) => {
      const events = checked(await run(["--json", option, ...GRACE, "hi"]));
      assertEquals([events.code, events.exit.reason], [0, "success"], `${before} ${option}`);
      assertEquals(eventsOf(events, "error"), []);
      const stopped = eventsOf(events, "notice").find(({ kind }) => kind === "stopped");
      assertStringIncludes(stopped?.text ?? "", "timeout of ");
    });
  }));
});

Deno.test("ccrun reports why claude exited without a result, with the end of its output", async () => {
  const cases = [
    [`echo 'first'; echo 'the disk is on fire' >&2; exit 3`, [
      "claude exited without a result (exit code 3): ",
      "the disk is on fire",
    ]],
    ["exit 0", ["claude exited without a result (exit code 0)"]],
    ["echo garbage; echo '{broken'; exit 0", ["(exit code 0): garbage {broken"]],
    ["kill -KILL $$", ["claude was terminated by SIGKILL without a result", "memory"]],
    ["kill -SEGV $$", ["claude was terminated by SIGSEGV without a result"]],
    ["kill -TERM $$", ["claude was terminated by SIGTERM without a result"]],
    ["kill -INT $$", ["claude was terminated by SIGINT without a result"]],
    ["echo 'I die' >&2; kill -ABRT $$", ["SIGABRT without a result: I die"]],
  ] as const;
  for (const [script, wanted] of cases) {
    await withFake(`ulimit -c 0\n${emit(initLine())}${script}`, async ({ run }) => {
      const { code, stdout, stderr } = await run(["-q", "hi"]);
      assertEquals([code, stdout], [1, ""], script);
      for (const part of wanted) assertStringIncludes(stderr, part);
    });
  }
});

Deno.test("ccrun succeeds if claude dies after a good result", async () => {
  for (const death of ["kill -KILL $$", "kill -SEGV $$", "exit 5"]) {
    const body = `ulimit -c 0\n${emit(initLine(), resultLine())}${death}`;
    await withFake(body, async ({ run }) => {
      const events = checked(await run(["--json", "hi"]));
      assertEquals(events.code, 0, death);
      const { claude_exit_code: code, claude_signal: signal } = events.exit;
      assertEquals(code ?? signal, { "exit 5": 5 }[death] ?? signal);
      assert((code ?? signal) !== undefined);
    });
  }
});

/** More than ccrun may buffer. */
const FLOOD_BYTES = 400_000_000;
const MAX_KIB = 400_000;

/** Longer than a flood takes on a loaded machine. */
const FLOODED_WITHIN_MS = 100_000;

Deno.test("ccrun buffers a limited part of a flood", async () => {
  const flood = (where: string) => `yes 'a line of a flood' | head -c ${FLOOD_BYTES} ${where}`;
  const noLine = `head -c ${FLOOD_BYTES} /dev/zero | tr '\\0' x >&2`;
  for (const script of [flood(">&2"), noLine]) {
    const body = `${emit(initLine())}${script}\n: >"$gates/flooded"\n${gate("go")}${
      emit(resultLine())
    }`;
    await withFake(body, async ({ start, sandbox, open }) => {
      await using process = await start(["--json", "hi"]);
      assert(await waitFor(() => exists(`${sandbox.root}/flooded`), FLOODED_WITHIN_MS));
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
  }
});

testWith(
  NEEDS,
  "ccrun ignores leftovers that hold stdout open and write to it",
  async () => {
    const chatter = "while :; do echo chatter; echo chatter >&2; sleep 0.02; done";
    const body = `${emit(initLine(), resultLine())}(setsid sh -c '${chatter}' &)`;
    await withFake(body, async ({ start, sandbox }) => {
      await using process = await start(["-q", "hi"]);
      const { code, stdout } = await process.finished;
      assertEquals([code, stdout], [0, "Done.\n"]);
      await assertNothingLeft(sandbox);
    });
  },
);
