import { assert, assertEquals } from "@std/assert";
import { createRunToken, withRunToken } from "../../lib/process/run_token.ts";
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
  until,
} from "./guarded.ts";

const needs = { commands: ["setsid"] };

testWith(
  needs,
  "Guardian finds by its session what has cleared its environment, though the session's leader is over",
  async () => {
    await using sandbox = await makeSandbox();
    // A marked process stays in the session; its leader, and with it everybody's parent, goes.
    const inSession = `sleep 600 & ${CLEARED} sleep 600 & echo $! >"$HOME/cleared"`;
    const { guardian, ended, pidOf } = startGuarded(sandbox, `setsid sh -c '${inSession}'`);
    await ended;
    const pid = await pidOf("cleared");
    const left = await guardian.end(LONG_MS);
    assertEquals(left.length, 2);
    assert(left.some((process) => process.pid === pid));
    assertEquals(await living([pid]), []);
  },
);

testWith(needs, "Guardian finds what it has seen once, wherever that goes", async () => {
  await using sandbox = await makeSandbox();
  const gone = `until [ -e "$HOME/go" ]; do sleep 0.02; done; exec setsid ${CLEARED} sleep 600`;
  const script = `${CLEARED} HOME="$HOME" sh -c '${gone}' & echo $! >"$HOME/gone"
until [ -e "$HOME/end" ]; do sleep 0.02; done`;
  const { guardian, ended, pidOf } = startGuarded(sandbox, script);
  const pid = await pidOf("gone");
  guardian.scan();
  await guardian.suspend(); // a second look, which is answered
  await guardian.resume();
  await Deno.writeTextFile(`${sandbox.home}/go`, "");
  await Deno.writeTextFile(`${sandbox.home}/end`, "");
  await ended;
  await guardian.end(LONG_MS);
  assertEquals(await living([pid]), []);
});

testWith(
  needs,
  "Guardian tells no more than once what it asks, and leaves it the time to end",
  async () => {
    await using sandbox = await makeSandbox();
    const ask = 'echo asked >>"$HOME/asked"; sleep 0.5; echo over >>"$HOME/asked"; exit';
    await Deno.writeTextFile(
      `${sandbox.home}/left.sh`,
      `trap '${ask}' TERM; echo $$ >"$HOME/left"; ${FOREVER}`,
    );
    const script = 'setsid sh "$HOME/left.sh" & until [ -e "$HOME/left" ]; do sleep 0.02; done';
    const { guardian, ended, pidOf } = startGuarded(sandbox, script);
    await ended;
    const pid = await pidOf("left");
    const left = await guardian.end(LONG_MS);
    assert(left.some((process) => process.pid === pid));
    assert(left.every((process) => !process.stays));
    assertEquals(await Deno.readTextFile(`${sandbox.home}/asked`), "asked\nover\n");
  },
);

testWith(needs, "Guardian asks also what begins only when the others are asked", async () => {
  await using sandbox = await makeSandbox();
  // It does not end, and what it starts then is to have its chance all the same.
  const late = `trap "echo asked >\\"$HOME/asked\\"; exit" TERM; ${FOREVER}`;
  const first = `trap "setsid sh \\"$HOME/late\\" &" TERM; echo >"$HOME/ready"; ${FOREVER}`;
  await Deno.writeTextFile(`${sandbox.home}/late`, late);
  await Deno.writeTextFile(`${sandbox.home}/first`, first);
  const script = 'sh "$HOME/first" & until [ -e "$HOME/ready" ]; do sleep 0.02; done';
  const { guardian, ended } = startGuarded(sandbox, script);
  await ended;
  const end = guardian.end(LONG_MS);
  await until(sandbox, "asked");
  guardian.end(0);
  await end;
  assertEquals(await sandbox.processes(), []);
});

testWith(needs, "Guardian.end hurries when it is called again with no time", async () => {
  await using sandbox = await makeSandbox();
  const stubborn = `trap "" INT TERM; echo $$ >"$HOME/stubborn"; ${FOREVER}`;
  const { guardian, pidOf } = startGuarded(sandbox, `setsid sh -c '${stubborn}' & ${stubborn}`);
  await pidOf("stubborn");
  const end = guardian.end(LONG_MS);
  const hurried = guardian.end(0);
  assertEquals(await end, await hurried);
  assertEquals(await sandbox.processes(), []);
  assertEquals(guardian.hasDied, false);
});

testWith(needs, "Guardian lets go on what has been stopped, so that it can end", async () => {
  await using sandbox = await makeSandbox();
  const stopped = `trap 'echo >"$HOME/asked"; exit' TERM; kill -STOP $$; ${FOREVER}`;
  await Deno.writeTextFile(`${sandbox.home}/stopped`, stopped);
  const script = 'setsid sh "$HOME/stopped" & echo $! >"$HOME/pid"';
  const { guardian, ended, pidOf } = startGuarded(sandbox, script);
  const pid = await pidOf("pid");
  await ended;
  assert(await waitFor(async () => await stateOf(pid) === "T", LONG_MS));
  const end = guardian.end(LONG_MS);
  await until(sandbox, "asked");
  await end;
  assertEquals(await living([pid]), []);
});

