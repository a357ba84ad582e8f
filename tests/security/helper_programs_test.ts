/**
 * Programs and files that ccrun trusts: none comes from a directory that others can write.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { writeExecutable } from "../support/executable.ts";
import { emit, initLine, resultLine } from "../support/fake_claude.ts";
import { living } from "../support/process_table.ts";
import { type Needs, succeeds, testWith } from "../support/test_with.ts";
import { type FakeScene, gate, withFake } from "../e2e/fake_scene.ts";
import { makeLeftover } from "../e2e/leftovers.ts";
import { temporaryFiles } from "../e2e/scene.ts";
import { startScript } from "../process/guarded.ts";

const UNIX: Needs = { unless: Deno.build.os === "windows" ? "there is no shell" : undefined };

/** Programs that ccrun or its scripts may run. */
const PROGRAMS = [
  ...["awk", "cat", "cut", "env", "getent", "git", "grep", "head", "id", "kill", "ps", "rm", "sed"],
  ...["setsid", "sh", "sleep", "tail", "test", "tr", "true", "uname", "unshare"],
];

/** Plants programs that write their name to a file and succeed. */
async function plant({ sandbox }: FakeScene, directory: string): Promise<void> {
  for (const name of PROGRAMS) {
    const script = `#!/bin/sh\necho ${name} >>'${sandbox.root}/planted'\n`;
    await writeExecutable(`${directory}/${name}`, script);
  }
}

const NAMESPACE = ["--pid", "--fork", "--kill-child=KILL", "--mount-proc", "true"];

const CAN_ISOLATE = Deno.build.os === "linux" && succeeds("unshare", ...NAMESPACE);

const PLACES = [
  ["a directory of PATH", "bin", (bin: string) => `${bin}/evil:${bin}:/usr/bin:/bin`],
  ["the workspace, with . in PATH", "project", (bin: string) => `.:${bin}:/usr/bin:/bin`],
  [
    "the workspace, with an empty entry in PATH",
    "project",
    (bin: string) => `:${bin}:/usr/bin:/bin`,
  ],
] as const;

for (const [where, folder, pathWith] of PLACES) {
  testWith(UNIX, `no helper program is taken from ${where}`, async () => {
    // claude itself uses the PATH of its caller.
    const body = `PATH=/usr/bin:/bin; (. "$gates/start")
      ${emit(initLine(), resultLine())}`;
    await withFake(body, async (scene) => {
      const { sandbox, run } = scene;
      const directory = folder === "bin" ? `${sandbox.bin}/evil` : sandbox.project;
      await Deno.mkdir(directory, { recursive: true });
      await plant(scene, directory);
      await using leftover = makeLeftover(sandbox);
      await Deno.writeTextFile(
        `${sandbox.root}/start`,
        `(${leftover.command} &); ${leftover.waitCommand}`,
      );
      await usePlainPath(scene);
      const env = { PATH: pathWith(sandbox.bin) };
      for (const options of CAN_ISOLATE ? [[], ["--isolate"]] : [[]]) {
        const settings = ["--settings", '{"env":{"KEY":"value"}}'];
        const { code, stderr } = await run(["-q", ...options, ...settings, "hi"], { env });
        assertEquals(code, 0, stderr);
        const planted = await Deno.readTextFile(`${sandbox.root}/planted`).catch(() => "");
        assertEquals(planted, "");
      }
    });
  });
}

/** Makes the fake claude use programs of the system only, from its first line on. */
async function usePlainPath({ sandbox }: FakeScene): Promise<void> {
  const claude = `${sandbox.bin}/claude`;
  const text = await Deno.readTextFile(claude);
  await writeExecutable(claude, text.replace("\n", "\nPATH=/usr/bin:/bin\n"));
}

testWith(UNIX, "a line break in TMPDIR reaches no other process or directory", async () => {
  const body = `: >"$gates/started"\n${emit(initLine())}${gate("go")}${emit(resultLine())}`;
  await withFake(body, async ({ sandbox, start, created, open }) => {
    await using bystander = startScript(sandbox, "exec sleep 600", { PATH: "/usr/bin:/bin" });
    const { pid } = bystander;
    const precious = `${sandbox.root}/precious`;
    await Deno.mkdir(precious);
    const options = ["--settings", '{"env":{"KEY":"value"}}', "--grace", "1s"];
    for (const end of ["go", "SIGKILL"] as const) {
      for (
        const name of [`a\nroot ${pid}\nend 0`, `b'"; rm -rf ${precious}; $(:)`, `c\t -- \x1b[31m`]
      ) {
        const TMPDIR = `${sandbox.root}/tmp/${name}`;
        await Deno.mkdir(TMPDIR, { recursive: true });
        await Deno.writeTextFile(`${TMPDIR}/kept`, "");
        await using ccrun = await start(["-q", ...options, "hi"], { env: { TMPDIR } });
        await created("started");
        if (end === "SIGKILL") ccrun.kill(end);
        else await open(end);
        const { code, stderr } = await ccrun.finished;
        if (end === "go") assertEquals(code, 0, stderr);
        await sandbox.assertNothingLeft();
        assertEquals((await living([pid])).length, 1);
        await Deno.stat(precious);
        await Deno.stat(`${TMPDIR}/kept`);
        await Deno.remove(`${sandbox.root}/started`);
        await Deno.remove(`${sandbox.root}/go`).catch(() => {});
      }
    }
  });
});

testWith(UNIX, "no file in TMPDIR is executable or readable by others", async () => {
  const body = `: >"$gates/started"\n${emit(initLine())}${gate("go")}${emit(resultLine())}`;
  await withFake(body, async (scene) => {
    const { sandbox, start, created, open } = scene;
    const options = [
      ...["--settings", '{"env":{"KEY":"value"}}', "--mcp-config", '{"mcpServers":{}}'],
      ...["--append-system-prompt", "x".repeat(5000)],
    ];
    await using ccrun = await start(["-q", ...options, "hi"]);
    await created("started");
    const modes = await modesIn(`${sandbox.root}/tmp`);
    assertEquals([...new Set(modes)].sort(), ["directory 700", "file 600"]);
    await open("go");
    assertEquals((await ccrun.finished).code, 0);
    assertEquals(await temporaryFiles(sandbox), []);
  });
});

/** Returns the kind and mode of everything in a directory. */
async function modesIn(directory: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  const modes = await Promise.all(entries.map(async ({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    const mode = (((await Deno.stat(path)).mode ?? 0) & 0o777).toString(8);
    return isDirectory ? [`directory ${mode}`, ...await modesIn(path)] : [`file ${mode}`];
  }));
  return modes.flat();
}
