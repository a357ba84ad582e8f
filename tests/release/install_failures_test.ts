/**
 * What `.github/install.sh` does when it cannot install.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { BOUND, BOUND_BY_MODES } from "../support/bound_by_modes.ts";
import { startProcess } from "../support/running_process.ts";
import { SANDBOX_PATH } from "../support/sandbox.ts";
import { runSetupScript } from "../support/setup_script.ts";
import { testWith } from "../support/test_with.ts";
import {
  assertClean,
  type InstallOptions,
  type InstallScene,
  namesIn,
  OLD,
  RELEASES,
  SCRIPT,
  SUPPORTED,
  withInstallScene,
} from "./install_scene.ts";

interface Failure {
  readonly name: string;
  readonly prepare?: (scene: InstallScene) => Promise<void>;
  readonly options?: InstallOptions;
  /** A part of the message. */
  readonly message: string;
}

const ARCHIVE = "ccrun-x86_64-unknown-linux-gnu.tar.gz";

/** Replaces the archive by one with the right checksum. */
async function replaceArchive({ release }: InstallScene, make: string): Promise<void> {
  const sum = `{ sha256sum ${ARCHIVE} || shasum -a 256 ${ARCHIVE}; } >SHA256SUMS 2>/dev/null`;
  await runSetupScript(release.files, `${make}; ${sum}`);
}

const FAILURES: readonly Failure[] = [
  {
    name: "an unknown argument",
    options: { args: ["--prefix", "/usr"] },
    message: "unknown argument --prefix: use --version VERSION or --to DIRECTORY",
  },
  {
    name: "an argument without its value",
    options: { args: ["--to"] },
    message: "--to has no value: use --version VERSION or --to DIRECTORY",
  },
  {
    name: "a version that leaves the URL",
    options: { args: ["--version", "../../evil"] },
    message: "../../evil is not a version: use a version such as 0.1.0",
  },
  {
    name: "a version that does not exist",
    options: { args: ["--version", "0.0.0"] },
    message: `cannot download ${RELEASES}/download/v0.0.0/SHA256SUMS: curl: (22) The requested URL`,
  },
  {
    name: "a version that does not exist, with wget",
    prepare: ({ sandbox }) => Deno.remove(`${sandbox.bin}/curl`),
    options: { args: ["--version", "0.0.0"] },
    message: `cannot download ${RELEASES}/download/v0.0.0/SHA256SUMS: wget exited with 8`,
  },
  {
    name: "no network",
    prepare: ({ stub }) =>
      stub("curl", "echo 'curl: (6) Could not resolve host: github.com' >&2; exit 6"),
    message: `/latest/download/SHA256SUMS: curl: (6) Could not resolve host: github.com`,
  },
  {
    name: "neither curl nor wget",
    prepare: async ({ sandbox }) => {
      for (const name of ["curl", "wget"]) await Deno.remove(`${sandbox.bin}/${name}`);
    },
    message: "/latest/download/SHA256SUMS: install curl or wget",
  },
  {
    name: "HOME unset",
    options: { env: { HOME: undefined } },
    message: "HOME is not set: use --to DIRECTORY",
  },
  {
    name: "a directory that PATH cannot contain",
    options: { args: ["--to", "/tmp/a\x1b[31m:\nb"] },
    message: "cannot install in /tmp/a?[31m:?b: PATH cannot contain a colon or a control character",
  },
  {
    name: "a file in place of the directory",
    options: { args: ["--to", "notes.txt"] },
    message: "/project/notes.txt: ",
  },
  {
    name: "a directory in place of the binary",
    prepare: ({ sandbox }) => Deno.mkdir(`${sandbox.project}/ccrun`),
    options: { args: ["--to", "."] },
    message: "/ccrun: it is a directory",
  },
  {
    name: "no directory for temporary files",
    options: { env: { TMPDIR: "/no/such/directory" } },
    message: "cannot create a temporary directory: ",
  },
  {
    name: "a changed archive",
    prepare: ({ release }) =>
      Deno.writeTextFile(`${release.files}/${ARCHIVE}`, "x", { append: true }),
    message: `cannot install ${ARCHIVE}: its checksum is not the one in SHA256SUMS`,
  },
  {
    name: "an archive without a checksum",
    prepare: ({ release }) => Deno.writeTextFile(`${release.files}/SHA256SUMS`, ""),
    message: `cannot install ${ARCHIVE}: its checksum is not the one in SHA256SUMS`,
  },
  {
    name: "no program for checksums",
    prepare: async ({ release }) => {
      for (const name of ["sha256sum", "shasum"]) {
        await Deno.remove(`${release.programs}/${name}`).catch(() => {});
      }
    },
    message: "cannot verify the checksum: install sha256sum or shasum",
  },
  {
    name: "an archive that is not one",
    prepare: (scene) => replaceArchive(scene, `echo not an archive >${ARCHIVE}`),
    message: `cannot unpack ${ARCHIVE}: `,
  },
  {
    name: "an archive without the binary",
    prepare: (scene) => replaceArchive(scene, `tar -C content -czf ${ARCHIVE} README.md`),
    message: `cannot unpack ${ARCHIVE}: `,
  },
  {
    name: "a binary that does not run",
    prepare: (scene) =>
      replaceArchive(
        scene,
        `printf '#!/bin/sh\\necho "version GLIBC_2.99 not found" >&2; exit 1\\n' >content/ccrun;
        tar -C content -czf ${ARCHIVE} ccrun`,
      ),
    message: `cannot run the binary on this machine: version GLIBC_2.99 not found. ${SUPPORTED}`,
  },
  {
    name: "a disk that is full",
    prepare: ({ stub }) =>
      stub("cp", 'echo half >"$2"; echo "cp: No space left on device" >&2; exit 1'),
    message: "/.local/bin: cp: No space left on device",
  },
  {
    name: "a rename that fails",
    prepare: ({ stub }) => stub("mv", "echo 'mv: Operation not permitted' >&2; exit 1"),
    message: "/ccrun: mv: Operation not permitted",
  },
];

