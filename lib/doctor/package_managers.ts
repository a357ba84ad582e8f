import { join } from "@std/path/join";
import { exists } from "../util/exists.ts";
import { shellQuotePath } from "../util/shell_quote.ts";

/** A package manager for the packages of npm. */
export type PackageManager = "npm" | "pnpm" | "yarn" | "bun";

interface Commands {
  /** Adds a package to a project. */
  readonly add: string;
  /** Installs a package for the user. */
  readonly addGlobal: string;
}

const COMMANDS: { readonly [M in PackageManager]: Commands } = {
  npm: { add: "npm install", addGlobal: "npm install -g" },
  pnpm: { add: "pnpm add", addGlobal: "pnpm add -g" },
  yarn: { add: "yarn add", addGlobal: "yarn global add" },
  bun: { add: "bun add", addGlobal: "bun add -g" },
};

/** The files by which the other managers are recognized. */
const LOCK_FILES = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
] as const;

/** The directories in which package managers keep packages. pnpm and Yarn have more than npm. */
const PACKAGES = /[\\/](?:node_modules|\.pnpm|\.yarn)[\\/]/;

/** The directories of other managers for global packages, which look like projects. */
const GLOBAL_DIRECTORY =
  /[\\/](?:pnpm[\\/]global[\\/]\d+|\.bun[\\/]install[\\/]global|yarn[\\/]global)$/;

/** Returns the directory for which a package manager installed a program. */
export function packageRoot(program: string): string | undefined {
  const match = PACKAGES.exec(program);
  return match === null ? undefined : program.slice(0, match.index);
}

/** Returns the package manager of a directory, and the command that updates ccrun there. */
export async function packageUpdate(
  root: string,
): Promise<{ readonly manager: PackageManager; readonly update: string }> {
  const manager = await managerOf(root);
  const { add, addGlobal } = COMMANDS[manager];
  const isProject = await exists(join(root, "package.json")) && !GLOBAL_DIRECTORY.test(root);
  const update = isProject
    ? `cd ${shellQuotePath(root)} && ${add} ccrun@latest`
    : `${addGlobal} ccrun@latest`;
  return { manager, update };
}

async function managerOf(root: string): Promise<PackageManager> {
  for (const [file, manager] of LOCK_FILES) {
    if (await exists(join(root, file))) return manager;
  }
  return "npm";
}
