/**
 * Attacks on the guardian of a run, and on what it reports.
 *
 * @module
 */

import { writeExecutable } from "../support/executable.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { spawnGuardian } from "../../lib/process/spawn_guardian.ts";
import { emit, initLine, resultLine } from "../support/fake_claude.ts";
import { guardianOf } from "../support/guardians.ts";
import { living } from "../support/process_table.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { type Needs, testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { type FakeScene, gate, withFake } from "../e2e/fake_scene.ts";
import { assertGone, type Leftover, makeLeftover, makeLeftovers } from "../e2e/leftovers.ts";
import { checked, eventsOf } from "../e2e/scene.ts";
import { startGuarded, startScript, until } from "../process/guarded.ts";

const LINUX: Needs = {
  commands: ["setsid"],
  unless: Deno.build.os === "linux" ? undefined : "only Linux has /proc",
};

/** Longer than any step takes on a loaded machine. */
const LIMIT_MS = 60_000;

/** Signals that programs can handle. */
const SIGNALS = [
  "HUP",
  "INT",
  "QUIT",
  "TERM",
  "PIPE",
  "ALRM",
  "USR1",
  "USR2",
  "TSTP",
  "TTIN",
  "TTOU",
];

/** Runs a test with a claude that leaves a process, and has a result when the gate `go` is open. */
async function withLeftover(
  act: (scene: FakeScene, leftover: Leftover) => Promise<void>,
): Promise<void> {
  const body = `. "$gates/start"; : >"$gates/started"
    ${emit(initLine())}${gate("go")}${emit(resultLine())}`;
  await withFake(body, async (scene) => {
    await using leftover = makeLeftover(scene.sandbox);
    const start = `(setsid ${leftover.command} &); ${leftover.waitCommand}`;
    await Deno.writeTextFile(`${scene.sandbox.root}/start`, start);
    await act(scene, leftover);
  });
}

