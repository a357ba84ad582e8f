import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { type Child, type ChildOptions, startChild } from "../../lib/process/child.ts";
import { textOf } from "../support/bytes.ts";
import { childrenOf, living, processTable } from "../support/process_table.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { writeStdin } from "./guarded.ts";

/** Longer than anything here takes: who waits so long waits in vain. */
const LONG_MS = 60_000;

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

/** Reads a pipe until a text is there, and goes on reading. */
function reading(stream: ReadableStream<Uint8Array>) {
  let text = "";
  const ended = (async () => {
    for await (const chunk of stream) text += new TextDecoder().decode(chunk);
  })();
  return {
    ended,
    text: () => text,
    until: async (wanted: string) => assert(await waitFor(() => text.includes(wanted), LONG_MS)),
  };
}

Deno.test("startChild gives a child its arguments, environment, directory and stdin, and no more", async () => {
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
  // These the shell makes by itself.
  assertEquals(names.filter((name) => !/^(PWD|OLDPWD|SHLVL|_)$/.test(name ?? "")), [
    "CCRUN_RUNS",
    "ONLY",
  ]);
  assertEquals(await child.exited, { code: 0 });
});

Deno.test("startChild tells the exit code, or else the signal", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, "exit 7");
  await using killed = await startShell(sandbox, "kill -TERM $$");
  await Promise.all([read(child), read(killed)]);
  assertEquals(await child.exited, { code: 7 });
  assertEquals(await killed.exited, { signal: "SIGTERM" });
});

Deno.test("startChild says what the OS says when it cannot start it", async () => {
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

Deno.test("startChild puts the child into a process group of its own", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, "exec sleep 600");
  const [entry] = await living([child.pid]);
  assertEquals(entry?.group, child.pid);
  const output = read(child);
  await child.stop(LONG_MS);
  await output;
});

Deno.test("startChild gives megabytes of stdin and takes megabytes of output at the same time", async () => {
  await using sandbox = await makeSandbox();
  const stdin = "0123456789abcdef".repeat(5 * 65536);
  await using child = await startShell(sandbox, "tee /dev/stderr", { stdin });
  const { stdout } = await read(child);
  assertEquals(stdout.length, stdin.length);
  assert(stdout === stdin);
});

Deno.test("startChild does not mind a child that ends without reading its stdin", async () => {
  await using sandbox = await makeSandbox();
  const stdin = "x".repeat(5 * 1024 * 1024);
  await using child = await startShell(sandbox, "exit 3", { stdin });
  await read(child);
  assertEquals(await child.exited, { code: 3 });
  assertEquals(await child.stop(LONG_MS), false);
});

Deno.test("startChild does not mind a child that closes its stdin and goes on", async () => {
  await using sandbox = await makeSandbox();
  const stdin = "x".repeat(5 * 1024 * 1024);
  await using child = await startShell(sandbox, "exec <&-; echo on; exit 4", { stdin });
  assertEquals((await read(child)).stdout, "on\n");
  assertEquals(await child.exited, { code: 4 });
});

Deno.test("Child.stop asks with SIGINT, so that the child can end by itself", async () => {
  await using sandbox = await makeSandbox();
  const script = "trap 'echo asked; exit 9' INT; echo ready; while :; do sleep 0.05; done";
  await using child = await startShell(sandbox, script);
  const stdout = reading(child.stdout);
  const stderr = reading(child.stderr);
  await stdout.until("ready");
  assertEquals(await child.stop(LONG_MS), true);
  assertEquals(await child.exited, { code: 9 });
  await Promise.all([stdout.ended, stderr.ended]);
  assertEquals(stdout.text(), "ready\nasked\n");
});

Deno.test("Child.stop kills a child that does not end when it is asked", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(
    sandbox,
    "trap '' INT TERM; echo ready; while :; do sleep 0.05; done",
  );
  const stdout = reading(child.stdout);
  const stderr = reading(child.stderr);
  await stdout.until("ready");
  assertEquals(await child.stop(1), true);
  assertEquals(await child.exited, { signal: "SIGKILL" });
  await Promise.all([stdout.ended, stderr.ended]);
});

