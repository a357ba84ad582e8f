/** Tests of the guardian that depend neither on the shell nor on how processes are listed. */
import { writeExecutable } from "../support/executable.ts";
import { assert, assertEquals } from "@std/assert";
import { createRunToken, withRunToken } from "../../lib/process/run_token.ts";
import { childrenOf } from "../support/process_table.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import {
  CLEARED,
  FOREVER,
  IS_SLEEP,
  living,
  LONG_MS,
  pidOf,
  SHORT_MS,
  startGuarded,
  startScript,
  stateOf,
  statesOf,
  until,
  untilSuspended,
  writeScript,
} from "./guarded.ts";

const needs = { commands: ["setsid"] };

testWith(needs, "Guardian finds a process by its session after the leader has exited", async () => {
  await using sandbox = await makeSandbox();
  // The leader is the parent of both. It exits after a scan.
  const wait = 'until [ -e "$HOME/go" ]; do sleep 0.02; done';
  const inSession = `sleep 600 & ${CLEARED} sleep 600 & echo $! >"$HOME/cleared"; ${wait}`;
  const { guardian, exited, pidOf } = startGuarded(sandbox, `setsid sh -c '${inSession}'`);
  const pid = await pidOf("cleared");
  await guardian.scan();
  await writeScript(sandbox, "go", "");
  await exited;
  const leftovers = await guardian.end(LONG_MS);
  assertEquals(leftovers.length, 2);
  assert(leftovers.some((process) => process.pid === pid));
  assertEquals(await living([pid]), []);
});

testWith(needs, "Guardian remembers a process that it has found while the child runs", async () => {
  await using sandbox = await makeSandbox();
  const escaping = `until [ -e "$HOME/go" ]; do sleep 0.02; done; exec setsid ${CLEARED} sleep 600`;
  // Two scans are 2 s apart.
  const script = `${CLEARED} HOME="$HOME" sh -c '${escaping}' & echo $! >"$HOME/escaped"
sleep 4; : >"$HOME/go"`;
  const { guardian, exited, pidOf } = startGuarded(sandbox, script);
  const pid = await pidOf("escaped");
  await exited;
  await guardian.end(LONG_MS);
  assertEquals(await living([pid]), []);
});

testWith(needs, "Guardian.end sends SIGTERM once and waits for the process to exit", async () => {
  await using sandbox = await makeSandbox();
  const onTerm = 'echo asked >>"$HOME/log"; sleep 0.5; echo exiting >>"$HOME/log"; exit';
  await writeScript(sandbox, "left.sh", `trap '${onTerm}' TERM; echo $$ >"$HOME/left"; ${FOREVER}`);
  const script = 'setsid sh "$HOME/left.sh" & until [ -e "$HOME/left" ]; do sleep 0.02; done';
  const { guardian, exited, pidOf } = startGuarded(sandbox, script);
  await exited;
  const pid = await pidOf("left");
  const leftovers = await guardian.end(LONG_MS);
  assert(leftovers.some((process) => process.pid === pid));
  assert(leftovers.every((process) => !process.isRunning));
  assertEquals(await Deno.readTextFile(`${sandbox.home}/log`), "asked\nexiting\n");
});

testWith(needs, "Guardian.end also asks a process that starts during the end", async () => {
  await using sandbox = await makeSandbox();
  const late = `trap "echo asked >\\"$HOME/asked\\"; exit" TERM; ${FOREVER}`;
  const first = `trap "setsid sh \\"$HOME/late\\" &" TERM; echo >"$HOME/ready"; ${FOREVER}`;
  await writeScript(sandbox, "late", late);
  await writeScript(sandbox, "first", first);
  const script = 'sh "$HOME/first" & until [ -e "$HOME/ready" ]; do sleep 0.02; done';
  const { guardian, exited } = startGuarded(sandbox, script);
  await exited;
  const end = guardian.end(LONG_MS);
  await until(sandbox, "asked");
  guardian.end(0);
  await end;
  assertEquals(await sandbox.processes(), []);
});

testWith(needs, "Guardian.end ends its grace period when it is called again with 0", async () => {
  await using sandbox = await makeSandbox();
  const stubborn = `trap "" INT TERM; echo $$ >"$HOME/stubborn"; ${FOREVER}`;
  const { guardian, pidOf } = startGuarded(sandbox, `setsid sh -c '${stubborn}' & ${stubborn}`);
  await pidOf("stubborn");
  const first = guardian.end(LONG_MS);
  const second = guardian.end(0);
  assertEquals(await first, await second);
  assertEquals(await sandbox.processes(), []);
  assertEquals(guardian.hasDied, false);
});