/** Returns whether a guardian has looked for processes: the programs that it started caused page faults. */
async function hasScanned(guardian: number): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${guardian}/stat`).catch(() => "");
  // The fields begin with the third one of proc(5), and cminflt is the eleventh.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const childFaults = fields[11 - 3];
  return Number(childFaults ?? 0) > 0;
}

const KILLED = "the guardian of the run was killed; a second one looked for leftover processes";

const FORMATS = [
  ["an event", ["--json"], "stdout", JSON.stringify(KILLED)],
  ["a warning with -q", ["-q"], "stderr", `warning: ${KILLED}`],
  ["an annotation", ["--ci", "github"], "stderr", `::guardian_killed: ${KILLED}`],
] as const;

for (const [what, options, stream, report] of FORMATS) {
  testWith(
    LINUX,
    `a killed guardian is reported as ${what}, and leaves nothing running`,
    async () => {
      await withLeftover(async ({ start, created, open }, leftover) => {
        await using ccrun = await start([...options, "hi"]);
        await created("started");
        Deno.kill(await guardianOf(ccrun.pid), "SIGKILL");
        await open("go");
        const result = await ccrun.finished;
        assertEquals(result.code, 0, result.stderr);
        assertStringIncludes(result[stream], report);
        await assertGone(leftover);
      });
    },
  );
}

testWith(
  LINUX,
  "a killed guardian is replaced at once, so that SIGKILL of ccrun leaves nothing",
  async () => {
    await withLeftover(async ({ start, created, sandbox }, leftover) => {
      await using ccrun = await start(["--json", "hi"]);
      await created("started");
      const guardian = await guardianOf(ccrun.pid);
      Deno.kill(guardian, "SIGKILL");
      const isReplaced = async () => {
        const pid = await guardianOf(ccrun.pid).catch(() => guardian);
        return pid !== guardian && await hasScanned(pid);
      };
      assert(await waitFor(isReplaced, LIMIT_MS));
      ccrun.kill("SIGKILL");
      await ccrun.finished;
      await leftover.untilGone();
      await sandbox.assertNothingLeft();
    });
  },
);

testWith(LINUX, "a suspended guardian is resumed to stop what the run leaves", async () => {
  await withLeftover(async ({ start, created, open }, leftover) => {
    await using ccrun = await start(["--json", "hi"]);
    await created("started");
    Deno.kill(await guardianOf(ccrun.pid), "SIGSTOP");
    await open("go");
    const events = checked(await ccrun.finished);
    assertEquals(events.code, 0);
    // A guardian that does not reply is killed, which is a warning.
    assertEquals(eventsOf(events, "notice").map(({ level }) => level), ["info"]);
    await assertGone(leftover);
  });
});

testWith(LINUX, "a guardian survives all signals but SIGKILL", async () => {
  await withLeftover(async ({ start, created, open }, leftover) => {
    await using ccrun = await start(["--json", "hi"]);
    await created("started");
    const guardian = await guardianOf(ccrun.pid);
    for (const signal of SIGNALS) Deno.kill(guardian, `SIG${signal}` as Deno.Signal);
    assertEquals((await living([guardian])).length, 1);
    await open("go");
    const events = checked(await ccrun.finished);
    assertEquals(events.code, 0);
    assertEquals(eventsOf(events, "notice").map(({ level }) => level), ["info"]);
    await assertGone(leftover);
  });
});

testWith(LINUX, "a leftover process cannot name another process, or hide itself", async () => {
  await withFake('. "$gates/commands"', async ({ sandbox, run }) => {
    await using bystander = makeLeftover(sandbox);
    await using leftovers = makeLeftovers(sandbox, ["first", "second", "third"]);
    const other = startScript(sandbox, `exec ${bystander.name}`, { PATH: "/usr/bin:/bin" });
    const { pid } = other;
    const forged = [
      `x\\nleftover ${pid} forged\\nremains ${pid} forged`,
      `x\\n==> /proc/${pid}/cmdline <==\\nforged\\n/proc/${pid}/cmdline:forged`,
      "ccrun-guardian ccrun-cleanup",
    ];
    const starts = Object.values(leftovers).filter((value) => "command" in value)
      .map((leftover, index) =>
        `setsid sh -c '${leftover.name} & wait' "$(printf '${forged[index]}')" \\
          </dev/null >/dev/null 2>&1 & echo $! >>"$gates/pids"`
      );
    await Deno.writeTextFile(
      `${sandbox.root}/commands`,
      `${starts.join("\n")}\nsleep 0.5\n${emit(initLine(), resultLine())}`,
    );
    const events = checked(await run(["--json", "hi"]));
    const named = eventsOf(events, "notice").flatMap(({ data }) =>
      (data?.["processes"] ?? []) as readonly { readonly pid: number }[]
    ).map((process) => process.pid);
    const pids = (await Deno.readTextFile(`${sandbox.root}/pids`)).trim().split("\n").map(Number);
    assertEquals(pids.filter((pid) => !named.includes(pid)), []);
    assertEquals(named.includes(pid), false);
    assertEquals((await living([pid])).length, 1);
    other.kill("SIGKILL");
    await other.status;
  });
});

testWith(
  LINUX,
  "the token is not in the arguments of a program that the guardian runs",
  async () => {
    await using sandbox = await makeSandbox();
    const programs = `${sandbox.root}/programs`;
    await Deno.mkdir(programs);
    for (const name of ["awk", "grep", "tr", "sleep"]) {
      const script = `#!/bin/sh
      { printf '%s\\n' "$@"; cat "/proc/$PPID/cmdline" "/proc/$$/environ"; } >>'${sandbox.root}/log'
      exec /usr/bin/${name} "$@"`;
      await writeExecutable(`${programs}/${name}`, script);
    }
    const options = { path: `${programs}:/usr/bin:/bin` };
    const { token, guardian, exited } = startGuarded(
      sandbox,
      'setsid sleep 600 & : >"$HOME/ready"',
      options,
    );
    await until(sandbox, "ready");
    await exited;
    const leftovers = await guardian.end(LIMIT_MS);
    assertEquals(leftovers.map(({ command }) => command), ["sleep 600"]);
    const log = await Deno.readTextFile(`${sandbox.root}/log`);
    assertStringIncludes(log, "/proc/");
    assertEquals(log.includes(token), false);
  },
);

testWith(LINUX, "a malformed order does nothing", async () => {
  await using sandbox = await makeSandbox();
  await using bystander = startScript(sandbox, "exec sleep 600", { PATH: "/usr/bin:/bin" });
  const { pid } = bystander;
  const guardian = spawnGuardian({ env: {}, graceMs: 0 });
  const orders = [
    "0123456789abcdef0123456789abcdef",
    `root ${pid};kill`,
    `root -${pid}`,
    `root 1/../${pid}`,
    `kill ${pid}`,
    "end $(id)",
    "end -1",
    "end 1e9",
    "list",
  ];
  const writer = guardian.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${orders.join("\n")}\n`));
  const { code, stdout } = await guardian.output();
  await writer.close().catch(() => {});
  assertEquals([code, new TextDecoder().decode(stdout)], [0, ""]);
  assertEquals((await living([pid])).length, 1);
});
