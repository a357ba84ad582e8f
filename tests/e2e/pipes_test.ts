/**
 * Closed pipes and full disks.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { message, type Reply, text } from "../support/api_reply.ts";
import { shellCcrun } from "../support/ccrun.ts";
import { emit, FAKE_SESSION_ID, initLine, resultLine, textLine } from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { ANSWER, gate, STORY, withFake } from "./fake_scene.ts";
import { assertNothingLeft, bash, checked, eventOf, eventsOf, SKIP, withScene } from "./scene.ts";
import { assertGone, type Leftover, makeLeftover } from "./leftovers.ts";

/**
 * Plays a scene in which a tool starts a leftover and waits for the gate `shut`, and another one never ends.
 *
 * @param script a shell script that runs `ccrun`
 */
async function withReader(
  script: string,
  act: (said: { stdout: string; stderr: string }, leftover: Leftover) => Promise<void> | void,
): Promise<void> {
  let command = "";
  const replies: Reply[] = [
    () => message(text("I begin."), bash(command)),
    bash("touch begun; sleep 377"),
    text("Never."),
  ];
  await withScene(replies, async ({ sandbox, api, claude }) => {
    await using leftover = makeLeftover(sandbox);
    command = `(setsid ${leftover.command} &); ${leftover.awaited}; ${
      gate("shut").replace("$gates", sandbox.root)
    }`;
    const { stdout, stderr } = await shellCcrun(script, {
      sandbox,
      apiUrl: api.url,
      env: { CCRUN_CLAUDE: claude },
    });
    await assertGone(leftover);
    await assertNothingLeft(sandbox);
    await act({ stdout, stderr }, leftover);
  });
}

for (const format of ["--json", "-f raw"]) {
  testWith(
    { commands: ["setsid"] },
    `ccrun ${format} stops the real Claude Code when its pipe is closed`,
    async () => {
      await withReader(
        `ccrun ${format} ${SKIP} hi | { grep -m1 tool_use >/dev/null; exec <&-; : >../shut; }
      echo "\${PIPESTATUS[*]}"`,
        ({ stdout, stderr }) => assertEquals([stdout, stderr], ["141 0\n", ""]),
      );
    },
  );
}

Deno.test("ccrun exits with 141 if the pipe is closed before the answer", async () => {
  await withScene([text("The answer.")], async ({ sandbox, api, claude }) => {
    const options = { sandbox, apiUrl: api.url, env: { CCRUN_CLAUDE: claude } };
    for (const command of ["ccrun -q hi", "ccrun hi"]) {
      const { stdout, stderr } = await shellCcrun(
        `${command} | true; echo "\${PIPESTATUS[0]}"`,
        options,
      );
      assertEquals(stdout, "141\n", stderr);
      assert(!stderr.includes("error"), stderr);
      await assertNothingLeft(sandbox);
    }
  });
});

Deno.test("ccrun runs with stdin, stdout and stderr closed", async () => {
  await withScene([bash("echo works"), text("The answer.")], async ({ sandbox, api, claude }) => {
    const options = { sandbox, apiUrl: api.url, env: { CCRUN_CLAUDE: claude } };
    for (
      const [redirection, stdout] of [
        ["2>&-", "The answer.\n0\n"],
        [">&-", "0\n"],
        ["<&- >&- 2>&-", "0\n"],
      ]
    ) {
      const said = await shellCcrun(`ccrun ${SKIP} -o out hi ${redirection}; echo $?`, options);
      assertEquals(said.stdout, stdout, said.stderr);
      assertEquals(await Deno.readTextFile(`${sandbox.project}/out`), "The answer.\n");
      await Deno.remove(`${sandbox.project}/out`);
      await assertNothingLeft(sandbox);
    }
  });
});

/** A fake claude that writes until it is stopped, and has started a process. */
const ENDLESS = `trap 'echo "I was told to end." >&2; exit 0' INT
(setsid sleep 377 >/dev/null 2>&1 &)
${emit(initLine())}while :; do ${emit(textLine("More. ".repeat(100)))}sleep 0.01; done`;

