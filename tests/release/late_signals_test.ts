/**
 * Signals after the result, and while the output of ccrun is not read.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { emit, initLine, resultLine, textLine, toolUseLine } from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { ANSWER, STORY, withFake } from "../e2e/fake_scene.ts";
import { assertNothingLeft, checked, eventOf } from "../e2e/scene.ts";

/** Longer than any step takes, and shorter than the grace period of 60 s. */
const LIMIT_MS = 50_000;

Deno.test("ccrun exits on a signal while claude exits slowly after its result", async () => {
  const body = `trap 'exit 0' INT; ${emit(...STORY)}while :; do sleep 0.05; done`;
  await withFake(body, async ({ start, sandbox }) => {
    await using ccrun = await start(["--json", "hi"]);
    await ccrun.stdoutUntil('"type":"result"');
    ccrun.kill("SIGTERM");
    const run = checked(await ccrun.finished);
    assertEquals([run.code, run.exit.signal], [143, "SIGTERM"]);
    // The earlier events are kept.
    assertEquals(eventOf(run, "result").text, ANSWER);
    assertEquals(run.exit.cost_usd, eventOf(run, "result").cost_usd);
    await assertNothingLeft(sandbox);
  });
});

testWith(
  { commands: ["setsid"] },
  "a second signal kills leftover processes that ignore the first",
  async () => {
    const body =
      `setsid sh -c 'trap "" INT TERM; : >"$0"; while :; do sleep 0.05; done' "$gates/stays" &
      while [ ! -e "$gates/stays" ]; do sleep 0.05; done
      ${emit(...STORY)}`;
    await withFake(body, async ({ start, sandbox }) => {
      await using ccrun = await start(["--json", "--debug", "--grace", "60s", "hi"], {
        limitMs: LIMIT_MS,
      });
      await ccrun.stderrUntil("claude exited: ");
      assert((await sandbox.processes()).length >= 2, "there is no leftover process");
      ccrun.kill("SIGINT");
      // A different signal, because two pending signals of one kind are delivered once.
      ccrun.kill("SIGTERM");
      const run = checked(await ccrun.finished);
      assertEquals(eventOf(run, "result").text, ANSWER);
      // Either signal may be delivered first.
      assert(run.code === 130 || run.code === 143, run.stdout);
      await assertNothingLeft(sandbox);
    });
  },
);

/** A text that is larger than the buffer of a pipe. */
const LONG_TEXT = "More than a pipe holds. ".repeat(20_000);

testWith(
  { commands: ["mkfifo"] },
  "a signal stops a run even if stdout is not read",
  async () => {
    const body = `trap '' INT TERM; ${
      emit(
        initLine(),
        textLine(LONG_TEXT),
        toolUseLine({ id: "toolu_1", name: "Bash", input: { command: "wait" } }),
      )
    }while :; do sleep 0.05; done`;
    await withFake(body, async ({ startShell, sandbox }) => {
      // The shell holds both ends of the pipe open and does not read.
      for (const format of ["json", "raw"]) {
        await using ccrun = await startShell(
          `rm -f pipe; mkfifo pipe; exec 3<>pipe; exec ccrun --debug --grace 1s -f ${format} hi >pipe`,
          { limitMs: 30_000 },
        );
        await ccrun.stderrUntil("claude runs as process");
        ccrun.kill("SIGTERM");
        assertEquals((await ccrun.finished).code, 143, format);
        await assertNothingLeft(sandbox);
      }
    });
  },
);

testWith(
  { commands: ["mkfifo"] },
  "a signal stops a run even if stderr is not read",
  async () => {
    const body = `trap '' INT TERM; ${emit(initLine(), textLine(LONG_TEXT))}
      touch "$gates/written"; while :; do sleep 0.05; done`;
    await withFake(body, async ({ startShell, created, sandbox }) => {
      await using ccrun = await startShell(
        "mkfifo pipe; exec 3<>pipe; exec ccrun --partial --grace 1s hi 2>pipe",
        { limitMs: 30_000 },
      );
      await created("written");
      ccrun.kill("SIGTERM");
      assertEquals((await ccrun.finished).code, 143);
      await assertNothingLeft(sandbox);
    });
  },
);

testWith(
  { commands: ["mkfifo"] },
  "a signal stops a replay even if its output is not read",
  async () => {
    await withFake(STORY, async ({ startShell, sandbox }) => {
      const lines = [initLine(), textLine(LONG_TEXT), resultLine()];
      await Deno.writeTextFile(`${sandbox.project}/tape.jsonl`, lines.join("\n"));
      await using ccrun = await startShell(
        "mkfifo pipe; exec 3<>pipe; exec ccrun replay --json --progress tape.jsonl >pipe",
        { limitMs: 30_000 },
      );
      await ccrun.stderrUntil("More than a pipe holds.");
      ccrun.kill("SIGTERM");
      assertEquals((await ccrun.finished).code, 143);
      await assertNothingLeft(sandbox);
    });
  },
);
