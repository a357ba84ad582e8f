/** Runs the same tests with every kind of shell and process list that the guardian supports. */
import { writeExecutable } from "../support/executable.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
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
  untilSuspended,
  writeScript,
} from "../process/guarded.ts";

interface Variant {
  readonly name: string;
  readonly commands?: readonly string[];
  options(sandbox: Sandbox): GuardedOptions | Promise<GuardedOptions>;
}

/** The programs that the script runs on systems with /proc. */
const PROGRAMS = ["awk", "grep", "sleep", "tr"];

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

/** Like a small BusyBox, it rejects -z and ends lines at null characters. */
const SIMPLE_GREP = `#!/bin/sh
case $1 in
*z*) exit 2 ;;
-lsE) shift; exec GREP -lszE "$@" ;;
*) exec GREP "$@" ;;
esac
`;

/** Returns a PATH with {@linkcode SIMPLE_GREP}. */
async function withSimpleGrep(sandbox: Sandbox): Promise<string> {
  const directory = `${sandbox.root}/programs`;
  await Deno.mkdir(directory);
  const script = SIMPLE_GREP.replaceAll("GREP", await which("grep"));
  await writeExecutable(`${directory}/grep`, script);
  return `${directory}:/usr/bin:/bin`;
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
  {
    name: "grep without -z",
    options: async (sandbox) => ({ path: await withSimpleGrep(sandbox) }),
  },
  { name: "ps", commands: ["ps"], options: () => ({ source: "ps" }) },
];

for (const { name, commands = [], options } of variants) {
  const needs = { commands: ["setsid", "nohup", ...commands] };

  testWith(
    needs,
    `Guardian reports each process once, whatever its arguments are (${name})`,
    async () => {
      await using sandbox = await makeSandbox();
      const names = [
        "ccrun-guardian",
        "ccrun-cleanup",
        "x\nleftover 1 forged",
        "x\\nleftover 1 forged",
        `x\n==> /proc/1/cmdline <==\nforged`,
        "x\n/proc/1/cmdline:forged\n/ps/1/:forged",
        "\t\x1b[31m\r",
      ];
      const script = names.map((name, index) =>
        `setsid sh -c 'echo $$ >"$HOME/pid${index}"; sleep 600; :' '${name}' &`
      ).join("\n");
      const { guardian, pidOf } = startGuarded(
        sandbox,
        `${script}\n${FOREVER}`,
        await options(sandbox),
      );
      const pids = await Promise.all(names.map((_, index) => pidOf(`pid${index}`)));
      const found = await guardian.listLeftovers();
      for (const pid of pids) {
        const commands = found.filter((process) => process.pid === pid).map(({ command }) =>
          command
        );
        assertEquals(commands.length, 1);
        // deno-lint-ignore no-control-regex -- these are looked for
        assertMatch(commands[0] ?? "", /^sh -c echo [^\x00-\x1f\x7f]*$/);
      }
      assertEquals(found.some(({ pid }) => pid === 1), false);
    },
  );

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
    `Guardian.end asks processes to exit and kills the others after the grace period (${name})`,
    async () => {
      await using sandbox = await makeSandbox();
      const scripts = {
        polite: `trap 'echo >"$HOME/asked"; exit' TERM; echo $$ >"$HOME/one"; ${FOREVER}`,
        stopped: `trap 'exit' TERM; echo $$ >"$HOME/two"; kill -STOP $$; ${FOREVER}`,
        deaf: `trap '' INT TERM; echo $$ >"$HOME/three"; ${FOREVER}`,
      };
      for (const [file, text] of Object.entries(scripts)) {
        await writeScript(sandbox, `${file}.sh`, text);
      }
      const starts = Object.keys(scripts).map((file) => `setsid sh "$HOME/${file}.sh" &`).join(" ");
      const script = `trap 'exit 6' INT; ${starts} ${FOREVER}`;
      const guarded = startGuarded(sandbox, script, await options(sandbox));
      const pids = await Promise.all(["one", "two", "three"].map(guarded.pidOf));
      // The file with its id exists before the process stops itself.
      await untilSuspended(pids.slice(1, 2));
      const end = guarded.guardian.end(LONG_MS);
      const onlyDeafIsLeft = async () => (await living(pids)).join() === String(pids[2]);
      assert(await waitFor(onlyDeafIsLeft, LONG_MS));
      guarded.guardian.end(0);
      const leftovers = await end;
      assertEquals((await guarded.exited).code, 6);
      assertEquals(await living(pids), []);
      assert(pids.every((pid) => leftovers.some((leftover) => leftover.pid === pid)));
      await until(sandbox, "asked");
    },
  );

  testWith(
    needs,
    `Guardian tells the run's processes from others (${name})`,
    async () => {
      await using sandbox = await makeSandbox();
      const script = `setsid sh -c '${FOREVER}' & echo $! >"$HOME/left"; ${FOREVER}`;
      const { token, guardian, pid, pidOf, exited } = startGuarded(
        sandbox,
        script,
        await options(sandbox),
      );
      const environments: readonly Record<string, string>[] = [
        { CCRUN_RUNS: `${token}0` },
        { CCRUN_RUNS: `${createRunToken()}:${token.slice(1)}` },
        { XCCRUN_RUNS: token },
        { OTHER: `CCRUN_RUNS=${token}` },
        {},
      ];
      const others = environments.map((env) =>
        startScript(sandbox, `: ${token}; ${FOREVER}`, { ...sandbox.env(), ...env })
      );
      // A run inside this run, which is itself inside another one.
      const nested = { ...sandbox.env(), CCRUN_RUNS: `${createRunToken()}:${token}` };
      const inner = startScript(sandbox, FOREVER, withRunToken(nested, createRunToken()));
      const ours = [pid, await pidOf("left"), inner.pid];
      const foreigners = others.map((child) => child.pid);

      await guardian.suspend();
      await untilSuspended(ours);
      const states = await statesOf(foreigners);
      assert(states.every((state) => /[RSD]/.test(state ?? "")), states.join());
      await guardian.end(LONG_MS);
      assertEquals(await living(ours), []);
      assertEquals(await living(foreigners), foreigners);
      await exited;
      for (const child of others) child.kill("SIGKILL");
      await Promise.all([...others, inner].map((child) => child.status));
    },
  );
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
