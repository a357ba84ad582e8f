/**
 * The npm packages of ccrun, made from archives of a release.
 *
 * @module
 */

import { writeExecutable } from "../support/executable.ts";
import { assertEquals } from "@std/assert";
import { VERSION } from "../../lib/version.ts";
import { CompiledPrograms, whyNotCompiled } from "../support/compile_runtime.ts";
import { RELEASE_TARGETS } from "../support/release.ts";
import type { Needs } from "../support/test_with.ts";
import { runRelease } from "./run_release.ts";

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
  await writeExecutable(`${folder}/ccrun`, content);
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