Deno.test("Child.stop can be called again, to wait no longer", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(
    sandbox,
    "trap '' INT TERM; echo ready; while :; do sleep 0.05; done",
  );
  const stdout = reading(child.stdout);
  const stderr = reading(child.stderr);
  await stdout.until("ready");
  const patient = child.stop(LONG_MS);
  assertEquals(await child.stop(1), true);
  assertEquals(await patient, true);
  await Promise.all([stdout.ended, stderr.ended]);
});

Deno.test("Child.stop asks only once, however often it is called", async () => {
  await using sandbox = await makeSandbox();
  const traps = "trap 'echo asked' INT; trap 'exit 0' TERM";
  await using child = await startShell(
    sandbox,
    `${traps}; echo ready; while :; do sleep 0.02; done`,
  );
  const stdout = reading(child.stdout);
  const stderr = reading(child.stderr);
  await stdout.until("ready");
  const first = child.stop(LONG_MS);
  await stdout.until("asked");
  const second = child.stop(LONG_MS);
  // The shell would take a second SIGINT before this.
  Deno.kill(child.pid, "SIGTERM");
  await Promise.all([first, second, stdout.ended, stderr.ended]);
  assertEquals(stdout.text(), "ready\nasked\n");
});

Deno.test("Child.stop kills what the child started in its group", async () => {
  await using sandbox = await makeSandbox();
  const script = "trap 'exit 0' INT; sleep 600 & echo ready; wait";
  await using child = await startShell(sandbox, script);
  const stdout = reading(child.stdout);
  const stderr = reading(child.stderr);
  await stdout.until("ready");
  await child.stop(LONG_MS);
  await sandbox.assertNothingLeft();
  await Promise.all([stdout.ended, stderr.ended]);
});

Deno.test("Child.stop says that there was nothing to stop when the child has ended", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, "exit 0");
  await read(child);
  await child.exited;
  assertEquals(await child.stop(LONG_MS), false);
});

testWith(
  { commands: ["setsid"] },
  "Child.stop comes back though somebody else holds the child's stdin open and does not read",
  async () => {
    await using sandbox = await makeSandbox();
    // In a session of its own, it survives the child's group.
    const script =
      "exec 3<&0; setsid sleep 600 <&3 >/dev/null 2>&1 & echo ready; exec sleep 600 >/dev/null 2>&1";
    await using child = await startShell(sandbox, script, { stdin: "x".repeat(5 * 1024 * 1024) });
    const stdout = reading(child.stdout);
    const stderr = reading(child.stderr);
    await stdout.until("ready");
    assertEquals(await child.stop(LONG_MS), true);
    await Promise.all([stdout.ended, stderr.ended]);
  },
);

Deno.test("Child's pipes end soon after it, though somebody else holds them open", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, "sleep 600 & echo said; echo told >&2");
  assertEquals(await read(child), { stdout: "said\n", stderr: "told\n" });
  assertEquals(await child.exited, { code: 0 });
});

Deno.test("Child's pipes end soon after it, though somebody else goes on writing into them", async () => {
  await using sandbox = await makeSandbox();
  const chatter = "while :; do echo chatter; echo chatter >&2; sleep 0.02; done";
  await using child = await startShell(sandbox, `(${chatter}) & echo said; echo told >&2`);
  const { stdout, stderr } = await read(child);
  assert(stdout.includes("said\n") && stderr.includes("told\n"));
});

Deno.test("Child's pipes lose nothing of what it wrote, however late that is read", async () => {
  await using sandbox = await makeSandbox();
  // The rest is as much as a pipe takes without a reader, and somebody holds it open.
  const wait = 'until [ -e "$HOME/go" ]; do sleep 0.02; done';
  const rest = "sleep 600 & head -c 60000 /dev/zero; echo end >&2";
  await using child = await startShell(sandbox, `printf first; ${wait}; ${rest}`);
  const reader = child.stdout.getReader();
  const { value: first } = await reader.read();
  assertEquals(new TextDecoder().decode(first), "first");
  await Deno.writeTextFile(`${sandbox.home}/go`, "");
  assertEquals(await child.exited, { code: 0 });
  // Longer than a pipe may be silent: time is what this is about.
  await new Promise((resolve) => setTimeout(resolve, 600));
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
  }
  assertEquals([size, await textOf(child.stderr)], [60000, "end\n"]);
});

