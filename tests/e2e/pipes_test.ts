/**
 * Closed pipes and full disks.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { message, type Reply, text } from "../support/api_reply.ts";
import { emit, FAKE_SESSION_ID, initLine, textLine } from "../support/fake_claude.ts";
import { succeeds, testWith } from "../support/test_with.ts";
import { gate, withFake } from "./fake_scene.ts";
import { bash, checked, eventOf, eventsOf, SKIP, withScene } from "./scene.ts";
import { assertGone, makeLeftover } from "./leftovers.ts";

testWith(
  { commands: ["setsid"] },
  "ccrun --json stops the real Claude Code when its pipe is closed",
  async () => {
    let command = "";
    const replies: Reply[] = [
      () => message(text("I begin."), bash(command)),
      bash("touch begun; sleep 377"),
      text("Never."),
    ];
    await withScene(replies, async ({ sandbox, shell }) => {
      await using leftover = makeLeftover(sandbox);
      const closed = gate("closed").replace("$gates", sandbox.root);
      command = `(setsid ${leftover.command} &); ${leftover.waitCommand}; ${closed}`;
      const { stdout, stderr } = await shell(
        `ccrun --json ${SKIP} hi | { grep -m1 tool_use >/dev/null; exec <&-; : >../closed; }
        echo "\${PIPESTATUS[*]}"`,
      );
      assertEquals([stdout, stderr], ["141 0\n", ""]);
      await assertGone(leftover);
    });
  },
);

/** A fake claude that writes until it is stopped, and has started a process. */
const ENDLESS = `trap 'echo "I was asked to exit." >&2; exit 0' INT
(setsid sleep 377 >/dev/null 2>&1 &)
${emit(initLine())}while :; do ${emit(textLine("More. ".repeat(100)))}sleep 0.01; done`;

const NEEDS = { commands: ["setsid"], unless: noMounts() };

/** Mounts a disk of 64 KiB that only the script sees. */
const SMALL_DISK = "mkdir -p small && mount -t tmpfs -o size=64k none small";

function noMounts(): string | undefined {
  if (Deno.build.os !== "linux") return "only Linux has mount namespaces";
  const mount = ["mount", "-t", "tmpfs", "none", "/mnt"];
  return succeeds("unshare", "--user", "--map-root-user", "--mount", ...mount)
    ? undefined
    : "unshare cannot mount here";
}

const onSmallDisk = (script: string) =>
  `unshare --user --map-root-user --mount bash -c '${SMALL_DISK} && ${script}'`;

testWith(NEEDS, "ccrun --record loses no events when the disk is full", async () => {
  await withFake(ENDLESS, async ({ shell }) => {
    const run = checked(await shell(onSmallDisk(`ccrun --json --record small/tape hi 2>&-`)));
    assertEquals([run.code, run.exit.reason, run.exit.session_id], [1, "failed", FAKE_SESSION_ID]);
    const { error } = eventOf(run, "error");
    assertStringIncludes(error.message, "small/tape: No space left on device");
    assertStringIncludes(error.hint ?? "", `resume with: ccrun --resume ${FAKE_SESSION_ID} `);
    const stderr = eventsOf(run, "notice").filter(({ kind }) => kind === "stderr");
    assertEquals(stderr.map(({ text }) => text), ["I was asked to exit."]);
  });
});

testWith(NEEDS, "ccrun reports on stderr that stdout is on a full disk", async () => {
  await withFake(ENDLESS, async ({ shell }) => {
    const { stdout, stderr } = await shell(onSmallDisk(`ccrun --json hi >small/out; echo $?`));
    assertEquals(stdout, "1\n");
    assertStringIncludes(stderr, "error: cannot write to stdout: No space left on device\n");
  });
});
