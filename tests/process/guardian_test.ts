import { assert, assertEquals } from "@std/assert";
import { denoVariables } from "../support/ccrun.ts";
import { REPOSITORY } from "../support/paths.ts";
import { startProcess } from "../support/running_process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

const CONFIG = `${REPOSITORY}/deno.json`;

/** A program that starts a shell script as a child, says that it runs, and then waits. */
async function startProgram(sandbox: Sandbox, script: string) {
  const program = `${sandbox.root}/program.ts`;
  const options = { command: "/bin/sh", args: ["-c", script], cwd: sandbox.project, stdin: "" };
  await Deno.writeTextFile(
    program,
    `import { startChild } from "${REPOSITORY}/lib/process/child.ts";
const child = startChild({ ...${JSON.stringify(options)}, env: Deno.env.toObject() });
for await (const chunk of child.stdout) await Deno.stdout.write(chunk);
const left = await child.clear(5000);
console.log(JSON.stringify(left), "the program ends");
`,
  );
  return startProcess(
    [Deno.execPath(), "run", "-A", "--quiet", "--cached-only", "--config", CONFIG, program],
    { sandbox, env: await denoVariables() },
  );
}

const FOREVER = "while :; do sleep 0.02; done";

Deno.test("a child ends by itself when its program is killed, as if it had been asked to stop", async () => {
  await using sandbox = await makeSandbox();
  const script = `trap 'echo asked >"$HOME/asked"; exit 0' INT; echo ready; ${FOREVER}`;
  await using process = await startProgram(sandbox, script);
  await process.stdoutUntil("ready");
  process.kill("SIGKILL");
  await sandbox.assertNothingLeft();
  assertEquals(await Deno.readTextFile(`${sandbox.home}/asked`), "asked\n");
});

Deno.test("a child that does not listen is killed with its group when its program is killed", async () => {
  await using sandbox = await makeSandbox();
  const script = `trap '' INT TERM HUP; sleep 600 & echo ready; ${FOREVER}`;
  await using process = await startProgram(sandbox, script);
  await process.stdoutUntil("ready");
  process.kill("SIGKILL");
  await sandbox.assertNothingLeft();
});

Deno.test("a child's guardian ends what the child has left behind, names it and goes", async () => {
  await using sandbox = await makeSandbox();
  await using process = await startProgram(sandbox, "sleep 600 >/dev/null 2>&1 & echo $!");
  const { stdout, code } = await process.finished;
  assertEquals(code, 0);
  const pid = Number(stdout.split("\n")[0]);
  const left = [{ pid, command: "sleep 600", stays: false }];
  assert(stdout.endsWith(`${JSON.stringify(left)} the program ends\n`), stdout);
  assertEquals(await sandbox.processes(), []);
});
