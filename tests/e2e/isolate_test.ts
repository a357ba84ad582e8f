/**
 * `--isolate`: no process can escape a run.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { message, type Reply, text } from "../support/api_reply.ts";
import { claudeAtLeast } from "../support/claude.ts";
import { emit, initLine, resultLine } from "../support/fake_claude.ts";
import { succeeds, testWith } from "../support/test_with.ts";
import { assertClearMessage, STORY, withFake } from "./fake_scene.ts";
import {
  assertNothingLeft,
  bash,
  checked,
  eventOf,
  eventsOf,
  SKIP,
  toolStarted,
  withScene,
} from "./scene.ts";
import { assertGone, type Leftover, makeLeftover } from "./leftovers.ts";
import { writeExecutable } from "../support/executable.ts";

/** Returns why this host has no namespaces, or undefined if it has. */
function noNamespaces(): string | undefined {
  if (Deno.build.os !== "linux") return "only Linux has PID namespaces";
  const options = ["--pid", "--fork", "--kill-child=KILL", "--mount-proc"];
  const users = [[], ["--user", "--map-current-user"]];
  return users.some((user) => succeeds("unshare", ...options, ...user, "true"))
    ? undefined
    : "unshare cannot create namespaces here";
}

const NEEDS = { commands: ["setsid"], unless: noNamespaces() };

/** Starts a process that only a namespace can hold: without parent, session, token and time to be seen. */
const escape = ({ command }: Leftover) =>
  `(env -i setsid sh -c '(setsid "$@" &)' sh ${command} &) </dev/null >/dev/null 2>&1`;

/** Plays a scene in which a tool starts such a process and then runs another command. */
async function withEscape(
  more: string,
  next: Reply,
  act: (scene: Parameters<Parameters<typeof withScene>[1]>[0], leftover: Leftover) => Promise<void>,
): Promise<void> {
  let command = "";
  await withScene([() => message(text("I go."), bash(command)), next], async (scene) => {
    await using leftover = makeLeftover(scene.sandbox);
    command = `${escape(leftover)}; ${leftover.waitCommand}; ${more}`;
    await act(scene, leftover);
  });
}

testWith(
  NEEDS,
  "ccrun --isolate leaves nothing behind, in spite of CCRUN_KEEP_BACKGROUND",
  async () => {
    await withEscape("echo $$", text("It is away."), async ({ json }, leftover) => {
      const env = { CCRUN_KEEP_BACKGROUND: "1" };
      const events = await json([SKIP, "--isolate", "Escape."], { env });
      await assertGone(leftover);
      assertEquals([events.code, eventOf(events, "result").text], [0, "It is away."]);
      // The pid shows that the tool ran in a namespace.
      assert(Number(eventsOf(events, "tool_result")[0]?.text) < 1000);
    });
  },
);

for (const [signal, code] of [["SIGINT", 130], ["SIGKILL", 137]] as const) {
  testWith(NEEDS, `ccrun --isolate stops everything at ${signal}`, async () => {
    const more = "touch started; sleep 377";
    await withEscape(more, text("Never."), async ({ start, sandbox }, leftover) => {
      await using process = await start(["--json", SKIP, "--isolate", "Escape."]);
      await toolStarted(sandbox);
      await leftover.untilRunning();
      process.kill(signal);
      const result = await process.finished;
      assertEquals(result.code, code);
      if (signal === "SIGKILL") {
        await leftover.untilGone();
        return await sandbox.assertNothingLeft();
      }
      await assertGone(leftover);
      await assertNothingLeft(sandbox);
      const events = checked(result);
      // claude received the signal and interrupted its tool. Its namespace was not killed.
      if (claudeAtLeast("2.1.0")) assertEquals(eventOf(events, "tool_result").is_error, true);
      assertEquals(events.exit.claude_signal, undefined);
    });
  });
}

testWith(
  NEEDS,
  "ccrun --isolate stops a claude that ignores signals at its timeout",
  async () => {
    const deaf = `trap '' INT TERM HUP\n${emit(initLine())}(setsid sleep 377 &)
    while :; do sleep 0.05; done`;
    await withFake(deaf, async ({ run }) => {
      const limits = ["--timeout", "2s", "--grace", "1s"];
      const events = checked(await run(["--json", "--isolate", ...limits, "hi"]));
      assertEquals([events.code, events.exit.reason], [124, "timeout"]);
    });
  },
);

testWith(NEEDS, "ccrun --isolate reports how claude exited", async () => {
  const deaths = [
    ["exit 3", "claude exited without a result (exit code 3)", [3, undefined]],
    ["kill -KILL $$", "claude was terminated by SIGKILL without a result", [undefined, "SIGKILL"]],
  ] as const;
  for (const [death, wanted, end] of deaths) {
    await withFake(`${emit(initLine())}${death}`, async ({ run }) => {
      const events = checked(await run(["--json", "--isolate", "hi"]));
      assertEquals(events.code, 1);
      assertStringIncludes(eventOf(events, "error").error.message, wanted);
      const { claude_exit_code: code, claude_signal: signal } = events.exit;
      assertEquals<readonly unknown[]>([code, signal], end);
    });
  }
  await withFake(`${emit(initLine(), resultLine())}exit 5`, async ({ run }) => {
    const events = checked(await run(["--json", "--isolate", "hi"]));
    assertEquals([events.code, events.exit.claude_exit_code], [0, 5]);
  });
});

/** Runs a command on a host whose `unshare` is another file. */
const REPLACE_UNSHARE = `unshare -m sh -c '
  mount --make-rprivate / && mount --bind "$0" "$(command -v unshare)" && exec "$@"'`;

const CAN_REPLACE = {
  unless: Deno.build.os === "linux" && succeeds("unshare", "-m", "mount", "--make-rprivate", "/")
    ? undefined
    : "nothing can be mounted here",
};

testWith(CAN_REPLACE, "ccrun --isolate reports that the host does not allow it", async () => {
  await withFake(STORY, async ({ shell, sandbox, prompt }) => {
    const failing =
      "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2; exit 1\n";
    await writeExecutable(`${sandbox.root}/failing`, failing);
    const rows = [[`${sandbox.root}/failing`, "Operation not permitted"], [
      "/dev/null",
      "unshare was not found",
    ]];
    for (const [file, reason] of rows) {
      const { code, stdout, stderr } = await shell(
        `${REPLACE_UNSHARE} ${file} ccrun -q --isolate hi`,
      );
      assertEquals([code, stdout], [2, ""]);
      assertClearMessage(stderr);
      assertStringIncludes(stderr, `cannot isolate claude: `);
      assertStringIncludes(stderr, String(reason));
    }
    assertEquals(await prompt(), undefined, "claude was started");
  });
});
