/**
 * Platforms and files with which the launcher of the npm package cannot run ccrun.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { launcherManifest } from "../../.ci/npm/manifests.ts";
import { VERSION } from "../../lib/version.ts";
import { writeExecutable } from "../support/executable.ts";
import { REPOSITORY } from "../support/paths.ts";
import { type ProcessResult, startProcess } from "../support/running_process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

const PLATFORM = `${Deno.build.os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;

const NEEDS = {
  unless: Deno.build.os === "windows" ? "there is no package for Windows" : undefined,
};

const LINUX = {
  unless: Deno.build.os === "linux" ? undefined : "the sleep of macOS is not a plain executable",
};

interface Launcher {
  readonly sandbox: Sandbox;
  /** The path of the binary in the package of this platform. */
  readonly binary: string;
  /** Runs the launcher, after a script that changes Node. */
  run(preloaded?: string): Promise<ProcessResult>;
}

/** Runs a test with a launcher whose binary is `sleep`. */
async function withLauncher(act: (launcher: Launcher) => Promise<void>): Promise<void> {
  await using sandbox = await makeSandbox();
  const modules = `${sandbox.root}/node_modules`;
  const binary = `${modules}/@ccrun/${PLATFORM}/bin/ccrun`;
  await Deno.mkdir(`${modules}/@ccrun/${PLATFORM}/bin`, { recursive: true });
  const { success } = await new Deno.Command("cp", {
    args: ["-R", `${REPOSITORY}/.ci/npm/ccrun`, `${modules}/ccrun`],
  }).output();
  assertEquals(success, true);
  const manifest = JSON.stringify(launcherManifest(VERSION));
  await Deno.writeTextFile(`${modules}/ccrun/package.json`, manifest);
  await writeExecutable(binary, await Deno.readFile("/bin/sleep"));
  await act({
    sandbox,
    binary,
    async run(preloaded = "") {
      const path = `${sandbox.root}/preloaded.cjs`;
      await Deno.writeTextFile(path, preloaded);
      await using process = startProcess(
        ["node", "--require", path, `${modules}/ccrun/bin/ccrun.js`, "0"],
        { sandbox },
      );
      return await process.finished;
    },
  });
}

/** Fails unless the launcher prints one line. */
function assertOneLine({ code, stdout, stderr }: ProcessResult, expected: number): void {
  assertEquals([code, stdout], [expected, ""], stderr);
  assertMatch(stderr, /^ccrun: error: cannot [^\n]+\n$/);
}

const UNSUPPORTED = [
  { name: "Windows", platform: "win32-x64", is: { platform: "win32", arch: "x64" } },
  { name: "musl", platform: "linux-x64 with musl", is: { platform: "linux", arch: "x64" } },
  { name: "a 32-bit processor", platform: "linux-ia32", is: { platform: "linux", arch: "ia32" } },
  { name: "FreeBSD", platform: "freebsd-x64", is: { platform: "freebsd", arch: "x64" } },
];

for (const { name, platform, is } of UNSUPPORTED) {
  testWith(
    NEEDS,
    `the launcher on ${name} names the supported platforms and how to build ccrun`,
    async () => {
      await withLauncher(async ({ run }) => {
        const glibc = name === "musl" ? "undefined" : "'2.36'";
        const result = await run(`
          for (const [key, value] of Object.entries(${JSON.stringify(is)})) {
            Object.defineProperty(process, key, { value });
          }
          process.report.getReport = () => ({ header: { glibcVersionRuntime: ${glibc} } });
        `);
        assertOneLine(result, 126);
        const [, deno] = /(npx -y deno@\S+) task ok/.exec(
          await Deno.readTextFile(`${REPOSITORY}/.ci/run`),
        ) ?? [];
        assertStringIncludes(
          result.stderr,
          `cannot run on ${platform}: the npm packages of ccrun are for linux-x64 (glibc), ` +
            "linux-arm64 (glibc), darwin-x64, darwin-arm64; on other systems that Deno supports, " +
            `build it with \`${deno} task compile\` in a clone of https://github.com/ccrun/ccrun`,
        );
        const hasZip = result.stderr.includes("ccrun-x86_64-pc-windows-msvc.zip");
        assertEquals(hasZip, name === "Windows");
      });
    },
  );
}

testWith(LINUX, "the launcher reports a binary that cannot be executed", async () => {
  await withLauncher(async ({ binary, run, sandbox }) => {
    assertEquals((await run()).code, 0);

    await Deno.chmod(binary, 0o644);
    const notPermitted = await run();
    assertOneLine(notPermitted, 126);
    assertStringIncludes(notPermitted.stderr, `cannot execute ${binary}: permission denied; `);

    for (const content of ["", "#!/bin/sh\nexit 0\n", "<html>"]) {
      await writeExecutable(binary, content);
      const result = await run();
      assertOneLine(result, 126);
      const advice = "npm uninstall -g ccrun && npm install -g ccrun";
      assertStringIncludes(result.stderr, `${binary}: the file is damaged; run \`${advice}\``);
    }

    await Deno.writeTextFile(`${sandbox.root}/package.json`, "{}");
    const inProject = await run();
    assertStringIncludes(inProject.stderr, "run `npm uninstall ccrun && npm install ccrun`");
  });
});

testWith(LINUX, "the launcher reports the reason if the system cannot run the binary", async () => {
  const ways = [
    // Each fails as without the dynamic linker of glibc.
    "process.execve = () => { throw new Error('execve ENOENT'); };",
    `delete process.execve;
     const child_process = require("node:child_process");
     const { spawn } = child_process;
     child_process.spawn = (path, ...rest) => spawn(path + "-missing", ...rest);
     require("node:module").syncBuiltinESMExports();`,
  ];
  for (const way of ways) {
    await withLauncher(async ({ binary, run }) => {
      const result = await run(way);
      assertOneLine(result, 126);
      assertMatch(result.stderr, /: (?:execve|spawn).* ENOENT\n$/);
      assertStringIncludes(result.stderr, `cannot execute ${binary}: `);
    });
  }
});
