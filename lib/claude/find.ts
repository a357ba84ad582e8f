import { resolve } from "@std/path/resolve";
import type { Env } from "../util/env.ts";
import { installDirectories } from "./install_directories.ts";

/** Options for {@linkcode findClaude}. */
export interface FindClaudeOptions {
  /** A path, or a name to find in PATH. */
  readonly path?: string | undefined;
  /** The environment with PATH and HOME. */
  readonly env: Env;
  /** The directory that relative paths start from. */
  readonly baseDirectory: string;
}

/** The executable of Claude Code. */
export interface FoundClaude {
  readonly status: "found";
  /** The absolute path. */
  readonly path: string;
  readonly origin: "given" | "path" | "install_directory";
}

/** Why there is no executable. */
export type MissingClaude =
  /** The given path cannot be executed. */
  | { readonly status: "missing" | "directory" | "not_executable"; readonly path: string }
  /** The first file that was found is not executable. */
  | { readonly status: "found_not_executable"; readonly path: string }
  /** The given name is in no directory of PATH. */
  | { readonly status: "not_in_path"; readonly path: string }
  /** There is no claude in PATH and in the directories of installers. */
  | { readonly status: "not_installed"; readonly directories: readonly string[] };

const IS_WINDOWS = Deno.build.os === "windows";

/**
 * Finds the executable of Claude Code: the given one, or the first one in PATH, or the one that an
 * installer put elsewhere.
 */
export async function findClaude(
  { path, env, baseDirectory }: FindClaudeOptions,
): Promise<FoundClaude | MissingClaude> {
  if (path !== undefined && isPath(path)) {
    const file = resolve(baseDirectory, path);
    const kind = await fileKind(file);
    return kind === "executable"
      ? { status: "found", path: file, origin: "given" }
      : { status: kind, path };
  }
  const installed = path === undefined ? await installDirectories(env) : [];
  const origin = path === undefined ? "path" : "given";
  const places = [
    ...pathDirectories(env, baseDirectory).map((directory) => ({ directory, origin } as const)),
    ...installed.map((directory) => ({ directory, origin: "install_directory" } as const)),
  ];
  let notExecutable: string | undefined;
  for (const { directory, origin } of places) {
    for (const name of fileNames(path ?? "claude")) {
      const file = `${directory}/${name}`;
      const kind = await fileKind(file);
      if (kind === "executable") return { status: "found", path: file, origin };
      if (kind === "not_executable") notExecutable ??= file;
    }
  }
  if (notExecutable !== undefined) return { status: "found_not_executable", path: notExecutable };
  return path === undefined
    ? { status: "not_installed", directories: installed }
    : { status: "not_in_path", path };
}

function isPath(name: string): boolean {
  return name.includes("/") || IS_WINDOWS && name.includes("\\");
}

/** Returns what a path is, and whether it can be executed. */
export async function fileKind(
  path: string,
): Promise<"executable" | "not_executable" | "directory" | "missing"> {
  try {
    const { isDirectory, isFile, mode } = await Deno.stat(path);
    if (isDirectory) return "directory";
    if (!isFile) return "not_executable";
    // Any execute bit counts. Whether it applies to this user is known when the file is executed.
    return IS_WINDOWS || mode === null || (mode & 0o111) !== 0 ? "executable" : "not_executable";
  } catch {
    return "missing";
  }
}

/** Returns the absolute paths of the directories in PATH. */
export function pathDirectories(env: Env, baseDirectory: string): string[] {
  const directories = (env["PATH"] ?? env["Path"] ?? "").split(IS_WINDOWS ? ";" : ":");
  return directories.filter((directory) => directory !== "")
    .map((directory) => resolve(baseDirectory, directory));
}

/** Returns the file names that an executable called `name` can have. */
function fileNames(name: string): string[] {
  return IS_WINDOWS ? [`${name}.exe`, `${name}.cmd`, name] : [name];
}
