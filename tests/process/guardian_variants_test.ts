/** Runs the same tests with every kind of shell and process list that the guardian supports. */
import { assert, assertEquals } from "@std/assert";
import { createRunToken, withRunToken } from "../../lib/process/run_token.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import {
  CLEARED,
  FOREVER,
  type GuardedOptions,
  IS_SLEEP,
  living,
  LONG_MS,
  SHORT_MS,
  startGuarded,
  startScript,
  statesOf,
  until,
  writeScript,
} from "./guarded.ts";

interface Variant {
  readonly name: string;
  readonly commands?: readonly string[];
  options(sandbox: Sandbox): GuardedOptions | Promise<GuardedOptions>;
}

/** The programs that the script runs on systems with /proc. */
const PROGRAMS = ["awk", "grep", "head", "sleep", "tr"];

/** Creates a directory with links to programs. */
async function linkPrograms(sandbox: Sandbox, links: Record<string, string>): Promise<string> {
  const directory = `${sandbox.root}/programs`;
  await Deno.mkdir(directory);
  for (const [name, target] of Object.entries(links)) {
    await Deno.symlink(target, `${directory}/${name}`);
  }
  return directory;
}

async function which(command: string): Promise<string> {
  const { stdout } = await new Deno.Command("/bin/sh", {
    args: ["-c", 'command -v "$1"', "sh", command],
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

const variants: readonly Variant[] = [
  { name: "/bin/sh", options: () => ({}) },
  { name: "bash --posix", commands: ["bash"], options: () => ({ shell: ["bash", "--posix"] }) },
  {
    name: "busybox",
    commands: ["busybox"],
    async options(sandbox) {
      const busybox = await which("busybox");
      const links = Object.fromEntries(PROGRAMS.map((name) => [name, busybox]));
      return { shell: [busybox, "sh"], path: await linkPrograms(sandbox, links) };
    },
  },
  { name: "ps", commands: ["ps"], options: () => ({ source: "ps" }) },
];

for (const { name, commands = [], options } of variants) {
  const needs = { commands: ["setsid", "nohup", ...commands] };

  testWith(needs, `Guardian.end finds and stops all leftovers (${name})`, async () => {
    await using sandbox = await makeSandbox();
    // Its child is in another session and is found by its parent.
    const parent = `${CLEARED} setsid sleep 603 & echo $! >"$HOME/cleared"; sleep 604; :`;
    await writeScript(sandbox, "parent.sh", parent);
    const script = `${IS_SLEEP}
setsid sleep 600 & echo $! >"$HOME/session"
nohup sleep 601 >/dev/null 2>&1 & echo $! >"$HOME/nohup"
( ( setsid sleep 602 & echo $! >"$HOME/double" ) & )
setsid sh "$HOME/parent.sh" & echo $! >"$HOME/parent"
${CLEARED} sleep 605 & echo $! >"$HOME/unmarked"
for file in session nohup double cleared unmarked; do
  until [ -s "$HOME/$file" ]; do sleep 0.02; done
  is_sleep "$(cat "$HOME/$file")"
done; exit 4`;
    const guarded = startGuarded(sandbox, script, await options(sandbox));
    assertEquals((await guarded.exited).code, 4);
    const commands = {
      session: "sleep 600",
      nohup: "sleep 601",
      double: "sleep 602",
      parent: `sh ${sandbox.home}/parent.sh`,
      cleared: "sleep 603",
      unmarked: "sleep 605",
    };
    const pids = await Promise.all(Object.keys(commands).map(guarded.pidOf));
    const leftovers = await guarded.guardian.end(LONG_MS);
    assertEquals(await living(pids), []);
    assertEquals(guarded.guardian.hasDied, false);
    const reported = pids.map((pid) => leftovers.find((process) => process.pid === pid)?.command);
    assertEquals(reported, Object.values(commands));
  });

  testWith(
    needs,
    `Guardian.end asks processes to exit before it kills them (${name})`,
    async () => {
      await using sandbox = await makeSandbox();
      const scripts = {
        polite: `trap 'echo asked >"$HOME/asked"; exit' TERM; echo $$ >"$HOME/one"; ${FOREVER}`,
        stopped: `trap 'exit' TERM; echo $$ >"$HOME/two"; kill -STOP $$; ${FOREVER}`,
        deaf: `trap '' INT TERM; echo $$ >"$HOME/three"; ${FOREVER}`,
      };
      for (const [file, text] of Object.entries(scripts)) {
        await writeScript(sandbox, `${file}.sh`, text);
      }
      const starts = Object.keys(scripts).map((file) => `setsid sh "$HOME/${file}.sh" &`).join(
        "\n",
      );
      const script = `trap 'echo asked >"$HOME/child"; exit 6' INT\n${starts}\n${FOREVER}`;
      const guarded = startGuarded(sandbox, script, await options(sandbox));
      const pids = await Promise.all(["one", "two", "three"].map(guarded.pidOf));
      const end = guarded.guardian.end(LONG_MS);
      const onlyDeafIsLeft = async () => (await living(pids)).join() === String(pids[2]);
      assert(await waitFor(onlyDeafIsLeft, LONG_MS));
      guarded.guardian.end(0);
      const leftovers = await end;
      assertEquals((await guarded.exited).code, 6);
      assertEquals(await living(pids), []);
      assert(
        pids.every((pid) => leftovers.some((process) => process.pid === pid && !process.isRunning)),
      );
      for (const file of ["asked", "child"]) {
        assertEquals(await Deno.readTextFile(`${sandbox.home}/${file}`), "asked\n");
      }
    },
  );

  testWith(needs, `Guardian.end kills the child after the grace period (${name})`, async () => {
    await using sandbox = await makeSandbox();
    const deaf = `trap '' INT TERM; echo $$ >"$HOME/deaf"; ${FOREVER}`;
    const guarded = startGuarded(sandbox, deaf, await options(sandbox));
    await guarded.pidOf("deaf");
    const startedAt = performance.now();
    await guarded.guardian.end(SHORT_MS);
    assert(performance.now() - startedAt >= SHORT_MS);
    assertEquals((await guarded.exited).signal, "SIGKILL");
  });

  testWith(needs, `Guardian tells the run's processes from others (${name})`, async () => {
    await using sandbox = await makeSandbox();
    const script = `setsid sh -c '${FOREVER}' & echo $! >"$HOME/left"; ${FOREVER}`;
    const guarded = startGuarded(sandbox, script, await options(sandbox));
    const { guardian, token } = guarded;
    const environments: readonly Record<string, string>[] = [
      { CCRUN_RUNS: `${token}0` },
      { CCRUN_RUNS: `${createRunToken()}:${token.slice(1)}` },
      { XCCRUN_RUNS: token },
      { OTHER: `CCRUN_RUNS=${token}` },
      {},
    ];
    const foreign = environments.map((env) =>
      startScript(sandbox, `: ${token}; ${FOREVER}`, { ...sandbox.env(), ...env })
    );
    // A run inside this run, which is itself inside another one.
    const nested = { ...sandbox.env(), CCRUN_RUNS: `${createRunToken()}:${token}` };
    const inner = startScript(sandbox, FOREVER, withRunToken(nested, createRunToken()));
    const foreigners = foreign.map((child) => child.pid);
    const ours = [guarded.pid, await guarded.pidOf("left"), inner.pid];

    await guardian.suspend();
    const suspended = await statesOf(ours);
    // A process in vfork is in state D while its child is suspended.
    assert(suspended.every((state) => /^[TD]$/.test(state ?? "")), `${suspended}`);
    assert((await statesOf(foreigners)).every((state) => /[RSD]/.test(state ?? "")));
    await guardian.resume();
    assert((await statesOf(ours)).every((state) => /[RSD]/.test(state ?? "")));

    const listed = (await guardian.listLeftovers()).map((process) => process.pid);
    assert(ours.every((pid) => listed.includes(pid)));
    assert(!foreigners.some((pid) => listed.includes(pid)));
    assertEquals(await living(ours), ours);
    for (const child of [...foreign, inner]) child.kill("SIGKILL");
    await Promise.all([...foreign, inner].map((child) => child.status));
    Deno.kill(guarded.pid, "SIGKILL");
    await guarded.exited;
  });
}

const CHILDREN = [
  { what: "that exits on SIGINT", trap: 'trap "exit 5" INT', graceMs: LONG_MS, code: 5 },
  { what: "that ignores SIGINT", trap: 'trap "" INT', graceMs: SHORT_MS, code: 137 },
];

for (const { what, trap, graceMs, code } of CHILDREN) {
  Deno.test(`Guardian.end without awk stops a child ${what}, and fails`, async () => {
    await using sandbox = await makeSandbox();
    const links = { sleep: await which("sleep"), grep: await which("grep") };
    const path = await linkPrograms(sandbox, links);
    const guarded = startGuarded(sandbox, `${trap}; : >"$HOME/ready"; ${FOREVER}`, { path });
    await until(sandbox, "ready");
    assertEquals(await guarded.guardian.end(graceMs), []);
    assertEquals((await guarded.exited).code, code);
    assert(guarded.guardian.hasDied);
    await sandbox.assertNothingLeft();
  });
}
