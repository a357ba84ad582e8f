/**
 * ccrun in a tool of another ccrun.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { shellQuote } from "../../lib/util/shell_quote.ts";
import { message, text } from "../support/api_reply.ts";
import { denoVariables, type RunningCcrun } from "../support/ccrun.ts";
import { emit, initLine, resultLine } from "../support/fake_claude.ts";
import { living } from "../support/process_table.ts";
import { testWith } from "../support/test_with.ts";
import { type FakeScene, withFake } from "../e2e/fake_scene.ts";
import {
  assertNothingLeft,
  bash,
  checked,
  eventsOf,
  SKIP,
  toolStarted,
  withScene,
} from "../e2e/scene.ts";
import { assertGone, type Leftover, makeLeftovers } from "../e2e/leftovers.ts";

const NEEDS = { commands: ["setsid"] };

/** Returns the command that starts a process without parent, in another session. */
function away({ command, waitCommand }: Leftover): string {
  return `(setsid sh -c ${shellQuote(command)} </dev/null >/dev/null 2>&1 &); ${waitCommand}`;
}

testWith(
  NEEDS,
  "SIGTERM to the outer ccrun also stops a nested one with the real claude",
  async () => {
    let outer = "";
    let inner = "";
    const replies = [() => message(text("I start."), bash(outer)), text("The outer.")];
    const subagents = { INNER: [() => bash(inner), text("The inner.")] };
    await withScene(replies, async ({ sandbox, claude, start, shell }) => {
      await using leftovers = makeLeftovers(sandbox, ["outside", "inside"]);
      const { outside, inside } = leftovers;
      // Creates the command `ccrun` in the sandbox.
      await shell("true");
      outer = `${away(outside)}
ccrun -q --no-stdin ${SKIP} --claude '${claude}' "Do INNER."`;
      inner = `${away(inside)}; touch started; sleep 377`;
      const args = ["--json", SKIP, "--grace", "3s", "Start."];
      await using process = await start(args, { env: await denoVariables() });
      await toolStarted(sandbox);
      await outside.untilRunning();
      await inside.untilRunning();
      process.kill("SIGTERM");
      const { code, stdout, stderr } = await process.finished;
      await assertGone(outside, inside);
      await assertNothingLeft(sandbox);
      assertEquals(code, 143, stderr);
      assertEquals(stdout.includes("The outer."), false);
    }, { subagents });
  },
);

/** An outer run of a fake claude, which starts a process and an inner run. */
interface Nested extends FakeScene {
  /** A process that the outer claude starts. */
  readonly outside: Leftover;
  /** A process that the inner claude starts. */
  readonly inside: Leftover;
  /** Starts the outer run. */
  startOuter(): Promise<RunningCcrun>;
  /** Returns the exit code of the inner run. */
  innerCode(): Promise<number>;
}

/** Runs fake claudes: the inner one runs the command `inner`, the outer one runs `after` when it has exited. */
async function withNested(
  commands: { readonly options?: string; readonly inner: string; readonly after: string },
  act: (nested: Nested) => Promise<void>,
): Promise<void> {
  const body = `${emit(initLine())}
case $(cat "$gates/prompt") in *INNER*) . "$gates/inner";; *) . "$gates/outer";; esac
${emit(resultLine())}`;
  await withFake(body, async (scene) => {
    const { root } = scene.sandbox;
    await using leftovers = makeLeftovers(scene.sandbox, ["outside", "inside"]);
    const { outside, inside } = leftovers;
    await Deno.writeTextFile(
      `${root}/outer`,
      `${away(outside)}
ccrun -q --no-stdin ${commands.options ?? ""} "Do INNER." >/dev/null; echo $? >"$gates/code"
${commands.after}\n`,
    );
    await Deno.writeTextFile(`${root}/inner`, `${away(inside)}; ${commands.inner}\n`);
    await act({
      ...scene,
      outside,
      inside,
      startOuter: () => scene.startShell("exec ccrun --json --grace 3s Start."),
      innerCode: async () => Number(await Deno.readTextFile(`${root}/code`)),
    });
  });
}

/** Lets the outer run wait until the test has looked at its processes. */
const WAIT = "touch started; until [ -e go ]; do sleep 0.05; done";

/** Ends the outer run. */
async function finish({ sandbox }: FakeScene, outer: RunningCcrun) {
  await Deno.writeTextFile(`${sandbox.project}/go`, "");
  const events = checked(await outer.finished);
  assertEquals(events.code, 0);
  return events;
}

testWith(NEEDS, "a nested ccrun stops its own leftovers only", async () => {
  await withNested({ inner: "true", after: WAIT }, async (scene) => {
    const { sandbox, outside, inside } = scene;
    await using outer = await scene.startOuter();
    await toolStarted(sandbox);
    await assertGone(inside);
    assertEquals([(await outside.pids()).length, await scene.innerCode()], [1, 0]);
    await finish(scene, outer);
    await assertGone(outside);
  });
});

testWith(NEEDS, "SIGKILL of the outer ccrun leaves nothing of a nested one", async () => {
  await withNested({ inner: "touch started; exec sleep 377", after: "" }, async (scene) => {
    const { sandbox, outside, inside } = scene;
    await using outer = await scene.startOuter();
    await toolStarted(sandbox);
    await outside.untilRunning();
    await inside.untilRunning();
    outer.kill("SIGKILL");
    await outer.finished;
    for (const leftover of [outside, inside]) await leftover.untilGone();
    await sandbox.assertNothingLeft();
  });
});

testWith(
  NEEDS,
  "SIGKILL of a nested ccrun leaves nothing of its run and does not affect the outer one",
  async () => {
    await withNested({ inner: "touch started; exec sleep 377", after: WAIT }, async (scene) => {
      const { sandbox, outside, inside } = scene;
      await using outer = await scene.startOuter();
      await toolStarted(sandbox);
      await inside.untilRunning();
      const processes = await living(await sandbox.processes());
      const inner = processes.find(({ command }) => command.endsWith("Do INNER."));
      assert(inner !== undefined, `no inner ccrun: ${JSON.stringify(processes, undefined, 1)}`);
      Deno.kill(inner.pid, "SIGKILL");
      await inside.untilGone();
      assertEquals((await outside.pids()).length, 1);
      await finish(scene, outer);
      assertEquals(await scene.innerCode(), 137);
      await assertGone(outside);
    });
  },
);

testWith(
  NEEDS,
  "a nested ccrun --keep-background keeps nothing beyond the outer run",
  async () => {
    const commands = { options: "--keep-background", inner: "true", after: WAIT };
    await withNested(commands, async (scene) => {
      const { sandbox, outside, inside } = scene;
      await using outer = await scene.startOuter();
      await toolStarted(sandbox);
      assertEquals((await inside.pids()).length, 1);
      const events = await finish(scene, outer);
      await assertGone(outside, inside);
      const notice = eventsOf(events, "notice").find(({ kind }) => kind === "left_behind");
      assertStringIncludes(notice?.text ?? "", inside.name);
    });
  },
);
