/**
 * A sandbox in which `.github/install.sh` installs a release. Stubs provide the downloads.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { writeExecutable } from "../support/executable.ts";
import { exists } from "../../lib/util/exists.ts";
import { type FakeRelease, makeFakeRelease } from "../support/fake_release.ts";
import { REPOSITORY } from "../support/paths.ts";
import { type ProcessResult, startProcess } from "../support/running_process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

/** The script. */
export const SCRIPT = await Deno.readTextFile(`${REPOSITORY}/.github/install.sh`);

/** Where the script downloads from. */
export const RELEASES = "https://github.com/ccrun/ccrun/releases";

/** The end of the messages about a platform. */
export const SUPPORTED =
  "ccrun is built for Linux with glibc and for macOS, on x64 and arm64. For another system, " +
  "run `deno task compile` in a clone of https://github.com/ccrun/ccrun";

/** The ccrun that is there before the installation. */
export const OLD = "#!/bin/sh\necho old\n";

/** How to run the script. */
export interface InstallOptions {
  /** The words that start the shell. @default {["sh"]} */
  readonly shell?: readonly string[];
  /** The arguments of the script. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The script to run instead. */
  readonly script?: string;
}

/** A sandbox with a release. */
export interface InstallScene {
  readonly sandbox: Sandbox;
  readonly release: FakeRelease;
  /** `~/.local/bin`, which does not exist at first. */
  readonly directory: string;
  /** Pipes the script to a shell. */
  install(options?: InstallOptions): Promise<ProcessResult>;
  /** Writes a program that the script finds before that of the system. */
  stub(name: string, script: string): Promise<void>;
  /** Puts the old ccrun into the directory. */
  addOld(): Promise<void>;
}

/** Runs a test in a sandbox with a release. */
export async function withInstallScene(act: (scene: InstallScene) => Promise<void>): Promise<void> {
  await using sandbox = await makeSandbox();
  const release = await makeFakeRelease(sandbox);
  const directory = `${sandbox.home}/.local/bin`;
  const stub = (name: string, script: string) =>
    writeExecutable(`${sandbox.bin}/${name}`, `#!/bin/sh\n${script}\n`);
  // The script runs as on Linux for x64 everywhere.
  await stub("uname", "if [ $1 = -s ]; then echo Linux; else echo x86_64; fi");
  await act({
    sandbox,
    release,
    directory,
    stub,
    async install({ shell = ["sh"], args = [], env = {}, script = SCRIPT } = {}) {
      const option = args.length > 0 ? ["-s", "--", ...args] : [];
      await using process = startProcess(["/usr/bin/env", ...shell, ...option], {
        sandbox,
        stdin: script,
        env: { PATH: release.path, ...env },
      });
      return await process.finished;
    },
    async addOld() {
      await Deno.mkdir(directory, { recursive: true });
      await writeExecutable(`${directory}/ccrun`, OLD);
    },
  });
}

/** Returns the sorted names in a directory. */
export async function namesIn(directory: string): Promise<readonly string[]> {
  return (await Array.fromAsync(Deno.readDir(directory), ({ name }) => name)).toSorted();
}

/** Fails unless the script has removed its temporary files. */
export async function assertClean({ sandbox, directory }: InstallScene): Promise<void> {
  assertEquals(await namesIn(`${sandbox.root}/tmp`), []);
  if (await exists(directory)) assertEquals(await namesIn(directory), ["ccrun"]);
}
