import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import type { Env } from "../util/env.ts";
import { exists } from "../util/exists.ts";
import { shellQuotePath } from "../util/shell_quote.ts";
import { type PackageManager, packageRoot, packageUpdate } from "./package_managers.ts";
import type { PathCommand } from "./path_commands.ts";

/**
 * How ccrun was installed: by a package manager, by npx in its cache, by the action for GitHub, as a
 * binary in some directory, as a binary in the clone where it was compiled, by `deno install` from a
 * clone, or not at all, if Deno runs the source.
 */
export type InstallMethod =
  | PackageManager
  | "npx"
  | "action"
  | "binary"
  | "compiled"
  | "deno"
  | "source";

/** How and where ccrun was installed. */
export interface Installation {
  readonly method: InstallMethod;
  /** The directory of the binary or of the source, or the one for which packages were installed. */
  readonly directory: string;
  /** How to update it: a command, or what to change. */
  readonly update: string;
}

/** Options for {@linkcode findInstallation}. */
export interface FindInstallationOptions {
  readonly env: Env;
  /** The file that runs: the binary, or main.ts. */
  readonly program: string;
  /** The commands in PATH that start this program. */
  readonly commands: readonly PathCommand[];
}

const REPOSITORY = "https://github.com/ccrun/ccrun";

const INSTALL_SCRIPT =
  "curl -fsSL https://raw.githubusercontent.com/ccrun/ccrun/main/.github/install.sh | sh";

/** Returns the file that runs: the binary, or main.ts. */
export async function runningProgram(): Promise<string> {
  if (Deno.build.standalone) {
    const path = Deno.execPath();
    // An update may have removed it.
    return await Deno.realPath(path).catch(() => path);
  }
  const { dirname, url } = import.meta;
  return dirname === undefined
    ? new URL("../../main.ts", url).href
    : join(dirname, "..", "..", "main.ts");
}

/** Finds out how a program was installed, from where it is. */
export async function findInstallation(options: FindInstallationOptions): Promise<Installation> {
  const { env, program } = options;
  const directory = dirname(program);
  if (program.endsWith("main.ts")) return await sourceInstallation(directory, options);
  const root = packageRoot(program);
  if (root !== undefined) return await packageInstallation(root);
  // The action installs for one job.
  if (env["RUNNER_TEMP"] && program.startsWith(`${env["RUNNER_TEMP"]}/ccrun-`)) {
    return { method: "action", directory, update: "change ccrun-version in the workflow" };
  }
  if (await exists(join(directory, "main.ts")) && await exists(join(directory, "deno.json"))) {
    const update = `${await updateSource(directory)}, and run deno task compile in it`;
    return { method: "compiled", directory, update };
  }
  return { method: "binary", directory, update: updateBinary(directory, env) };
}

async function sourceInstallation(
  directory: string,
  { commands }: FindInstallationOptions,
): Promise<Installation> {
  const update = await updateSource(directory);
  // The script that Deno writes names the command.
  return commands.some(({ script }) => script.includes("deno install"))
    ? { method: "deno", directory, update: `${update}, and repeat deno install with -f` }
    : { method: "source", directory, update };
}

async function updateSource(directory: string): Promise<string> {
  return await exists(join(directory, ".git"))
    ? `git -C ${shellQuotePath(directory)} pull`
    : `get the newest source from ${REPOSITORY}`;
}

async function packageInstallation(root: string): Promise<Installation> {
  if (/[\\/]_npx[\\/]/.test(root)) {
    return { method: "npx", directory: root, update: "npx ccrun@latest" };
  }
  const { manager, update } = await packageUpdate(root);
  return { method: manager, directory: root, update };
}

function updateBinary(directory: string, env: Env): string {
  if (Deno.build.os === "windows") {
    return `get the newest binary from ${REPOSITORY}/releases/latest`;
  }
  return directory === `${env["HOME"]}/.local/bin`
    ? INSTALL_SCRIPT
    : `${INSTALL_SCRIPT} -s -- --to ${shellQuotePath(directory)}`;
}
