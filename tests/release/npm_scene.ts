/**
 * The npm packages of ccrun, and a user who installs them from a registry on the loopback.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { CompiledPrograms, whyNotCompiled } from "../support/compile_runtime.ts";
import { type NpmRegistry, startNpmRegistry } from "../support/npm_registry.ts";
import { RELEASE_TARGETS } from "../support/release.ts";
import { type ProcessResult, startProcess } from "../support/running_process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import type { Needs } from "../support/test_with.ts";
import { runRelease } from "./run_release.ts";

export const VERSION = config.version;

/** The requirements of tests with the compiled binary. */
export const NEEDS: Needs = { commands: ["tar"], unless: whyNotCompiled() };

/** Returns a text that `.ci/release npm` accepts as a binary of a version. */
export function placeholder(version = VERSION): string {
  return `VERSION = "${version}"\n`;
}

/** Writes an archive of a release with this binary. */
export async function writeArchive(
  folder: string,
  target: string,
  binary: string | Uint8Array = placeholder(),
): Promise<string> {
  const path = `${folder}/ccrun-${target}.tar.gz`;
  const content = typeof binary === "string" ? new TextEncoder().encode(binary) : binary;
  await Deno.writeFile(`${folder}/ccrun`, content, { mode: 0o755 });
  const { success } = await new Deno.Command("tar", {
    args: ["-C", folder, "-czf", path, "ccrun"],
  }).output();
  assertEquals(success, true, path);
  await Deno.remove(`${folder}/ccrun`);
  return path;
}

/** Writes the archives of a release. The default for a binary is a placeholder. */
export async function writeArchives(
  folder: string,
  { version, binary }: { readonly version?: string; readonly binary?: Uint8Array } = {},
): Promise<void> {
  for (const target of RELEASE_TARGETS) {
    const isOwn = target === Deno.build.target;
    await writeArchive(folder, target, (isOwn ? binary : undefined) ?? placeholder(version));
  }
}

/** Makes the packages of the archives in a folder, and returns the paths of their tarballs. */
export async function pack(folder: string): Promise<readonly string[]> {
  const { code, stderr } = await runRelease(["npm", folder]);
  assertEquals([code, stderr], [0, ""]);
  const names = await Array.fromAsync(Deno.readDir(`${folder}/npm`), ({ name }) => name);
  return names.toSorted().map((name) => `${folder}/npm/${name}`);
}

/** The packages with the compiled ccrun, which are made once for the tests of a file. */
export class NpmPackages {
  readonly #programs = new CompiledPrograms();
  #folder: string | undefined;
  #tarballs: Promise<readonly string[]> | undefined;

  /** Returns the paths of the tarballs. */
  tarballs(): Promise<readonly string[]> {
    this.#tarballs ??= this.#make();
    return this.#tarballs;
  }

  /** Removes the files. */
  async remove(): Promise<void> {
    await this.#programs.remove();
    if (this.#folder !== undefined) await Deno.remove(this.#folder, { recursive: true });
  }

  async #make(): Promise<readonly string[]> {
    this.#folder = await Deno.makeTempDir({ prefix: "ccrun-test-" });
    const binary = await this.#programs.compile("main.ts", "ccrun");
    await writeArchives(this.#folder, { binary: await Deno.readFile(binary) });
    return await pack(this.#folder);
  }
}

/** A user with npm, an empty home directory and an empty prefix for global packages. */
export interface NpmUser {
  readonly sandbox: Sandbox;
  readonly registry: NpmRegistry;
  /** Runs a bash script in which npm and global packages are commands. */
  run(script: string, env?: Readonly<Record<string, string>>): Promise<ProcessResult>;
  /** Returns the global files, relative to the prefix. */
  globalFiles(): Promise<readonly string[]>;
}

/** Runs a test with a user whose registry has these packages. */
export async function withNpm(
  tarballs: readonly string[],
  act: (user: NpmUser) => Promise<void>,
): Promise<void> {
  await using sandbox = await makeSandbox();
  await using registry = startNpmRegistry();
  await registry.add(tarballs);
  const { root, home, bin } = sandbox;
  await linkNpm(bin);
  const prefix = `${root}/prefix`;
  await Deno.mkdir(prefix);
  const settings = { registry: registry.url, prefix, "update-notifier": false };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await Deno.writeTextFile(`${home}/.npmrc`, lines.join(""));
  await act({
    sandbox,
    registry,
    async run(script, env = {}) {
      const PATH = `${prefix}/bin:${sandbox.env().PATH}`;
      await using process = startProcess(["/bin/bash", "-c", script], {
        sandbox,
        env: { PATH, ...env },
      });
      return await process.finished;
    },
    globalFiles: () => filesBelow(prefix),
  });
  await sandbox.assertNothingLeft();
}

/** Puts npm and npx into a directory, because they may be elsewhere than in the PATH of a sandbox. */
export async function linkNpm(bin: string): Promise<void> {
  const { stdout } = await new Deno.Command("/bin/sh", {
    args: ["-c", 'realpath "$(command -v npm)"'],
  }).output();
  const npm = new TextDecoder().decode(stdout).trim();
  await Deno.symlink(npm, `${bin}/npm`);
  await Deno.symlink(npm.replace("npm-cli", "npx-cli"), `${bin}/npx`);
}

/** Returns the files below a directory, relative to it. */
export async function filesBelow(directory: string, prefix = ""): Promise<readonly string[]> {
  const found = [];
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) found.push(...await filesBelow(`${directory}/${name}`, `${prefix}${name}/`));
    else found.push(`${prefix}${name}`);
  }
  return found.toSorted();
}
