/**
 * `ccrun replay --follow` while the real Claude Code runs.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ExitReason } from "../../lib/exit_codes.ts";
import { text } from "../support/api_reply.ts";
import { sinceClaude } from "../support/claude.ts";
import type { RunningCcrun } from "../support/ccrun.ts";
import { testWith } from "../support/test_with.ts";
import { bash, checked, eventOf, eventsOf, SKIP, toolStarted, withScene } from "../e2e/scene.ts";

/** A tool that runs until the test lets it end. */
const HELD = bash("touch started; until [ -e go ]; do sleep 0.05; done");

/** A run in the middle of a tool call, and a second ccrun that follows it. */
interface Followed {
  readonly run: RunningCcrun;
  readonly follower: RunningCcrun;
  /** Lets the tool end. */
  release(): Promise<void>;
}

/** What a run can be followed by: its recording, or the session that Claude Code stores. */
type Source = "tape.jsonl" | "last";

async function withFollowed(source: Source, act: (followed: Followed) => Promise<void>) {
  await withScene([HELD, text("Grüße.")], async (scene) => {
    const { sandbox, start, startShell } = scene;
    await using run = await start(["--json", SKIP, "--record", "tape.jsonl", "hi"]);
    await toolStarted(sandbox);
    await using follower = await startShell(`exec ccrun replay --follow --json ${source}`);
    await follower.stdoutUntil('"type":"tool_use"');
    await act({
      run,
      follower,
      release: () => Deno.writeTextFile(`${sandbox.project}/go`, ""),
    });
  });
}

/** The sources, and how a run ends in them that was killed. */
const SOURCES: readonly (readonly [source: Source, reason: ExitReason | null])[] = [
  ["tape.jsonl", "failed"],
  ["last", null],
];

/** A run that is killed leaves its process file. */
const LEAVES_TRACE = sinceClaude("2.1.197", "older versions leave no trace");

for (const [source, reason] of SOURCES) {
  Deno.test(`replay --follow ${source} ends with the run, and has its answer`, async () => {
    await withFollowed(source, async ({ run, follower, release }) => {
      assert(!follower.stdout().includes("Grüße"));
      await release();
      const [live, followed] = [checked(await run.finished), checked(await follower.finished)];
      assertEquals(followed.code, 0);
      assertEquals(eventOf(followed, "result").answer, eventOf(live, "result").answer);
      assertEquals(followed.exit.ok, true);
    });
  });

  Deno.test(`replay --follow ${source} can be interrupted, and the run continues`, async () => {
    await withFollowed(source, async ({ run, follower, release }) => {
      follower.kill("SIGINT");
      assertEquals((await follower.finished).code, 130);
      await release();
      const live = checked(await run.finished);
      assertEquals([live.code, eventOf(live, "result").answer], [0, "Grüße."]);
    });
  });

  const needs = source === "last" ? LEAVES_TRACE : {};
  testWith(needs, `replay --follow ${source} ends when the run is killed`, async () => {
    await withFollowed(source, async ({ run, follower }) => {
      run.kill("SIGKILL");
      await run.finished;
      const followed = checked(await follower.finished);
      assertEquals(followed.exit.reason, reason);
    });
  });
}

Deno.test("replay --follow ends with a recording whose run was killed before", async () => {
  await withScene([HELD], async ({ sandbox, start, startShell }) => {
    await using run = await start(["--json", SKIP, "--record", "tape.jsonl", "hi"]);
    await toolStarted(sandbox);
    run.kill("SIGKILL");
    await run.finished;
    await using follower = await startShell("exec ccrun replay --follow --json tape.jsonl");
    assertEquals(checked(await follower.finished).exit.reason, "failed");
  });
});

Deno.test("replay --follow last shows a session, and the run that resumes it", async () => {
  await withScene([text("Grüße.")], async ({ sandbox, run, startShell }) => {
    await run(["-q", "one"]);
    const command =
      `ccrun ${SKIP} -q --continue two >out.txt & exec ccrun replay --follow --json last`;
    await using follower = await startShell(command);
    const followed = checked(await follower.finished);
    const prompts = eventsOf(followed, "user_text").map(({ text }) => text);
    assertEquals([prompts, eventsOf(followed, "result").length], [["one", "two"], 2]);
    assertEquals(await Deno.readTextFile(`${sandbox.project}/out.txt`), "Grüße.\n");
  });
});

testWith(
  LEAVES_TRACE,
  "replay --follow --format raw ends with a session that is killed",
  async () => {
    await withScene([HELD], async ({ sandbox, start, startShell }) => {
      await using run = await start(["--json", SKIP, "hi"]);
      await toolStarted(sandbox);
      await using follower = await startShell("exec ccrun replay --follow --format raw last");
      await follower.stdoutUntil('"tool_use"');
      run.kill("SIGKILL");
      await run.finished;
      assertEquals((await follower.finished).code, 0);
    });
  },
);

Deno.test("replay --follow reads a recording that is rotated, truncated and removed", async () => {
  await withScene([text("One.")], async ({ sandbox, run, startShell }) => {
    await run(["-q", "--record", "one.jsonl", "hi"]);
    const tape = `${sandbox.project}/tape.jsonl`;
    const lines = (await Deno.readTextFile(`${sandbox.project}/one.jsonl`)).split("\n");
    const half = lines.slice(0, 2).join("\n");
    await Deno.writeTextFile(tape, half);
    using writer = await Deno.open(tape, { append: true });
    await using follower = await startShell("exec ccrun replay --follow tape.jsonl");
    await follower.stderrUntil("claude-");
    await writer.truncate(0);
    await follower.stderrUntil("truncated");
    await Deno.rename(tape, `${tape}.1`);
    await Deno.writeTextFile(tape, `${half}\n`);
    await follower.stderrUntil("replaced");
    await Deno.remove(tape);
    await follower.stderrUntil("removed");
    const { code, stderr } = await follower.finished;
    assertEquals(code, 1);
    assertStringIncludes(stderr, "the recording ends without a result");
  });
});
