/**
 * The guardian's program is to work in every POSIX shell, with every grep, and where only `ps` tells
 * of processes: the same few tests, in each of them.
 */
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
  stateOf,
} from "./guarded.ts";

interface Variant {
  readonly name: string;
  readonly commands?: readonly string[];
  options(sandbox: Sandbox): GuardedOptions | Promise<GuardedOptions>;
}

/** What the guardian's program calls; `ps` and `uname` only where there is no /proc. */
const HELPERS = ["awk", "grep", "head", "sleep", "tr"] as const;

/** A folder where commands are other programs, or scripts. */
async function folder(sandbox: Sandbox, fill: (path: string) => Promise<void>): Promise<string> {
  const path = `${sandbox.root}/helpers`;
  await Deno.mkdir(path);
  await fill(path);
  return path;
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
    name: "busybox with nothing but its own helpers",
    commands: ["busybox"],
    async options(sandbox) {
      const busybox = await which("busybox");
      const path = await folder(sandbox, async (path) => {
        for (const name of HELPERS) await Deno.symlink(busybox, `${path}/${name}`);
      });
      return { shell: [busybox, "sh"], path };
    },
  },
  {
    name: "a grep without -z",
    async options(sandbox) {
      const path = await folder(sandbox, async (path) => {
        const refuse = "for arg do case $arg in -*z*) exit 2 ;; esac; done";
        const script = `#!/bin/sh\n${refuse}\nPATH=/usr/bin:/bin exec grep "$@"\n`;
        await Deno.writeTextFile(`${path}/grep`, script, { mode: 0o755 });
      });
      return { path: `${path}:/usr/bin:/bin` };
    },
  },
  {
    name: "ps instead of /proc",
    commands: ["ps"],
    options: () => ({ source: "ps" }),
  },
];

for (const { name, commands = [], options } of variants) {
  const needs = { commands: ["setsid", "nohup", ...commands] };

  testWith(
    needs,
    `Guardian ends whoever the run has left behind, wherever that is: ${name}`,
    async () => {
      await using sandbox = await makeSandbox();
      // It is in another session by then, and found by its parent.
      const parent = `${CLEARED} setsid sleep 603 & echo $! >"$HOME/cleared"; sleep 604; :`;
      await Deno.writeTextFile(`${sandbox.home}/parent.sh`, parent);
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
      assertEquals((await guarded.ended).code, 4);
      const names = ["session", "nohup", "double", "parent", "cleared", "unmarked"];
      const pids = await Promise.all(names.map(guarded.pidOf));
      const left = await guarded.guardian.end(LONG_MS);
      assertEquals(await living(pids), []);
      assertEquals(guarded.guardian.hasDied, false);
      const commands = pids.map((pid) => left.find((process) => process.pid === pid)?.command);
      assertEquals(commands, [
        "sleep 600",
        "sleep 601",
        "sleep 602",
        `sh ${sandbox.home}/parent.sh`,
        "sleep 603",
        "sleep 605",
      ]);
    },
  );

  testWith(
    needs,
    `Guardian asks, lets end, and kills who does not: ${name}`,
    async () => {
      await using sandbox = await makeSandbox();
      const polite = `trap 'echo asked >"$HOME/asked"; exit' TERM`;
      const files = {
        polite: `${polite}; echo $$ >"$HOME/one"; ${FOREVER}`,
        stopped: `trap 'exit' TERM; echo $$ >"$HOME/two"; kill -STOP $$; ${FOREVER}`,
        deaf: `trap '' INT TERM; echo $$ >"$HOME/three"; ${FOREVER}`,
      };
      for (const [file, text] of Object.entries(files)) {
        await Deno.writeTextFile(`${sandbox.home}/${file}.sh`, text);
      }
      const starts = Object.keys(files).map((file) => `setsid sh "$HOME/${file}.sh" &`).join("\n");
      const script = `trap 'echo asked >"$HOME/child"; exit 6' INT\n${starts}\n${FOREVER}`;
      const guarded = startGuarded(sandbox, script, await options(sandbox));
      const pids = await Promise.all(["one", "two", "three"].map(guarded.pidOf));
      const end = guarded.guardian.end(LONG_MS);
      const gone = async () => (await living(pids)).join() === String(pids[2]);
      assert(await waitFor(gone, LONG_MS));
      guarded.guardian.end(0);
      const left = await end;
      assertEquals((await guarded.ended).code, 6);
      assertEquals(await living(pids), []);
      assert(pids.every((pid) => left.some((process) => process.pid === pid && !process.stays)));
      for (const file of ["asked", "child"]) {
        assertEquals(await Deno.readTextFile(`${sandbox.home}/${file}`), "asked\n");
      }
    },
  );

  testWith(
    needs,
    `Guardian waits for the child until its time is over, and then kills: ${name}`,
    async () => {
      await using sandbox = await makeSandbox();
      const deaf = `trap '' INT TERM; echo $$ >"$HOME/deaf"; ${FOREVER}`;
      const guarded = startGuarded(sandbox, deaf, await options(sandbox));
      await guarded.pidOf("deaf");
      const began = performance.now();
      await guarded.guardian.end(SHORT_MS);
      assert(performance.now() - began >= SHORT_MS);
      assertEquals((await guarded.ended).signal, "SIGKILL");
    },
  );

  testWith(
    needs,
    `Guardian tells a run's processes from others, holds them and lists them: ${name}`,
    async () => {
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
      // A run inside the run, which is inside another one.
      const nested = { CCRUN_RUNS: `${createRunToken()}:${token}` };
      const inner = startScript(
        sandbox,
        FOREVER,
        withRunToken({ ...sandbox.env(), ...nested }, createRunToken()),
      );
      const foreigners = foreign.map((child) => child.pid);
      const ours = [guarded.pid, await guarded.pidOf("left"), inner.pid];
      await guardian.suspend();
      // Who has just started something and waits until that runs is in D as long as it is held.
      const held = await Promise.all(ours.map(stateOf));
      assert(held.every((state) => /^[TD]$/.test(state ?? "")), `${held}`);
      assert(
        (await Promise.all(foreigners.map(stateOf))).every((state) => /[RSD]/.test(state ?? "")),
      );
      await guardian.resume();
      assert((await Promise.all(ours.map(stateOf))).every((state) => /[RSD]/.test(state ?? "")));
      const listed = (await guardian.listLeftovers()).map((process) => process.pid);
      assert(ours.every((pid) => listed.includes(pid)));
      assert(!foreigners.some((pid) => listed.includes(pid)));
      assertEquals(await living(ours), ours);
      for (const child of [...foreign, inner]) child.kill("SIGKILL");
      await Promise.all([...foreign, inner].map((child) => child.status));
      Deno.kill(guarded.pid, "SIGKILL");
      await guarded.ended;
    },
  );
}
