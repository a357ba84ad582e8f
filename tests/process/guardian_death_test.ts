/** What a guardian does when its program is killed, whatever that is at. */
import { assertEquals } from "@std/assert";
import { startGuardian } from "../../lib/process/guardian.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { FOREVER, IS_SLEEP, LONG_MS, startGuarded, until } from "./guarded.ts";
import { startProgram } from "./program.ts";

const needs = { commands: ["setsid"] };

/** Does not listen to anybody. */
const DEAF = `trap "" INT TERM HUP; ${FOREVER}`;

/** The grace of the children here. */
const GRACE_MS = 500;

const GRACE = `{ graceMs: ${GRACE_MS} }`;

testWith(
  needs,
  "a child ends by itself when its program is killed, as if it had been asked to stop",
  async () => {
    await using sandbox = await makeSandbox();
    const script = `trap 'echo asked >"$HOME/asked"; exit 0' INT; echo ready; ${FOREVER}`;
    await using process = await startProgram(
      sandbox,
      `await shows(await start(${JSON.stringify(script)}));`,
    );
    await process.stdoutUntil("ready");
    process.kill("SIGKILL");
    await sandbox.assertNothingLeft();
    assertEquals(await Deno.readTextFile(`${sandbox.home}/asked`), "asked\n");
  },
);

testWith(
  needs,
  "a child that does not listen is killed with all that it has started when its program is killed",
  async () => {
    await using sandbox = await makeSandbox();
    const script =
      `setsid sh -c '${DEAF}' & sleep 600 & trap "" INT TERM HUP; echo ready; ${FOREVER}`;
    await using process = await startProgram(
      sandbox,
      `await shows(await start(${JSON.stringify(script)}, ${GRACE}));`,
    );
    await process.stdoutUntil("ready");
    process.kill("SIGKILL");
    await sandbox.assertNothingLeft();
  },
);

testWith(needs, "nothing stays when the program is killed in a stop", async () => {
  await using sandbox = await makeSandbox();
  const script = `setsid sh -c '${DEAF}' & trap 'echo >"$HOME/asked"' INT
    echo >"$HOME/ready"; ${FOREVER}`;
  await using process = await startProgram(
    sandbox,
    `const child = await start(${JSON.stringify(script)});
shows(child);
const isReady = () => Deno.stat("${sandbox.home}/ready").then(() => true, () => false);
while (!await isReady()) await new Promise((resolve) => setTimeout(resolve, 20));
await child.stop(1000);`,
  );
  await until(sandbox, "asked");
  process.kill("SIGKILL");
  await sandbox.assertNothingLeft();
});

testWith(needs, "nothing stays when the program is killed in a clearing", async () => {
  await using sandbox = await makeSandbox();
  const deaf = `trap "" INT; trap "echo >\\"$HOME/asked\\"" TERM; echo >"$HOME/ready"; ${FOREVER}`;
  await Deno.writeTextFile(`${sandbox.home}/deaf.sh`, deaf);
  const script = 'setsid sh "$HOME/deaf.sh" & until [ -e "$HOME/ready" ]; do sleep 0.02; done';
  await using process = await startProgram(
    sandbox,
    `await (await start(${JSON.stringify(script)})).reapLeftovers(1000);`,
  );
  await until(sandbox, "asked");
  process.kill("SIGKILL");
  await sandbox.assertNothingLeft();
});

testWith(needs, "nothing stays when the program is killed while everything is held", async () => {
  await using sandbox = await makeSandbox();
  const script = `setsid sh -c '${FOREVER}' & echo ready; ${FOREVER}`;
  await using process = await startProgram(
    sandbox,
    `const child = await start(${JSON.stringify(script)});
await child.suspend();
say("held");
await child.exited;`,
  );
  await process.stdoutUntil("held");
  process.kill("SIGKILL");
  await sandbox.assertNothingLeft();
});

testWith(
  needs,
  "nothing stays when the program is killed before its guardian knows the child",
  async () => {
    await using sandbox = await makeSandbox();
    const script = `setsid sleep 600 & echo >"$HOME/ready"; ${FOREVER}`;
    await using process = await startProgram(
      sandbox,
      `const token = createRunToken();
startGuardian({ token, env, graceMs: 1000 });
const options = { clearEnv: true, env: withRunToken(env, token), detached: true };
const args = ["-c", ${JSON.stringify(script)}];
await new Deno.Command("/bin/sh", { args, ...options }).spawn().status;`,
    );
    await until(sandbox, "ready");
    process.kill("SIGKILL");
    await sandbox.assertNothingLeft();
  },
);

testWith(needs, "nothing stays when the program is killed at any moment of a start", async () => {
  await using sandbox = await makeSandbox();
  // Each kills itself a little later than the one before.
  for (let spins = 0; spins < 6; spins++) {
    await using process = await startProgram(
      sandbox,
      `new Worker(URL.createObjectURL(new Blob([\`
const end = performance.now() + ${spins * 3};
postMessage(0);
while (performance.now() < end);
Deno.kill(Deno.pid, "SIGKILL");\`])), { type: "module" }).onmessage = () => {};
for (;;) {
  shows(await start("setsid sleep 600 & exec sleep 600", ${GRACE}));
  await new Promise((resolve) => setTimeout(resolve, 1));
}`,
    );
    await process.finished;
    await sandbox.assertNothingLeft();
  }
});

testWith(needs, "a guardian ends what the child has left behind, names it and goes", async () => {
  await using sandbox = await makeSandbox();
  const script = `${IS_SLEEP}; sleep 600 >/dev/null 2>&1 & echo $!; is_sleep $!`;
  await using process = await startProgram(
    sandbox,
    `const child = await start(${JSON.stringify(script)});
await shows(child);
say(JSON.stringify(await child.reapLeftovers(5000)));`,
  );
  const { stdout, code } = await process.finished;
  assertEquals(code, 0);
  const [pid, left] = stdout.trim().split("\n");
  assertEquals(left, JSON.stringify([{ pid: Number(pid), command: "sleep 600", stays: false }]));
  assertEquals(await sandbox.processes(), []);
});

testWith(
  needs,
  "a program that runs inside a run ends in its own way with that run, and its guardian goes",
  async () => {
    await using sandbox = await makeSandbox();
    const outer = startGuarded(sandbox, FOREVER);
    const script =
      `trap 'echo asked >"$HOME/asked"; exit' INT; echo ready; setsid sleep 600 & ${FOREVER}`;
    await using process = await startProgram(
      sandbox,
      `const child = await start(${JSON.stringify(script)});
Deno.addSignalListener("SIGTERM", async () => {
  await child.stop(5000);
  await child.reapLeftovers(5000);
  Deno.exit(9);
});
// The child, too, is asked by the outer run, and may end before this program hears of it.
setInterval(() => {}, 1000);
await shows(child);`,
      { CCRUN_RUNS: outer.token },
    );
    await process.stdoutUntil("ready");
    await outer.guardian.end(LONG_MS);
    assertEquals((await process.finished).code, 9);
    assertEquals(await sandbox.processes(), []);
    // The inner guardian carries the outer's mark, and nothing but that.
    const late = startGuardian({ token: outer.token, env: sandbox.env(), graceMs: LONG_MS });
    assertEquals(await late?.listLeftovers(), []);
  },
);