Deno.test("install.sh reports a failure in one line, and keeps the old ccrun", async (t) => {
  for (const { name, prepare, options, message } of FAILURES) {
    await t.step(name, async () => {
      await withInstallScene(async (scene) => {
        await scene.addOld();
        await prepare?.(scene);
        const { stdout, stderr, code } = await scene.install(options);
        assertEquals([stdout, code], ["", 1], stderr);
        assertMatch(stderr, /^install\.sh: \P{Cc}+\n$/u);
        assertStringIncludes(stderr, message);
        assertEquals(await Deno.readTextFile(`${scene.directory}/ccrun`), OLD);
        await assertClean(scene);
      });
    });
  }
});

testWith(BOUND_BY_MODES, "install.sh reports a directory that it cannot write to", async () => {
  await withInstallScene(async (scene) => {
    await scene.addOld();
    await Deno.chmod(scene.directory, 0o555);
    const { stdout, stderr, code } = await scene.install({
      shell: [...BOUND, "sh"],
      env: { PATH: `${scene.release.path}:${SANDBOX_PATH}` },
    });
    const message = `cannot write to ${scene.directory}: permission denied. Use --to DIRECTORY`;
    assertEquals([stdout, stderr, code], ["", `install.sh: ${message}\n`, 1]);
    assertEquals(await scene.release.downloads(), []);
    await Deno.chmod(scene.directory, 0o755);
    await assertClean(scene);
  });
});

const SIGNALS = [["HUP", 129], ["INT", 130], ["TERM", 143]] as const;

testWith(
  { commands: ["setsid", "bash", "dash"] },
  "install.sh removes its files when a signal stops it",
  async () => {
    for (const shell of ["dash", "bash"]) {
      for (const [signal, expected] of SIGNALS) {
        await withInstallScene(async (scene) => {
          await scene.addOld();
          // As Ctrl-C does, the signal reaches the whole process group.
          await scene.stub("curl", `echo half >SHA256SUMS; kill -s ${signal} 0; sleep 377`);
          const { code, stdout, stderr } = await scene.install({
            shell: ["setsid", "--wait", shell],
          });
          assertEquals([stdout, code], ["", expected], `${shell} ${signal}`);
          assert(!stderr.includes("install.sh"), stderr);
          assertEquals(await Deno.readTextFile(`${scene.directory}/ccrun`), OLD);
          await assertClean(scene);
        });
      }
    }
  },
);

Deno.test("install.sh runs nothing if its download breaks", async () => {
  await withInstallScene(async ({ sandbox, release, install }) => {
    const cuts = "for length; do head -c $length ../install.sh | sh 2>/dev/null; done";
    await Deno.writeTextFile(`${sandbox.root}/install.sh`, SCRIPT);
    const lengths: string[] = [];
    for (let length = 0; length < SCRIPT.length - 1; length++) {
      if (length % 53 === 0 || length > SCRIPT.length - 40) lengths.push(String(length));
    }
    await using process = startProcess(["/bin/sh", "-c", cuts, "sh", ...lengths], {
      sandbox,
      env: { PATH: `${release.path}:${SANDBOX_PATH}` },
    });
    await process.finished;
    assertEquals([await release.downloads(), await namesIn(sandbox.home)], [[], []]);
    // Without its last newline, the script is complete.
    assertEquals((await install({ script: SCRIPT.trimEnd() })).code, 0);
  });
});