testWith(needs, "Guardian.end resumes a stopped process so that it can exit", async () => {
  await using sandbox = await makeSandbox();
  const stopped = `trap 'echo >"$HOME/asked"; exit' TERM; kill -STOP $$; ${FOREVER}`;
  await writeScript(sandbox, "stopped", stopped);
  const script = 'setsid sh "$HOME/stopped" & echo $! >"$HOME/pid"';
  const { guardian, exited, pidOf } = startGuarded(sandbox, script);
  const pid = await pidOf("pid");
  await exited;
  assert(await waitFor(async () => await stateOf(pid) === "T", LONG_MS));
  const end = guardian.end(LONG_MS);
  await until(sandbox, "asked");
  await end;
  assertEquals(await living([pid]), []);
});

testWith(needs, "Guardian.end resumes the descendants that the child waits for", async () => {
  await using sandbox = await makeSandbox();
  const tool = 'until [ -e "$HOME/asked" ]; do sleep 0.02; done; echo done >"$HOME/done"';
  const script = `sh -c '${tool}' & tool=$!
trap 'echo >"$HOME/asked"; wait $tool; exit 3' INT; echo >"$HOME/ready"; ${FOREVER}`;
  const { guardian, exited } = startGuarded(sandbox, script);
  await until(sandbox, "ready");
  await guardian.suspend();
  await guardian.end(LONG_MS);
  assertEquals((await exited).code, 3);
  await until(sandbox, "done");
});

testWith(needs, "Guardian.end does not wait for zombies", async () => {
  await using sandbox = await makeSandbox();
  // The parent becomes another program, which does not wait for its child.
  const script = 'sleep 0 & echo $! >"$HOME/zombie"; exec sleep 600';
  const { guardian, exited, pidOf } = startGuarded(sandbox, script);
  const zombie = await pidOf("zombie");
  assert(await waitFor(async () => await stateOf(zombie) === undefined, LONG_MS));
  const startedAt = performance.now();
  await guardian.end(LONG_MS);
  await exited;
  assert(performance.now() - startedAt < LONG_MS / 2);
});

testWith(needs, "Guardian stops a nested run and its guardian, but not an outer run", async () => {
  await using sandbox = await makeSandbox();
  const script = (name: string) => `setsid sleep 600 & echo $! >"$HOME/${name}"; ${FOREVER}`;
  const outer = startGuarded(sandbox, script("outer"));
  const env = withRunToken(sandbox.env(), outer.token);
  const inner = startGuarded(sandbox, script("inner"), { env });
  const other = startGuarded(sandbox, script("other"), { env });
  const outers = [await outer.pidOf("outer"), outer.pid];
  const others = [await other.pidOf("other"), other.pid];
  const inners = [await inner.pidOf("inner"), inner.pid];

  await inner.guardian.end(LONG_MS);
  assertEquals(await living(inners), []);
  assertEquals(await living([...outers, ...others]), [...outers, ...others]);

  await outer.guardian.end(SHORT_MS);
  assertEquals(await living([...outers, ...others]), []);
  assertEquals(inner.guardian.hasDied, false);
  assert(await waitFor(() => other.guardian.hasDied, LONG_MS));
  // Closes the pipe to the guardian that has died.
  await other.guardian.end(LONG_MS);
});

testWith(needs, "Guardian ignores processes that merely look like the run's", async () => {
  await using sandbox = await makeSandbox();
  const { guardian, token, exited, pid } = startGuarded(sandbox, FOREVER);
  const other = createRunToken();
  const rows: readonly (readonly [script: string, env?: Record<string, string>])[] = [
    [FOREVER, { CCRUN_RUNS: `0${token}` }],
    [FOREVER, { CCRUN_RUNS: `${token}${token}` }],
    [FOREVER, { CCRUN_RUNS: token.slice(1) }],
    [FOREVER, { CCRUN_RUNS: `${other}-${token}` }],
    [FOREVER, { CCRUN_RUNS2: token }],
    [FOREVER, { OTHER: `line\nCCRUN_RUNS=${token}` }],
    [`: CCRUN_RUNS=${token}; ${FOREVER}`],
    [`:\nCCRUN_RUNS=${token} true\n${FOREVER}`],
  ];
  const children = rows.map(([script, env]) =>
    startScript(sandbox, script, { ...sandbox.env(), ...env })
  );
  const pids = children.map((child) => child.pid);
  await guardian.suspend();
  const states = await statesOf(pids);
  assert(states.every((state) => state !== undefined && state !== "T"), states.join());
  await untilSuspended([pid]);
  await guardian.end(LONG_MS);
  await exited;
  assertEquals(await living(pids), pids);
  for (const child of children) child.kill("SIGKILL");
  await Promise.all(children.map((child) => child.status));
});

