/** Tests what a guardian does when its program is killed. */
import { assertEquals } from "@std/assert";
import { startGuardian } from "../../lib/process/guardian.ts";
import type { RunningProcess } from "../support/running_process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { FOREVER, IS_SLEEP, LONG_MS, startGuarded, until, writeScript } from "./guarded.ts";
import { startProgram } from "./program.ts";

const needs = { commands: ["setsid"] };

/** A script that ignores all requests to exit. */
const DEAF = `trap "" INT TERM HUP; ${FOREVER}`;

interface Row {
  readonly when: string;
  /** The script of the child. */
  readonly script: string;
  /** What the program does with it, in JavaScript. `SCRIPT` is the script as a string. */
  readonly program: string;
  /** Resolves when the program is to be killed. */
  ready(process: RunningProcess, sandbox: Sandbox): Promise<unknown>;
}

const isReady = (process: RunningProcess) => process.stdoutUntil("ready");
const isAsked = (_: RunningProcess, sandbox: Sandbox) => until(sandbox, "asked");

const rows: readonly Row[] = [
  {
    when: "while the child ignores all signals",
    script: `setsid sh -c '${DEAF}' & sleep 600 & trap "" INT TERM HUP; echo ready; ${FOREVER}`,
    program: "await copyOutput(await start(SCRIPT, { graceMs: 500 }));",
    ready: isReady,
  },
  {
    when: "during a stop",
    script: `setsid sh -c '${DEAF}' & trap 'echo >"$HOME/asked"' INT; echo ready; ${FOREVER}`,
    program: `const child = await start(SCRIPT);
for await (const chunk of child.stdout) break;
await child.stop(1000);`,
    ready: isAsked,
  },
  {
    when: "while it stops leftovers",
    script: 'setsid sh "$HOME/left" & until [ -e "$HOME/ready" ]; do sleep 0.02; done',
    program: "await (await start(SCRIPT)).reapLeftovers(1000);",
    ready: isAsked,
  },
  {
    when: "while everything is suspended",
    script: `setsid sh -c '${FOREVER}' & ${FOREVER}`,
    program: `const child = await start(SCRIPT);
await child.suspend();
print("ready");
await child.exited;`,
    ready: isReady,
  },
  {
    when: "before the guardian receives the pid of the child",
    script: `setsid sleep 600 & echo ready; ${FOREVER}`,
    program: `const token = createRunToken();
startGuardian({ token, env, graceMs: 1000 });
const options = { clearEnv: true, env: withRunToken(env, token), detached: true };
await new Deno.Command("/bin/sh", { args: ["-c", SCRIPT], ...options }).spawn().status;`,
    ready: isReady,
  },
];

for (const { when, script, program, ready } of rows) {
  testWith(needs, `Guardian stops everything if its program is killed ${when}`, async () => {
    await using sandbox = await makeSandbox();
    const onTerm = 'echo >"$HOME/asked"';
    await writeScript(
      sandbox,
      "left",
      `trap "" INT; trap '${onTerm}' TERM; echo >"$HOME/ready"; ${FOREVER}`,
    );
    const text = `const SCRIPT = ${JSON.stringify(script)};\n${program}`;
    await using process = await startProgram(sandbox, text);
    await ready(process, sandbox);
    process.kill("SIGKILL");
    await sandbox.assertNothingLeft();
  });
}

testWith(needs, "Guardian asks the child to exit if its program is killed", async () => {
  await using sandbox = await makeSandbox();
  const script = `trap 'echo asked >"$HOME/asked"; exit 0' INT; echo ready; ${FOREVER}`;
  const text = `await copyOutput(await start(${JSON.stringify(script)}));`;
  await using process = await startProgram(sandbox, text);
  await process.stdoutUntil("ready");
  process.kill("SIGKILL");
  await sandbox.assertNothingLeft();
  assertEquals(await Deno.readTextFile(`${sandbox.home}/asked`), "asked\n");
});

testWith(needs, "Guardian stops everything if its program is killed during a start", async () => {
  await using sandbox = await makeSandbox();
  // Each program kills itself a little later than the one before.
  for (let round = 0; round < 3; round++) {
    await using process = await startProgram(
      sandbox,
      `new Worker(URL.createObjectURL(new Blob([\`
const end = performance.now() + ${round * 6};
postMessage(0);
while (performance.now() < end);
Deno.kill(Deno.pid, "SIGKILL");\`])), { type: "module" }).onmessage = () => {};
for (;;) {
  copyOutput(await start("setsid sleep 600 & exec sleep 600", { graceMs: 500 }));
  await new Promise((resolve) => setTimeout(resolve, 1));
}`,
    );
    await process.finished;
    await sandbox.assertNothingLeft();
  }
});

testWith(needs, "Guardian reports leftovers, and exits before its program", async () => {
  await using sandbox = await makeSandbox();
  const script = `${IS_SLEEP}; sleep 600 >/dev/null 2>&1 & echo $!; is_sleep $!`;
  await using process = await startProgram(
    sandbox,
    `const child = await start(${JSON.stringify(script)});
await copyOutput(child);
print(JSON.stringify(await child.reapLeftovers(5000)));`,
  );
  const { stdout, code } = await process.finished;
  assertEquals(code, 0);
  const [pid, leftovers] = stdout.trim().split("\n");
  const expected = [{ pid: Number(pid), command: "sleep 600", isRunning: false }];
  assertEquals(leftovers, JSON.stringify(expected));
  assertEquals(await sandbox.processes(), []);
});

testWith(needs, "Guardian lets a nested program stop its own run", async () => {
  await using sandbox = await makeSandbox();
  const outer = startGuarded(sandbox, FOREVER);
  const script = `trap 'exit' INT; echo ready; setsid sleep 600 & ${FOREVER}`;
  await using process = await startProgram(
    sandbox,
    `const child = await start(${JSON.stringify(script)});
Deno.addSignalListener("SIGTERM", async () => {
  await child.stop(5000);
  await child.reapLeftovers(5000);
  Deno.exit(9);
});
// The child also receives a signal of the outer run and may exit before this program does.
setInterval(() => {}, 1000);
await copyOutput(child);`,
    { CCRUN_RUNS: outer.token },
  );
  await process.stdoutUntil("ready");
  await outer.guardian.end(LONG_MS);
  assertEquals((await process.finished).code, 9);
  assertEquals(await sandbox.processes(), []);
  // The inner guardian carried only the token of the outer run.
  const late = startGuardian({ token: outer.token, env: sandbox.env(), graceMs: LONG_MS });
  assertEquals(await late?.listLeftovers(), []);
});
