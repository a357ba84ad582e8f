import { writeExecutable } from "../support/executable.ts";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { type Child, startChild } from "../../lib/process/child.ts";
import { decodeShellStatus, isolationCommand } from "../../lib/process/isolation.ts";
import { textOf } from "../support/bytes.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { CLEARED, FOREVER, LONG_MS, until, writeStdin } from "./guarded.ts";

/** Why this host does not allow it; undefined if it does. */
const unless = await isolationCommand({ PATH: "/usr/bin:/bin" }).then(
  () => undefined,
  (error: Error) => error.message,
);

const needs = { commands: ["setsid", "unshare"], unless };

async function startIsolated(sandbox: Sandbox, script: string): Promise<Child> {
  const env = sandbox.env();
  const child = await startChild({
    command: "/bin/sh",
    args: ["-c", script],
    env,
    cwd: sandbox.project,
    isolation: await isolationCommand(env),
  });
  writeStdin(child, "from outside");
  return child;
}

function read(child: Child): Promise<readonly string[]> {
  return Promise.all([textOf(child.stdout), textOf(child.stderr)]);
}

/** Starts a process without token and parent, in another session: only the namespace can stop it. */
const ORPHAN = `orphan='echo >"$0"; exec sleep 600'
( ${CLEARED} setsid sh -c "$orphan" "$HOME/orphan" & )
until [ -e "$HOME/orphan" ]; do sleep 0.02; done`;

testWith(
  needs,
  "isolationCommand passes on stdin, working directory, output and exit code",
  async () => {
    await using sandbox = await makeSandbox();
    const child = await startIsolated(sandbox, "cat; pwd; echo problem >&2; exit 7");
    assertEquals(await read(child), [`from outside${sandbox.project}\n`, "problem\n"]);
    assertEquals(await child.exited, { code: 7 });
    assertEquals(await child.reapLeftovers(LONG_MS), []);
  },
);

testWith(needs, "isolationCommand hides all other processes", async () => {
  await using sandbox = await makeSandbox();
  const child = await startIsolated(sandbox, "echo $$; echo /proc/[0-9]*");
  const [stdout = ""] = await read(child);
  const [pid, ...all] = stdout.split(/\s+/).filter((word) => word !== "");
  assertEquals(all, ["/proc/1", `/proc/${pid}`]);
  await child.reapLeftovers(LONG_MS);
});

testWith(needs, "Child.stop sends SIGINT to an isolated program", async () => {
  await using sandbox = await makeSandbox();
  const script = `trap 'echo asked; exit 9' INT; echo >"$HOME/ready"; ${FOREVER}`;
  const child = await startIsolated(sandbox, script);
  const output = read(child);
  await until(sandbox, "ready");
  assertEquals(await child.stop(LONG_MS), true);
  assertEquals(await child.exited, { code: 9 });
  assertEquals((await output)[0], "asked\n");
  await child.reapLeftovers(LONG_MS);
  assertEquals(await sandbox.processes(), []);
});

testWith(needs, "isolationCommand stops the leftovers of an isolated program", async () => {
  await using sandbox = await makeSandbox();
  const child = await startIsolated(sandbox, ORPHAN);
  await read(child);
  await child.reapLeftovers(LONG_MS);
  assertEquals(await sandbox.processes(), []);
});

testWith(needs, "Child.stop kills an isolated program and its descendants", async () => {
  await using sandbox = await makeSandbox();
  const script = `trap '' INT TERM; ${ORPHAN}\necho >"$HOME/ready"; ${FOREVER}`;
  const child = await startIsolated(sandbox, script);
  const output = read(child);
  await until(sandbox, "ready");
  await child.stop(300);
  await output;
  await child.reapLeftovers(LONG_MS);
  assertEquals(await sandbox.processes(), []);
});

testWith(needs, "isolationCommand kills the program if unshare is killed", async () => {
  await using sandbox = await makeSandbox();
  const child = await startIsolated(sandbox, `${ORPHAN}\necho >"$HOME/ready"; ${FOREVER}`);
  const output = read(child);
  await until(sandbox, "ready");
  Deno.kill(child.pid, "SIGKILL");
  assertEquals(await child.exited, { signal: "SIGKILL" });
  await sandbox.assertNothingLeft();
  await output;
  await child.reapLeftovers(LONG_MS);
});

const onLinux = { unless: Deno.build.os === "linux" ? undefined : "only Linux has namespaces" };

testWith(onLinux, "isolationCommand reports why the host does not allow it", async () => {
  await using sandbox = await makeSandbox();
  const fails = () => isolationCommand(sandbox.env(), { path: sandbox.bin });
  const assertFails = async (reason: string) => {
    const error = await assertRejects(fails, CcrunError, reason);
    assertInstanceOf(error, CcrunError);
    assertEquals(error.kind, "usage");
    assert(error.hint?.includes("--isolate"));
    assert(!error.message.includes("\n"));
  };
  await assertFails("unshare was not found");
  const refusal =
    "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n";
  await writeExecutable(`${sandbox.bin}/unshare`, refusal);
  await assertFails("unshare failed: Operation not permitted");
});

Deno.test("decodeShellStatus returns an exit code or a signal", () => {
  assertEquals(decodeShellStatus(0), { code: 0 });
  assertEquals(decodeShellStatus(128), { code: 128 });
  assertEquals(decodeShellStatus(130), { signal: "SIGINT" });
  assertEquals(decodeShellStatus(255), { code: 255 });
});
