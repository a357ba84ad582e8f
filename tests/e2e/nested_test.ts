/**
 * ccrun in a tool of another ccrun: what ends with which.
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
import { assertGone, makeStrays, type Stray } from "./strays.ts";

/** What is in a run within a run. */
interface Nested {
  readonly scene: Scene;
  /** A process that the outer run's tool has started. */
  readonly outside: Stray;
  /** One that the inner run's has. */
  readonly inside: Stray;
  /** Starts the outer run. */
  start(): Promise<RunningCcrun>;
}

/** Without it, nothing leaves a session. */
const NEEDS = { commands: ["setsid"] };

/** How a process is started that leaves its parent, its group and its session, and holds no pipe of theirs. */
const away = ({ command, awaited }: Stray) =>
  `(setsid sh -c '${quoted(command)}' </dev/null >/dev/null 2>&1 &); ${awaited}`;

function quoted(text: string): string {
  return text.replaceAll("'", `'\\''`);
}

/**
 * Plays a scene in which a tool starts something, runs ccrun, and then `after`; its tool starts something and
 * then does `inner`.
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
    await using strays = makeStrays(sandbox, ["outside", "inside"]);
    const { outside, inside } = strays;
    const deno = await denoVariables();
    // So that there is a command of that name.
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
  "ccrun in a tool of ccrun ends by itself and takes nothing of the outer run along",
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

testWith(NEEDS, "ccrun that times out in a tool of ccrun ends what is its own alone", async () => {
  const commands = {
    options: "--timeout 5s --grace 1s",
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
    `${signal} to a ccrun ends also the ccrun in its tool, with all that has started`,
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
          for (const stray of [outside, inside]) await stray.gone();
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
  "a ccrun that is killed in a tool of ccrun takes what is its own along, and no more",
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

/** The process that runs `main.ts`, or the binary, and is not this one. */
async function innerCcrun(
  processes: () => Promise<readonly number[]>,
  outer: number,
): Promise<number> {
  const found = await living((await processes()).filter((pid) => pid !== outer));
  // The shell of the tool has all of it within one argument, in quotes.
  const inner = found.find(({ command }) =>
    command.endsWith("Do INNER.") && !/^\S*sh /.test(command)
  );
  assert(inner !== undefined, `no inner ccrun: ${JSON.stringify(found, undefined, 1)}`);
  return inner.pid;
}

testWith(
  NEEDS,
  "ccrun --keep-background in a tool of ccrun keeps nothing beyond the outer run",
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