testWith(needs, "Guardian does not wait for zombies", async () => {
  await using sandbox = await makeSandbox();
  // Nobody takes its status: not its parent, which is another program by then.
  const script = 'sleep 0 & echo $! >"$HOME/zombie"; exec sleep 600';
  const { guardian, ended, pidOf } = startGuarded(sandbox, script);
  const zombie = await pidOf("zombie");
  await waitFor(async () => await stateOf(zombie) === undefined, LONG_MS);
  const began = performance.now();
  await guardian.end(LONG_MS);
  await ended;
  assert(performance.now() - began < LONG_MS / 2);
});

testWith(needs, "Guardian ends two runs side by side one at a time", async () => {
  await using sandbox = await makeSandbox();
  const script = (name: string) =>
    `setsid sleep 600 & echo $! >"$HOME/${name}"; trap "exit" INT; ${FOREVER}`;
  const one = startGuarded(sandbox, script("one"));
  const other = startGuarded(sandbox, script("other"));
  const pids = [await other.pidOf("other"), other.pid];
  await one.pidOf("one");
  await one.guardian.suspend();
  assert((await Promise.all(pids.map(stateOf))).every((state) => state !== "T"));
  await one.guardian.end(LONG_MS);
  assertEquals(await living(pids), pids);
  assertEquals(await living([one.pid, await one.pidOf("one")]), []);
  await other.guardian.end(LONG_MS);
  assertEquals(await sandbox.processes(), []);
});

testWith(
  needs,
  "Guardian takes an inner run along with its guardian, and an inner one leaves the outer alone",
  async () => {
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
    // Only who is told to end lets go of the pipe to its shell, also when that is gone.
    await other.guardian.end(LONG_MS);
  },
);

testWith(
  needs,
  "Guardian takes no foreign process for the run's, however similar it looks",
  async () => {
    await using sandbox = await makeSandbox();
    const { guardian, token, ended, pid } = startGuarded(sandbox, FOREVER);
    const other = createRunToken();
    const foreigners: readonly (readonly [script: string, env?: Record<string, string>])[] = [
      [FOREVER],
      [FOREVER, { CCRUN_RUNS: `${token}0` }],
      [FOREVER, { CCRUN_RUNS: `0${token}` }],
      [FOREVER, { CCRUN_RUNS: `${token}${token}` }],
      [FOREVER, { CCRUN_RUNS: token.slice(1) }],
      [FOREVER, { CCRUN_RUNS: `${other}-${token}` }],
      [FOREVER, { CCRUN_RUNS: other }],
      [FOREVER, { CCRUN_RUNS2: token }],
      [FOREVER, { XCCRUN_RUNS: token }],
      [FOREVER, { OTHER: `CCRUN_RUNS=${token}` }],
      [FOREVER, { OTHER: `line\nCCRUN_RUNS=${token}` }],
      [`: ${token}; ${FOREVER}`],
      [`: CCRUN_RUNS=${token}; ${FOREVER}`],
      [`:\nCCRUN_RUNS=${token} true\n${FOREVER}`],
    ];
    const children = foreigners.map(([script, env]) =>
      startScript(sandbox, script, { ...sandbox.env(), ...env })
    );
    const pids = children.map((child) => child.pid);
    await guardian.suspend();
    const states = await Promise.all(pids.map(stateOf));
    assert(states.every((state) => state !== undefined && state !== "T"), states.join());
    assertEquals(await stateOf(pid), "T");
    await guardian.end(LONG_MS);
    await ended;
    assertEquals(await living(pids), pids);
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map((child) => child.status));
  },
);

testWith(needs, "Guardian.list names what is there, and leaves it", async () => {
  await using sandbox = await makeSandbox();
  const script = `${IS_SLEEP}; setsid sleep 601 & echo $! >"$HOME/one"; is_sleep $!
sleep 602 & echo $! >"$HOME/two"; is_sleep $!`;
  const { guardian, ended, pidOf } = startGuarded(sandbox, script);
  await ended;
  const [one, two] = [await pidOf("one"), await pidOf("two")];
  assertEquals(
    await guardian.listLeftovers(),
    [
      { pid: one, command: "sleep 601", stays: true },
      { pid: two, command: "sleep 602", stays: true },
    ].sort((a, b) => a.pid - b.pid),
  );
  assertEquals(await living([one, two]), [one, two]);
});

testWith(
  needs,
  "Guardian.hold stops all processes of the run, and go lets them go on",
  async () => {
    await using sandbox = await makeSandbox();
    const script = `setsid sh -c '${FOREVER}' & echo $! >"$HOME/left"; ${FOREVER}`;
    const { guardian, pid, pidOf } = startGuarded(sandbox, script);
    const pids = [await pidOf("left"), pid];
    const states = () => Promise.all(pids.map(stateOf));
    await guardian.suspend();
    assertEquals(await states(), ["T", "T"]);
    await guardian.resume();
    assert((await states()).every((state) => state !== undefined && state !== "T"));
    await guardian.suspend();
    assertEquals(await states(), ["T", "T"]);
    // What is held ends, too.
    await guardian.end(LONG_MS);
    assertEquals(await living(pids), []);
  },
);