testWith(needs, "Guardian finds a child by its token before it receives the pid", async () => {
  await using sandbox = await makeSandbox();
  const script = `setsid sleep 600 & echo $! >"$HOME/left"; ${FOREVER}`;
  const { guardian, pid, exited, pidOf } = startGuarded(sandbox, script, { isKnown: false });
  const left = await pidOf("left");
  await guardian.end(LONG_MS);
  await exited;
  assertEquals(await living([pid, left]), []);
});

testWith(needs, "Guardian accepts any process name", async () => {
  await using sandbox = await makeSandbox();
  // The first one is the child.
  const names = ["a\nb", ") S 1 1 1", "x) R\n1 1 1) ", "\n", "* (", "1 2 3 4\n5 6 7"];
  for (const [index, name] of names.entries()) {
    const script = `echo $$ >"$HOME/pid${index}"; trap 'exit 5' INT TERM; ${FOREVER}`;
    await writeExecutable(`${sandbox.bin}/${name}`, `#!/bin/sh\n${script}\n`);
  }
  const [first, ...others] = names;
  const starts = others.map((name) => `setsid '${sandbox.bin}/${name}' &`).join("\n");
  const { guardian, exited } = startGuarded(sandbox, `${starts}\nexec '${sandbox.bin}/${first}'`);
  const pids = await Promise.all(names.map((_, index) => pidOf(sandbox, `pid${index}`)));
  await guardian.suspend();
  await untilSuspended(pids);
  const leftovers = await guardian.end(LONG_MS);
  assertEquals((await exited).code, 5);
  assertEquals(await living(pids), []);
  assert(pids.slice(1).every((pid) => leftovers.some((process) => process.pid === pid)));
});

/** Forks as fast as it can and ignores signals. It ends by itself if a test fails. */
const STORM = `trap "" INT TERM; echo >"$HOME/storm"
i=0; while [ $i -lt 4000 ]; do i=$((i + 1)); sleep 0.3 & done`;

/** A chain of processes, each of which starts the next one and exits. */
const HOPS = `trap "" INT TERM; echo >"$HOME/storm"
hop() { [ "$1" -gt 0 ] && hop $(($1 - 1)) & }; hop 8000`;

const FORKING = [
  ["that fork as fast as they can", STORM, 'sh "$HOME/script"'],
  ["of a chain in another session", HOPS, 'setsid sh "$HOME/script" & sleep 600'],
] as const;

for (const [which, program, script] of FORKING) {
  testWith(needs, `Guardian.end stops processes ${which}`, async () => {
    await using sandbox = await makeSandbox();
    await writeScript(sandbox, "script", program);
    const { guardian, exited } = startGuarded(sandbox, script);
    await until(sandbox, "storm");
    await guardian.end(SHORT_MS);
    await exited;
    // The last process may not have died of SIGKILL yet.
    await sandbox.assertNothingLeft();
  });
}

testWith(needs, "Guardian.end reports a hundred processes", async () => {
  await using sandbox = await makeSandbox();
  // The child exits when each process has become `sleep`, so that the reported commands are final.
  const script = `${IS_SLEEP}; i=0
while [ $i -lt 100 ]; do i=$((i + 1)); setsid sleep 600 & pids="$pids $!"; done
for pid in $pids; do is_sleep $pid; done`;
  const { guardian, exited } = startGuarded(sandbox, script);
  await exited;
  const leftovers = await guardian.end(LONG_MS);
  assertEquals(leftovers.length, 100);
  assert(leftovers.every(({ command }) => command.includes("sleep 600")));
  assertEquals(await sandbox.processes(), []);
});

testWith(
  needs,
  "Guardian.hasDied is true after it was killed, and its methods return",
  async () => {
    await using sandbox = await makeSandbox();
    const { pid, guardian } = startGuarded(sandbox, "exec sleep 600");
    // A process that executes a program shows no environment.
    await guardian.scan();
    assertEquals(guardian.hasDied, false);
    const inSandbox = await sandbox.processes();
    const children = (await childrenOf(Deno.pid)).map((child) => child.pid);
    const [guardianPid] = children.filter((child) => child !== pid && inSandbox.includes(child));
    assert(guardianPid !== undefined);
    Deno.kill(guardianPid, "SIGKILL");
    assert(await waitFor(() => guardian.hasDied, LONG_MS));
    await guardian.scan();
    await guardian.suspend();
    await guardian.resume();
    assertEquals(await guardian.end(LONG_MS), []);
  },
);
