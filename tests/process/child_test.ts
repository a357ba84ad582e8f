import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { type Child, type ChildOptions, startChild } from "../../lib/process/child.ts";
import { textOf } from "../support/bytes.ts";
import { guardiansOf, killGuardian, NEEDS_GUARDIANS } from "../support/guardians.ts";
import { living } from "../support/process_table.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { FOREVER, LONG_MS, pidOf, until, writeScript, writeStdin } from "./guarded.ts";

/** A child that is killed with its descendants and its guardian when it is disposed of. */
type TestChild = Child & AsyncDisposable;

interface TestChildOptions extends ChildOptions {
  stdin: string;
}

async function start({ stdin, ...options }: TestChildOptions): Promise<TestChild> {
  const child = await startChild(options);
  const written = writeStdin(child, stdin);
  return Object.assign(child, {
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.reapLeftovers(LONG_MS);
      await written;
    },
  });
}

function startShell(
  sandbox: Sandbox,
  script: string,
  options: Partial<TestChildOptions> = {},
): Promise<TestChild> {
  return start({
    command: "/bin/sh",
    args: ["-c", script],
    env: sandbox.env(),
    cwd: sandbox.project,
    stdin: "",
    ...options,
  });
}

async function startError(sandbox: Sandbox, command: string): Promise<CcrunError> {
  const error = await assertRejects(
    async () => {
      await using _child = await startShell(sandbox, "", { command, args: [] });
    },
    CcrunError,
    command,
  );
  assertInstanceOf(error, CcrunError);
  return error;
}

/** Reads both pipes to their end. */
async function read(child: Child): Promise<{ stdout: string; stderr: string }> {
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  return { stdout, stderr };
}

/** Reads both pipes in the background. `until` waits for a text on stdout. */
function readInBackground(child: Child) {
  let stdout = "";
  const readStdout = async () => {
    for await (const chunk of child.stdout) stdout += new TextDecoder().decode(chunk);
  };
  const ended = Promise.all([readStdout(), textOf(child.stderr)]);
  return {
    /** Returns stdout when both pipes have ended. */
    ended: ended.then(() => stdout),
    until: async (text: string) => assert(await waitFor(() => stdout.includes(text), LONG_MS)),
  };
}

Deno.test("startChild passes on exactly the arguments, environment, directory and stdin", async () => {
  await using sandbox = await makeSandbox();
  await using child = await start({
    command: "/bin/sh",
    args: ["-c", 'printf "%s|" "$@"; pwd; cat; env >&2', "sh", "a b", "$(id)", "", "--x"],
    env: { ONLY: "this" },
    cwd: sandbox.project,
    stdin: "the prompt\nwith 你好",
  });
  const { stdout, stderr } = await read(child);
  assertEquals(stdout, `a b|$(id)||--x|${sandbox.project}\nthe prompt\nwith 你好`);
  const names = stderr.split("\n").map((line) => line.split("=")[0]).filter((name) => name !== "");
  const setByTheShell = /^(PWD|OLDPWD|SHLVL|_)$/;
  assertEquals(names.filter((name) => !setByTheShell.test(name ?? "")), ["CCRUN_RUNS", "ONLY"]);
  assertEquals(await child.exited, { code: 0 });
});