testWith(needs, "Guardian.end lets go on what the child waits for when it is asked", async () => {
  await using sandbox = await makeSandbox();
  const tool = 'until [ -e "$HOME/asked" ]; do sleep 0.02; done; echo done >"$HOME/done"';
  const script = `sh -c '${tool}' & tool=$!
trap 'echo >"$HOME/asked"; wait $tool; exit 3' INT; echo >"$HOME/ready"; ${FOREVER}`;
  const { guardian, ended } = startGuarded(sandbox, script);
  await until(sandbox, "ready");
  await guardian.suspend();
  await guardian.end(LONG_MS);
  assertEquals((await ended).code, 3);
  await until(sandbox, "done");
});

testWith(needs, "Guardian ends a child that it was not told of, by its mark", async () => {
  await using sandbox = await makeSandbox();
  const script = `setsid sleep 600 & echo $! >"$HOME/left"; ${FOREVER}`;
  const { guardian, pid, ended, pidOf } = startGuarded(sandbox, script, { isKnown: false });
  const left = await pidOf("left");
  await guardian.end(LONG_MS);
  await ended;
  assertEquals(await living([pid, left]), []);
});

testWith(
  needs,
  "Guardian knows a process whose name has several lines, or looks like numbers",
  async () => {
    await using sandbox = await makeSandbox();
    // The first is the child itself.
    const names = ["a\nb", ") S 1 1 1", "x) R\n1 1 1) ", "\n", "* (", "1 2 3 4\n5 6 7"];
    for (const [at, name] of names.entries()) {
      const script = `echo $$ >"$HOME/pid${at}"; trap 'exit 5' INT TERM; ${FOREVER}`;
      await Deno.writeTextFile(`${sandbox.bin}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const [first, ...others] = names;
    const starts = others.map((name) => `setsid '${sandbox.bin}/${name}' &`).join("\n");
    const { guardian, ended } = startGuarded(sandbox, `${starts}\nexec '${sandbox.bin}/${first}'`);
    const pids = await Promise.all(names.map((_, at) => pidOf(sandbox, `pid${at}`)));
    const began = performance.now();
    await guardian.suspend();
    // Who has just started something waits in the kernel as long as that is held.
    assert((await Promise.all(pids.map(stateOf))).every((state) => /^[TD]$/.test(state ?? "")));
    const left = await guardian.end(LONG_MS);
    assertEquals((await ended).code, 5);
    assertEquals(await living(pids), []);
    assert(performance.now() - began < LONG_MS / 2);
    assert(pids.slice(1).every((pid) => left.some((process) => process.pid === pid)));
  },
);

/** Forks as fast as it can and does not listen; it ends by itself, should a test fail. */
const storm = `trap "" INT TERM; echo >"$HOME/storm"
i=0; while [ $i -lt 4000 ]; do i=$((i + 1)); sleep 0.3 & done`;

/** Each process starts the next one and ends. */
const hops = `trap "" INT TERM; echo >"$HOME/storm"
hop() { [ "$1" -gt 0 ] && hop $(($1 - 1)) & }; hop 8000`;

for (
  const [name, script] of [
    ["in the child's group", storm],
    ["in a session of its own", `setsid sh "$HOME/script" & sleep 600`],
  ] as const
) {
  testWith(needs, `Guardian ends processes that never stop forking ${name}`, async () => {
    await using sandbox = await makeSandbox();
    for (const kind of [storm, hops]) {
      await Deno.writeTextFile(`${sandbox.home}/script`, kind);
      const { guardian, ended } = startGuarded(sandbox, script === storm ? kind : script);
      await until(sandbox, "storm");
      await guardian.end(SHORT_MS);
      await ended;
      await sandbox.assertNothingLeft(0);
      await Deno.remove(`${sandbox.home}/storm`);
    }
  });
}

testWith(needs, "Guardian asks and names hundreds of processes in no time", async () => {
  await using sandbox = await makeSandbox();
  const script = `i=0; while [ $i -lt 300 ]; do i=$((i + 1)); setsid sleep 600 & done`;
  const { guardian, ended } = startGuarded(sandbox, script);
  await ended;
  const left = await guardian.end(LONG_MS);
  assertEquals(left.length, 300);
  assert(left.every(({ command, stays }) => command.includes("sleep 600") && !stays));
  assertEquals(await sandbox.processes(), []);
});

testWith(needs, "Guardian says so when it is lost", async () => {
  await using sandbox = await makeSandbox();
  const killed = startGuarded(sandbox, "exec sleep 600");
  const early = killed.guardian;
  assertEquals(early.hasDied, false);
  const guardians = await sandbox.processes();
  for (const pid of guardians.filter((pid) => pid !== killed.pid)) Deno.kill(pid, "SIGKILL");
  assert(await waitFor(() => early.hasDied, LONG_MS));
  // None of these waits for an answer that never comes.
  early.scan();
  await early.suspend();
  await early.resume();
  assertEquals(await early.end(LONG_MS), []);
});