Deno.test("Child's pipes can be left before their end", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(sandbox, "while :; do echo more; done");
  await child.stderr.cancel();
  for await (const chunk of child.stdout) {
    assert(chunk.length > 0);
    break;
  }
  await child.stop(LONG_MS);
});

/** Returns the running guardians of a sandbox's children. */
async function guardiansOf(sandbox: Sandbox): Promise<readonly number[]> {
  const isOurs = async (pid: number) =>
    (await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => "")).includes(sandbox.bin);
  const found: number[] = [];
  for (const { pid, command } of await childrenOf(Deno.pid)) {
    if (command.includes("ccrun-guardian") && await isOurs(pid)) found.push(pid);
  }
  return found;
}

const needsProc = {
  unless: Deno.build.os === "linux" ? undefined : "only Linux shows the environment of a process",
};

Deno.test("Child.kill ends at once what does not listen, also during a stop and a clearing", async () => {
  await using sandbox = await makeSandbox();
  const deaf = "trap '' INT TERM; echo ready; while :; do sleep 0.02; done";
  await using stopped = await startShell(sandbox, deaf);
  const output = [reading(stopped.stdout), reading(stopped.stderr)];
  await output[0]?.until("ready");
  const stop = stopped.stop(LONG_MS);
  stopped.kill();
  assertEquals(await stop, true);
  assertEquals(await stopped.exited, { signal: "SIGKILL" });
  await stopped.reapLeftovers(LONG_MS);
  await Promise.all(output.map(({ ended }) => ended));

  await Deno.writeTextFile(`${sandbox.home}/deaf`, deaf);
  await using cleared = await startShell(
    sandbox,
    'sh "$HOME/deaf" & until [ -e "$HOME/go" ]; do sleep 0.02; done',
  );
  const rest = [reading(cleared.stdout), reading(cleared.stderr)];
  await rest[0]?.until("ready");
  await Deno.writeTextFile(`${sandbox.home}/go`, "");
  await cleared.exited;
  const clear = cleared.reapLeftovers(LONG_MS);
  cleared.kill();
  await clear;
  assertEquals(await sandbox.processes(), []);
  await Promise.all(rest.map(({ ended }) => ended));
});

Deno.test("Child keeps what it has left behind when it is asked to, and names it", async () => {
  await using sandbox = await makeSandbox();
  await using child = await startShell(
    sandbox,
    "exec 2>/dev/null; sleep 600 >/dev/null & echo $!; sleep 0.3",
  );
  const { stdout } = await read(child);
  const [left, ...others] = await child.reapLeftovers(LONG_MS, true);
  assertEquals([left, others], [{ pid: Number(stdout), command: "sleep 600", stays: true }, []]);
  assertEquals(await sandbox.processes(), [Number(stdout)]);
});

testWith(
  needsProc,
  "Child.stop ends the child and its process group even if its guardian was killed",
  async () => {
    await using sandbox = await makeSandbox();
    const script = 'trap "exit 5" INT; echo; sleep 600 & while :; do sleep 0.02; done';
    for (const moment of ["before", "during"]) {
      await using child = await startShell(sandbox, script);
      const stdout = reading(child.stdout);
      const stderr = reading(child.stderr);
      await stdout.until("\n");
      const [guardian, ...others] = await guardiansOf(sandbox);
      assert(guardian !== undefined);
      assertEquals(others, []);
      // It may not have asked the child yet; then the child is killed when its time is over.
      const stop = moment === "during" ? child.stop(500) : undefined;
      Deno.kill(guardian, "SIGKILL");
      // A zombie has still to be noticed.
      const isThere = async () => (await processTable()).some(({ pid }) => pid === guardian);
      assert(await waitFor(async () => !await isThere(), LONG_MS));
      await (stop ?? child.stop(LONG_MS));
      const { code, signal } = await child.exited;
      assert(code === 5 || moment === "during" && signal === "SIGKILL");
      await child.suspend();
      assertEquals(await child.reapLeftovers(LONG_MS), []);
      await sandbox.assertNothingLeft();
      await Promise.all([stdout.ended, stderr.ended]);
    }
  },
);

testWith(needsProc, "startChild leaves no guardian when it fails", async () => {
  await using sandbox = await makeSandbox();
  await startError(sandbox, sandbox.project);
  assertEquals(await guardiansOf(sandbox), []);
});