Deno.test("startChild fails if the OS cannot start the program", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.bin}/program`;
  const assertFails = async (command: string) => {
    const error = await startError(sandbox, command);
    assertEquals(error.kind, "not_executable");
    assert(error.hint !== undefined);
  };
  await assertFails(path);
  await assertFails(sandbox.project);
  await Deno.writeTextFile(path, "#!/no/such/interpreter\n");
  await assertFails(path);
  await Deno.chmod(path, 0o755);
  await assertFails(path);
});

testWith(
  NEEDS_GUARDIANS,
  "startChild starts a process group, and a guardian with a short command line",
  async () => {
    await using sandbox = await makeSandbox();
    await using child = await startShell(sandbox, "exec sleep 600");
    const [entry] = await living([child.pid]);
    assertEquals(entry?.group, child.pid);
    const [guardian, ...others] = await living(await guardiansOf(sandbox));
    assertEquals(guardian?.command, '/bin/sh -c s=$G; unset G; eval "$s" ccrun-guardian');
    assertEquals(others, []);
  },
);

testWith(NEEDS_GUARDIANS, "startChild leaves no guardian behind when it fails", async () => {
  await using sandbox = await makeSandbox();
  await startError(sandbox, sandbox.project);
  assertEquals(await guardiansOf(sandbox), []);
});

Deno.test("Child.exited resolves to the exit code or the signal", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, "exit 7");
  await using killed = await startShell(sandbox, "kill -TERM $$");
  await Promise.all([read(child), read(killed)]);
  assertEquals(await child.exited, { code: 7 });
  assertEquals(await killed.exited, { signal: "SIGTERM" });
});

Deno.test("Child.stdin accepts megabytes while the output is read", async () => {
  await using sandbox = await makeSandbox();
  const stdin = "0123456789abcdef".repeat(5 * 65536);
  await using child = await startShell(sandbox, "tee /dev/stderr", { stdin });
  const { stdout } = await read(child);
  assertEquals(stdout.length, stdin.length);
  assert(stdout === stdin);
});

for (const script of ["exit 4", "exec <&-; echo on; exit 4"]) {
  Deno.test(`Child.stdin may be left unread by the child: ${script}`, async () => {
    await using sandbox = await makeSandbox();
    const stdin = "x".repeat(5 * 1024 * 1024);
    await using child = await startShell(sandbox, script, { stdin });
    assertEquals((await read(child)).stdout, script.includes("echo") ? "on\n" : "");
    assertEquals(await child.exited, { code: 4 });
  });
}

Deno.test("Child.stdout and stderr end soon after the child while a descendant holds them", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, "sleep 600 & echo out; echo err >&2");
  assertEquals(await read(child), { stdout: "out\n", stderr: "err\n" });
  assertEquals(await child.exited, { code: 0 });
});

Deno.test("Child.stdout and stderr end soon after the child while a descendant writes", async () => {
  await using sandbox = await makeSandbox();
  const chatter = "while :; do echo chatter; echo chatter >&2; sleep 0.02; done";
  await using child = await startShell(sandbox, `(${chatter}) & echo out; echo err >&2`);
  const { stdout, stderr } = await read(child);
  assert(stdout.includes("out\n") && stderr.includes("err\n"));
});

Deno.test("Child.stdout and stderr lose nothing when they are read late", async () => {
  await using sandbox = await makeSandbox();
  // The rest fits into a pipe without a reader, and a descendant holds the pipe open.
  const wait = 'until [ -e "$HOME/go" ]; do sleep 0.02; done';
  const rest = "sleep 600 & head -c 60000 /dev/zero; echo end >&2";
  await using child = await startShell(sandbox, `printf first; ${wait}; ${rest}`);
  const reader = child.stdout.getReader();
  const { value: first } = await reader.read();
  assertEquals(new TextDecoder().decode(first), "first");
  await writeScript(sandbox, "go", "");
  assertEquals(await child.exited, { code: 0 });
  // Longer than a pipe may be silent after the exit.
  await new Promise((resolve) => setTimeout(resolve, 600));
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
  }
  assertEquals([size, await textOf(child.stderr)], [60000, "end\n"]);
});

Deno.test("Child.stdout and stderr can be canceled", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, "while :; do echo more; done");
  await child.stderr.cancel();
  for await (const chunk of child.stdout) {
    assert(chunk.length > 0);
    break;
  }
  await child.stop(LONG_MS);
});

Deno.test("Child.stop sends SIGINT so that the child can exit by itself", async () => {
  await using sandbox = await makeSandbox();
  const script = `trap 'echo asked; exit 9' INT; echo ready; ${FOREVER}`;
  await using child = await startShell(sandbox, script);
  const output = readInBackground(child);
  await output.until("ready");
  assertEquals(await child.stop(LONG_MS), true);
  assertEquals(await child.exited, { code: 9 });
  assertEquals(await output.ended, "ready\nasked\n");
});

const DEAF = `trap '' INT TERM; echo ready; ${FOREVER}`;

Deno.test("Child.stop kills the child after the grace period, which a second call can shorten", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, DEAF);
  const output = readInBackground(child);
  await output.until("ready");
  const first = child.stop(LONG_MS);
  assertEquals(await child.stop(1), true);
  assertEquals(await first, true);
  assertEquals(await child.exited, { signal: "SIGKILL" });
  await output.ended;
});

Deno.test("Child.stop leaves the descendants to reapLeftovers on request", async () => {
  await using sandbox = await makeSandbox();
  const script = `trap 'exit 0' INT; sleep 600 & echo $! >"$HOME/pid"; echo ready; wait`;
  await using child = await startShell(sandbox, script);
  const output = readInBackground(child);
  await output.until("ready");
  assertEquals(await child.stop(LONG_MS, true), true);
  const pid = Number(await Deno.readTextFile(`${sandbox.home}/pid`));
  assertEquals(await sandbox.processes().then((pids) => pids.includes(pid)), true);
  const leftovers = await child.reapLeftovers(LONG_MS);
  assertEquals(leftovers.map(({ pid, isRunning }) => [pid, isRunning]), [[pid, false]]);
  await output.ended;
});

Deno.test("Child.stop returns false if the child has exited", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, "exit 0");
  await read(child);
  await child.exited;
  assertEquals(await child.stop(LONG_MS), false);
});

testWith(
  { commands: ["setsid"] },
  "Child.stop resolves while a descendant holds stdin open and does not read it",
  async () => {
    await using sandbox = await makeSandbox();
    const script =
      "exec 3<&0; setsid sleep 600 <&3 >/dev/null 2>&1 & echo ready; exec sleep 600 >/dev/null 2>&1";
    await using child = await startShell(sandbox, script, { stdin: "x".repeat(5 * 1024 * 1024) });
    const output = readInBackground(child);
    await output.until("ready");
    assertEquals(await child.stop(LONG_MS), true);
    await output.ended;
  },
);

testWith(
  NEEDS_GUARDIANS,
  "Child.stop stops the process group even if the guardian is killed",
  async () => {
    await using sandbox = await makeSandbox();
    const script = `trap "exit 5" INT; sleep 600 & echo ready; ${FOREVER}`;
    for (const moment of ["before", "during"]) {
      await using child = await startShell(sandbox, script);
      const output = readInBackground(child);
      await output.until("ready");
      const stop = moment === "during" ? child.stop(500) : undefined;
      await killGuardian(sandbox);
      await (stop ?? child.stop(LONG_MS));
      const { code, signal } = await child.exited;
      // A guardian that was killed during the stop may not have sent SIGINT.
      assert(code === 5 || moment === "during" && signal === "SIGKILL");
      await child.suspend();
      await child.reapLeftovers(LONG_MS);
      await sandbox.assertNothingLeft();
      await output.ended;
    }
  },
);

/** A child that exits when `$HOME/go` exists, and leaves a process in a session of its own. */
const LEAVE = `setsid sh "$HOME/left" & until [ -e "$HOME/go" ]; do sleep 0.02; done`;

const needsSetsid = { ...NEEDS_GUARDIANS, commands: ["setsid"] };

testWith(
  needsSetsid,
  "Child.reapLeftovers stops and keeps leftovers even if the guardian was killed",
  async () => {
    for (const keep of [false, true]) {
      await using sandbox = await makeSandbox();
      await writeScript(sandbox, "left", 'echo $$ >"$HOME/pid"; exec sleep 600');
      await using child = await startShell(sandbox, LEAVE);
      const left = await pidOf(sandbox, "pid");
      await killGuardian(sandbox);
      await Deno.writeTextFile(`${sandbox.home}/go`, "");
      const found = await child.reapLeftovers(LONG_MS, keep);
      assertEquals(found.map(({ pid, isRunning }) => [pid, isRunning]), [[left, keep]]);
      assertEquals((await living([left])).length, keep ? 1 : 0);
      assertEquals(child.mayHaveLeftovers, false);
    }
  },
);

testWith(
  needsSetsid,
  "Child.reapLeftovers reports each leftover once if the guardian is killed while it stops them",
  async () => {
    await using sandbox = await makeSandbox();
    const onTerm = `until [ -e "$HOME/stop" ]; do echo >"$HOME/asked"; sleep 0.02; done; exit`;
    await writeScript(sandbox, "left", `echo $$ >"$HOME/pid"; trap '${onTerm}' TERM; ${FOREVER}`);
    await using child = await startShell(sandbox, LEAVE);
    const left = await pidOf(sandbox, "pid");
    await Deno.writeTextFile(`${sandbox.home}/go`, "");
    const reaped = child.reapLeftovers(LONG_MS);
    await until(sandbox, "asked");
    await killGuardian(sandbox);
    await Deno.writeTextFile(`${sandbox.home}/stop`, "");
    const found = (await reaped).filter(({ pid }) => pid === left);
    assertEquals(found.map(({ isRunning }) => isRunning), [false]);
    assertEquals(await sandbox.processes(), []);
  },
);

testWith(
  needsSetsid,
  "Child.mayHaveLeftovers is true if the second guardian is killed, too, and the leftovers count as running",
  async () => {
    await using sandbox = await makeSandbox();
    await writeScript(
      sandbox,
      "left",
      `echo $$ >"$HOME/pid"; trap 'echo >"$HOME/asked"' TERM; ${FOREVER}`,
    );
    await using child = await startShell(sandbox, LEAVE);
    const left = await pidOf(sandbox, "pid");
    await killGuardian(sandbox);
    await Deno.writeTextFile(`${sandbox.home}/go`, "");
    const reaped = child.reapLeftovers(LONG_MS);
    await until(sandbox, "asked");
    await killGuardian(sandbox);
    const found = (await reaped).filter(({ pid }) => pid === left);
    assertEquals(found.map(({ isRunning }) => isRunning), [true]);
    assertEquals(child.mayHaveLeftovers, true);
  },
);

Deno.test("Child.kill kills the child during a stop", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, DEAF);
  const output = readInBackground(child);
  await output.until("ready");
  const stop = child.stop(LONG_MS);
  child.kill();
  assertEquals(await stop, true);
  assertEquals(await child.exited, { signal: "SIGKILL" });
  await child.reapLeftovers(LONG_MS);
  await output.ended;
});

Deno.test("Child.kill kills leftovers while they are being stopped", async () => {
  await using sandbox = await makeSandbox();
  await writeScript(sandbox, "deaf", `trap '' INT TERM; echo >"$HOME/ready"; ${FOREVER}`);
  const script = 'sh "$HOME/deaf" & until [ -e "$HOME/ready" ]; do sleep 0.02; done';
  await using child = await startShell(sandbox, script);
  const output = readInBackground(child);
  await until(sandbox, "ready");
  await child.exited;
  const reaped = child.reapLeftovers(LONG_MS);
  child.kill();
  await reaped;
  assertEquals(await sandbox.processes(), []);
  await output.ended;
});

Deno.test("Child.reapLeftovers lists the leftovers and lets them run on request", async () => {
  await using sandbox = await makeSandbox();
  const script = "exec 2>/dev/null; sleep 600 >/dev/null & echo $!; sleep 0.3";
  await using child = await startShell(sandbox, script);
  const pid = Number((await read(child)).stdout);
  const leftovers = await child.reapLeftovers(LONG_MS, true);
  assertEquals(leftovers, [{ pid, command: "sleep 600", isRunning: true }]);
  assertEquals(await sandbox.processes(), [pid]);
});
