import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { type Child, startChild } from "../../lib/process/child.ts";
import { isolation } from "../../lib/process/isolation.ts";
import { textOf } from "../support/bytes.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { CLEARED, FOREVER, LONG_MS, until, writeStdin } from "./guarded.ts";

/** Why this host does not allow it; undefined where it does. */
const unless = await isolation({ PATH: "/usr/bin:/bin" }).then(
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
    isolation: await isolation(env),
  });
  writeStdin(child, "from outside");
  return child;
}

function read(child: Child): Promise<readonly string[]> {
  return Promise.all([textOf(child.stdout), textOf(child.stderr)]);
}

/** Starts what only the namespace can end: it has no mark, no parent, and a session of its own. */
const ORPHAN = `orphan='echo >"$0"; exec sleep 600'
( ${CLEARED} setsid sh -c "$orphan" "$HOME/orphan" & )
until [ -e "$HOME/orphan" ]; do sleep 0.02; done`;

testWith(
  needs,
  "an isolated program gets its stdin and directory, and its exit code comes out",
  async () => {
    await using sandbox = await makeSandbox();
    const child = await startIsolated(sandbox, "cat; pwd; echo problem >&2; exit 7");
    assertEquals(await read(child), [`from outside${sandbox.project}\n`, "problem\n"]);
    assertEquals(await child.exited, { code: 7 });
    assertEquals(await child.reapLeftovers(LONG_MS), []);
  },
);

testWith(needs, "an isolated program sees no processes but its own", async () => {
  await using sandbox = await makeSandbox();
  const child = await startIsolated(sandbox, "echo $$; echo /proc/[0-9]*");
  const [stdout = ""] = await read(child);
  const [pid, ...all] = stdout.split(/\s+/).filter((word) => word !== "");
  assertEquals(all, ["/proc/1", `/proc/${pid}`]);
  await child.reapLeftovers(LONG_MS);
});

testWith(
  needs,
  "an isolated program is asked with SIGINT, and its exit code comes out",
  async () => {
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
  },
);

testWith(
  needs,
  "what an isolated program leaves behind ends with it, wherever it has hidden",
  async () => {
    await using sandbox = await makeSandbox();
    const child = await startIsolated(sandbox, ORPHAN);
    await read(child);
    await child.reapLeftovers(LONG_MS);
    assertEquals(await sandbox.processes(), []);
  },
);

testWith(needs, "what an isolated program has started ends when it is stopped", async () => {
  await using sandbox = await makeSandbox();
  const child = await startIsolated(
    sandbox,
    `trap '' INT TERM; ${ORPHAN}\necho >"$HOME/ready"; ${FOREVER}`,
  );
  const output = read(child);
  await until(sandbox, "ready");
  await child.stop(300);
  await output;
  await child.reapLeftovers(LONG_MS);
  assertEquals(await sandbox.processes(), []);
});

testWith(
  needs,
  "an isolated program and all it has started die with what isolates them",
  async () => {
    await using sandbox = await makeSandbox();
    const child = await startIsolated(sandbox, `${ORPHAN}\necho >"$HOME/ready"; ${FOREVER}`);
    const output = read(child);
    await until(sandbox, "ready");
    Deno.kill(child.pid, "SIGKILL");
    assertEquals(await child.exited, { signal: "SIGKILL" });
    await sandbox.assertNothingLeft();
    await output;
    await child.reapLeftovers(LONG_MS);
  },
);

Deno.test("isolation says what is missing where it cannot be had", async () => {
  await using sandbox = await makeSandbox();
  const fails = async (text: string) => {
    const error = await assertRejects(
      () => isolation({ ...sandbox.env(), PATH: sandbox.bin }),
      CcrunError,
      text,
    );
    assertInstanceOf(error, CcrunError);
    assertEquals(error.kind, "usage");
    assert(error.hint?.includes("--isolate"));
    assert(!error.message.includes("\n"));
  };
  if (Deno.build.os !== "linux") return await fails("has no PID namespaces");
  await fails("unshare cannot be executed");
  const refuses =
    "#!/bin/sh\necho 'unshare: unshare failed: Operation not permitted' >&2\nexit 1\n";
  await Deno.writeTextFile(`${sandbox.bin}/unshare`, refuses, { mode: 0o755 });
  await fails("unshare failed: Operation not permitted");
});
