/**
 * Runs `.github/install.sh` in real shells.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { writeExecutable } from "../support/executable.ts";
import { exists } from "../../lib/util/exists.ts";
import { RELEASE_OUTPUT, RELEASE_VERSION } from "../support/fake_release.ts";
import { startProcess } from "../support/running_process.ts";
import { SANDBOX_PATH } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { assertClean, namesIn, RELEASES, SUPPORTED, withInstallScene } from "./install_scene.ts";

const SHELLS = [
  ["sh"],
  ["dash"],
  ["bash", "--posix"],
  ["zsh", "--emulate", "sh"],
  ["busybox", "ash"],
] as const;

for (const shell of SHELLS) {
  testWith(
    { commands: [shell[0]] },
    `install.sh installs the newest release in ${shell.join(" ")}`,
    async () => {
      await withInstallScene(async (scene) => {
        const { release, directory, sandbox } = scene;
        const { stdout, stderr, code } = await scene.install({
          shell,
          env: { PATH: `${release.path}:${SANDBOX_PATH}`, SHELL: "/bin/bash" },
        });
        assertEquals([stderr, code], ["", 0]);
        const [first, second] = stdout.split("\n");
        assertEquals(first, `${RELEASE_OUTPUT} is installed as ${directory}/ccrun`);
        assertStringIncludes(second ?? "", `${directory} is not in PATH. `);
        const { mode } = await Deno.stat(`${directory}/ccrun`);
        assertEquals((mode ?? 0) & 0o777, 0o755);
        await assertClean(scene);
        assertEquals(await namesIn(sandbox.home), [".local"]);
        assertEquals(await release.downloads(), [
          `${RELEASES}/latest/download/SHA256SUMS`,
          `${RELEASES}/latest/download/ccrun-x86_64-unknown-linux-gnu.tar.gz`,
        ]);
      });
    },
  );
}

Deno.test("install.sh uses wget without curl, and shasum without sha256sum", async () => {
  await withInstallScene(async (scene) => {
    const { sandbox, release, stub } = scene;
    await Deno.remove(`${sandbox.bin}/curl`);
    if (await exists(`${release.programs}/sha256sum`)) {
      await Deno.rename(`${release.programs}/sha256sum`, `${release.programs}/sum`);
      await stub("shasum", `[ "$1 $2" = "-a 256" ] && exec '${release.programs}/sum' "$3"`);
    }
    const { stdout, stderr, code } = await scene.install();
    assertEquals([stderr, code], ["", 0]);
    assert(stdout.startsWith(`${RELEASE_OUTPUT} is installed as `), stdout);
  });
});

Deno.test("install.sh installs a version, with or without v, in a directory", async () => {
  for (const version of [RELEASE_VERSION, `v${RELEASE_VERSION}`]) {
    await withInstallScene(async ({ install, sandbox, release }) => {
      const { stdout, stderr, code } = await install({
        args: ["--version", version, "--to", "../a place/../bin 2/"],
        env: { HOME: undefined },
      });
      assertEquals([stderr, code], ["", 0]);
      assertStringIncludes(stdout, ` is installed as ${sandbox.root}/bin 2/ccrun\n`);
      assert(await exists(`${sandbox.root}/bin 2/ccrun`));
      for (const url of await release.downloads()) {
        assert(url.startsWith(`${RELEASES}/download/v${RELEASE_VERSION}/`), url);
      }
    });
  }
});

const PLATFORMS = [
  ["Linux", "x86_64", "x86_64-unknown-linux-gnu"],
  ["Linux", "aarch64", "aarch64-unknown-linux-gnu"],
  ["Darwin", "x86_64", "x86_64-apple-darwin"],
  ["Darwin", "arm64", "aarch64-apple-darwin"],
  ["Darwin with Rosetta", "x86_64", "aarch64-apple-darwin"],
] as const;

Deno.test("install.sh selects the archive of the platform", async () => {
  for (const [system, machine, target] of PLATFORMS) {
    await withInstallScene(async ({ install, release, stub }) => {
      const [name = ""] = system.split(" ");
      await stub("uname", `if [ $1 = -s ]; then echo ${name}; else echo ${machine}; fi`);
      await stub("sysctl", `echo ${Number(system.includes("Rosetta"))}`);
      const { code, stderr } = await install();
      assertEquals([stderr, code], ["", 0], system);
      assert(
        (await release.downloads()).includes(`${RELEASES}/latest/download/ccrun-${target}.tar.gz`),
      );
    });
  }
});

const UNSUPPORTED = [
  ["FreeBSD", "amd64", {}, `cannot install on FreeBSD: ${SUPPORTED}`],
  ["Linux", "riscv64", {}, `cannot install on Linux riscv64: ${SUPPORTED}`],
  [
    "Linux",
    "aarch64",
    { getconf: "echo 32" },
    `cannot install on Linux 32-bit aarch64: ${SUPPORTED}`,
  ],
  [
    "Linux",
    "x86_64",
    { ldd: "echo 'musl libc (x86_64)' >&2; exit 1" },
    `cannot install on Linux with musl: ${SUPPORTED}`,
  ],
  [
    "MINGW64_NT-10.0",
    "x86_64",
    {},
    "this script is for Linux and macOS: on Windows, download " +
    `${RELEASES}/latest/download/ccrun-x86_64-pc-windows-msvc.zip`,
  ],
] as const;

Deno.test("install.sh names the supported platforms on another one", async () => {
  for (const [system, machine, stubs, message] of UNSUPPORTED) {
    await withInstallScene(async (scene) => {
      await scene.stub("uname", `if [ $1 = -s ]; then echo ${system}; else echo ${machine}; fi`);
      for (const [name, script] of Object.entries(stubs)) await scene.stub(name, script);
      const { code, stdout, stderr } = await scene.install();
      assertEquals([stdout, stderr, code], ["", `install.sh: ${message}\n`, 1]);
      assertEquals(await scene.release.downloads(), []);
      assertEquals(await namesIn(scene.sandbox.home), []);
    });
  }
});

testWith(
  {
    unless: Deno.build.os === "linux"
      ? undefined
      : "only Linux refuses to write to a running program",
  },
  "install.sh replaces a running ccrun",
  async () => {
    await withInstallScene(async (scene) => {
      const { sandbox, directory, install } = scene;
      await Deno.mkdir(directory, { recursive: true });
      await writeExecutable(`${directory}/ccrun`, await Deno.readFile("/bin/sleep"));
      await using running = startProcess([`${directory}/ccrun`, "377"], { sandbox });
      const { code, stderr } = await install();
      assertEquals([stderr, code], ["", 0]);
      const { success } = await new Deno.Command("/bin/kill", { args: ["-0", `${running.pid}`] })
        .output();
      assert(success, "the running ccrun has exited");
      await assertClean(scene);
    });
  },
);

Deno.test("install.sh reports nothing more if PATH has the directory", async () => {
  await withInstallScene(async ({ install, directory, release }) => {
    const { stdout } = await install({ env: { PATH: `${directory}:${release.path}` } });
    assertEquals(stdout, `${RELEASE_OUTPUT} is installed as ${directory}/ccrun\n`);
  });
});

Deno.test("install.sh reports another ccrun that is earlier in PATH", async () => {
  await withInstallScene(async ({ install, directory, release, sandbox, stub }) => {
    await stub("ccrun", "echo other");
    const { stdout } = await install({ env: { PATH: `${release.path}:${directory}` } });
    assertEquals(
      stdout,
      `${RELEASE_OUTPUT} is installed as ${directory}/ccrun\n` +
        `The shell finds another one first: ${sandbox.bin}/ccrun\n`,
    );
  });
});

/** How the line for PATH reaches each shell. The last one is unknown. */
const PATH_LINES = [
  ["bash", "append this line to ~/.bashrc:", ["bash", "--norc", "-i"]],
  ["zsh", "append this line to ~/.zshrc:", ["zsh", "-f", "-i"]],
  ["fish", "run this command:", ["fish", "-i"]],
  ["tcsh", "append this line to ~/.profile:", ["sh"]],
] as const;

/** Characters that a shell treats specially. */
const ODD_NAME = 'it\'s $HOME `id` "quoted" *';

for (const [name, advice, [shell, ...options]] of PATH_LINES) {
  testWith(
    { commands: [shell] },
    `install.sh prints a line for PATH that works in ${name}`,
    async () => {
      await withInstallScene(async ({ install, sandbox }) => {
        const directory = `${sandbox.root}/${ODD_NAME}`;
        const { stdout, code, stderr } = await install({
          args: ["--to", directory],
          env: { SHELL: `/usr/bin/${name}` },
        });
        assertEquals([stderr, code], ["", 0]);
        const [, sentence, line = ""] = stdout.split("\n");
        assertEquals(sentence, `${directory} is not in PATH. To add it, ${advice}`);
        await using process = startProcess([shell, ...options], {
          sandbox,
          stdin: `${line}\nccrun\nexit\n`,
        });
        assertStringIncludes((await process.finished).stdout, `${RELEASE_OUTPUT}\n`);
      });
    },
  );
}