const ENDLESS_NEEDS = { commands: ["setsid"], unless: noMounts() };

/** Mounts a disk of 64 KiB that only the script sees. */
const SMALL_DISK = "mkdir -p small && mount -t tmpfs -o size=64k none small";

function noMounts(): string | undefined {
  if (Deno.build.os !== "linux") return "only Linux has mount namespaces";
  try {
    const command = new Deno.Command("unshare", {
      args: ["--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"],
      stdout: "null",
      stderr: "null",
    });
    return command.outputSync().success ? undefined : "this host allows no mounts";
  } catch {
    return "unshare is not installed";
  }
}

const onSmallDisk = (script: string) =>
  `unshare --user --map-root-user --mount bash -c '${SMALL_DISK} && ${script}'`;

testWith(
  { unless: noMounts() },
  "ccrun --record stops the real Claude Code when the disk is full, and reports it",
  async () => {
    // Five of these do not fit on the disk.
    const reply = message(text("x".repeat(20_000)), bash("echo more"));
    await withScene(() => reply, async ({ sandbox, api, claude }) => {
      const { stdout, stderr } = await shellCcrun(
        onSmallDisk(`ccrun -q ${SKIP} --record small/tape hi; echo $?`),
        { sandbox, apiUrl: api.url, env: { CCRUN_CLAUDE: claude } },
      );
      assertEquals(stdout, "1\n", stderr);
      assertStringIncludes(stderr, "small/tape: No space left on device\n");
    });
  },
);

testWith(ENDLESS_NEEDS, "ccrun --record loses no events when the disk is full", async () => {
  await withFake(ENDLESS, async ({ shell }) => {
    const script = onSmallDisk(`ccrun -q --record small/tape hi; echo $?`);
    const { stdout, stderr } = await shell(script);
    assertEquals(stdout, "1\n", stderr);
    assertStringIncludes(stderr, "small/tape: No space left on device\n");

    const events = checked(await shell(onSmallDisk(`ccrun --json --record small/tape hi 2>&-`)));
    assertEquals([events.code, events.exit.reason], [1, "failed"]);
    const { error } = eventOf(events, "error");
    assertStringIncludes(error.message, "small/tape: No space left on device");
    assertStringIncludes(error.hint ?? "", `resume with: ccrun --resume ${FAKE_SESSION_ID} `);
    assertEquals(events.exit.session_id, FAKE_SESSION_ID);
    const said = eventsOf(events, "notice").filter(({ kind }) => kind === "stderr");
    assertEquals(said.map(({ text }) => text), ["I was told to end."]);
  });
});

testWith(
  { unless: noMounts() },
  "ccrun --output fails on a full disk and prints the answer",
  async () => {
    await withFake(STORY, async ({ shell }) => {
      const script = "ccrun -q -o small/out hi; echo $?; ls -A small";
      const fill = "head -c 64k /dev/zero >small/full 2>/dev/null";
      const { stdout, stderr } = await shell(onSmallDisk(`{ ${fill}; ${script}; }`));
      assertEquals(stdout, "1\nfull\n", stderr);
      assertStringIncludes(stderr, "small/out: No space left on device\n");
      assertStringIncludes(stderr, ANSWER);
    });
  },
);

testWith(
  ENDLESS_NEEDS,
  "ccrun reports on stderr that stdout is on a full disk",
  async () => {
    await withFake(ENDLESS, async ({ shell }) => {
      const { stdout, stderr } = await shell(onSmallDisk(`ccrun --json hi >small/out; echo $?`));
      assertEquals(stdout, "1\n");
      assertStringIncludes(stderr, "error: cannot write to stdout: No space left on device\n");
    });
    await withFake([initLine(), resultLine({ result: "x".repeat(200_000) })], async ({ shell }) => {
      const { stdout, stderr } = await shell(onSmallDisk(`ccrun -q hi >small/out; echo $?`));
      assertEquals(stdout, "1\n");
      assertStringIncludes(stderr, "error: cannot write to stdout: No space left on device\n");
    });
  },
);
