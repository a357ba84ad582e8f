/**
 * A user who installs packages with npm from a registry on the loopback.
 *
 * @module
 */

import { type NpmRegistry, startNpmRegistry } from "../support/npm_registry.ts";
import { type ProcessResult, startProcess } from "../support/running_process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

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
