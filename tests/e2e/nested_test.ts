/**
 * ccrun in a tool of another ccrun.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { message, type Reply, text } from "../support/api_reply.ts";
import { denoVariables, type RunningCcrun, shellCcrun } from "../support/ccrun.ts";
import { living } from "../support/process_table.ts";
import { testWith } from "../support/test_with.ts";
import {
  assertNothingLeft,
  bash,
  checked,
  eventOf,
  eventsOf,
  type Scene,
  SKIP,
  toolStarted,
  withScene,
} from "./scene.ts";
import { assertGone, type Leftover, makeLeftovers } from "./leftovers.ts";

/** An outer run with an inner one. */
interface Nested {
  readonly scene: Scene;
  /** A process that the outer run's tool starts. */
  readonly outside: Leftover;
  /** A process that the inner run's tool starts. */
  readonly inside: Leftover;
  /** Starts the outer run. */
  start(): Promise<RunningCcrun>;
}

const NEEDS = { commands: ["setsid"] };

/** Starts a process without parent, in another session, with no pipe of the run. */
const away = ({ command, awaited }: Leftover) =>
  `(setsid sh -c '${quoted(command)}' </dev/null >/dev/null 2>&1 &); ${awaited}`;

function quoted(text: string): string {
  return text.replaceAll("'", `'\\''`);
}

/**
 * Plays a scene in which a tool starts a process, runs ccrun and then `after`. The tool of the inner
 * ccrun starts a process and then runs `inner`.
 */
async function withNested(
  commands: { readonly options?: string; readonly inner: string; readonly after: string },
  act: (nested: Nested) => Promise<void>,
): Promise<void> {
  let outer = "";
  let inner = "";
  const replies: Reply[] = [() => message(text("I start."), bash(outer)), text("The outer.")];
  const subagents = { INNER: [() => bash(inner), text("The inner.")] };
  await withScene(replies, async (scene) => {
    const { sandbox, api, claude, start } = scene;
    await using leftovers = makeLeftovers(sandbox, ["outside", "inside"]);
    const { outside, inside } = leftovers;
    const deno = await denoVariables();
    // Creates the command `ccrun` in the sandbox.
    await shellCcrun("true", { sandbox, apiUrl: api.url });
    outer = `${away(outside)}
ccrun -q --no-stdin ${SKIP} ${commands.options ?? ""} --claude '${claude}' "Do INNER."
echo "code $?"
${commands.after}`;
    inner = `${away(inside)}; ${commands.inner}`;
    await act({
      scene,
      outside,
      inside,
      start: () => start(["--json", SKIP, "--grace", "3s", "Start."], { env: deno }),
    });
  }, { subagents });
}

testWith(
  NEEDS,
  "A nested ccrun stops its own leftovers only",
  async () => {
    const after = "touch started; until [ -e go ]; do sleep 0.05; done";
    await withNested({ inner: "true", after }, async ({ scene, start, outside, inside }) => {
      await using process = await start();
      await toolStarted(scene.sandbox);
      await assertGone(inside);
      assertEquals((await outside.pids()).length, 1);
      await Deno.writeTextFile(`${scene.sandbox.project}/go`, "");
      const events = checked(await process.finished);
      assertEquals([events.code, eventOf(events, "result").text], [0, "The outer."]);
      assertStringIncludes(eventOf(events, "tool_result").text, "The inner.\n");
      assertStringIncludes(eventOf(events, "tool_result").text, "code 0");
      await assertGone(outside);
    });
  },
);

testWith(NEEDS, "A nested ccrun that times out stops its own processes only", async () => {
  const commands = {
    options: "--timeout 4s --grace 1s",
    inner: "touch begun; sleep 377",
    after: "touch started; until [ -e go ]; do sleep 0.05; done",
  };
  await withNested(commands, async ({ scene, start, outside, inside }) => {
    await using process = await start();
    await toolStarted(scene.sandbox);
    await assertGone(inside);
    assertEquals((await outside.pids()).length, 1);
    await Deno.writeTextFile(`${scene.sandbox.project}/go`, "");
    const events = checked(await process.finished);
    assertEquals(events.code, 0);
    assertStringIncludes(eventOf(events, "tool_result").text, "code 124");
    await assertGone(outside);
  });
});

for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
  testWith(
    NEEDS,
    `${signal} to the outer ccrun also stops the nested one with all its processes`,
    async () => {
      const commands = { inner: "touch started; sleep 377", after: "true" };
      await withNested(commands, async ({ scene, start, outside, inside }) => {
        await using process = await start();
        await toolStarted(scene.sandbox);
        await outside.running();
        await inside.running();
        process.kill(signal);
        const { code, stdout, stderr } = await process.finished;
        if (signal === "SIGKILL") {
          for (const leftover of [outside, inside]) await leftover.gone();
          await scene.sandbox.assertNothingLeft();
          return;
        }
        await assertGone(outside, inside);
        await assertNothingLeft(scene.sandbox);
        assertEquals(code, { SIGINT: 130, SIGTERM: 143 }[signal], stderr);
        assertEquals(stdout.includes("The outer."), false);
      });
    },
  );
}

testWith(
  NEEDS,
  "SIGKILL of a nested ccrun leaves nothing of its run and does not affect the outer one",
  async () => {
    const commands = {
      inner: "touch started; sleep 377",
      after: "touch over; until [ -e go ]; do sleep 0.05; done",
    };
    await withNested(commands, async ({ scene, start, outside, inside }) => {
      const { sandbox } = scene;
      await using process = await start();
      await toolStarted(sandbox);
      await inside.running();
      Deno.kill(await innerCcrun(sandbox.processes, process.pid), "SIGKILL");
      await inside.gone();
      assertEquals((await outside.pids()).length, 1);
      await Deno.writeTextFile(`${sandbox.project}/go`, "");
      const events = checked(await process.finished);
      assertEquals(events.code, 0);
      assertStringIncludes(eventOf(events, "tool_result").text, "code 137");
      await assertGone(outside);
    });
  },
);

/** Returns the process of the inner ccrun. */
async function innerCcrun(
  processes: () => Promise<readonly number[]>,
  outer: number,
): Promise<number> {
  const found = await living((await processes()).filter((pid) => pid !== outer));
  // The command line of the tool's shell contains the same words.
  const inner = found.find(({ command }) =>
    command.endsWith("Do INNER.") && !/^\S*sh /.test(command)
  );
  assert(inner !== undefined, `no inner ccrun: ${JSON.stringify(found, undefined, 1)}`);
  return inner.pid;
}

testWith(
  NEEDS,
  "A nested ccrun --keep-background keeps nothing beyond the outer run",
  async () => {
    const commands = {
      options: "--keep-background",
      inner: "true",
      after: "touch started; until [ -e go ]; do sleep 0.05; done",
    };
    await withNested(commands, async ({ scene, start, outside, inside }) => {
      await using process = await start();
      await toolStarted(scene.sandbox);
      assertEquals((await inside.pids()).length, 1);
      await Deno.writeTextFile(`${scene.sandbox.project}/go`, "");
      const events = checked(await process.finished);
      assertEquals(events.code, 0);
      await assertGone(outside, inside);
      const notice = eventsOf(events, "notice").find(({ kind }) => kind === "left_behind");
      assertStringIncludes(notice?.text ?? "", inside.name);
    });
  },
);
