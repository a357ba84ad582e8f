import { resolve } from "@std/path/resolve";
import { CcrunError } from "../errors.ts";
import type { Env } from "../util/env.ts";
import { shellQuote } from "../util/shell_quote.ts";

/** Options for {@linkcode findClaude}. */
export interface FindClaudeOptions {
  /** A path, or a name to find in PATH. */
  path?: string | undefined;
  /** The option or variable with the path, for messages. @default {"--claude"} */
  source?: string | undefined;
  /** The environment with PATH and HOME. */
  env: Env;
  /** The directory that relative paths start from. */
  cwd: string;
}

const IS_WINDOWS = Deno.build.os === "windows";

/**
 * Finds the executable of Claude Code: the given one, or the first one in PATH, or the one that an
 * installer put elsewhere.
 *
 * @returns the absolute path
 * @throws {CcrunError} `not_found` or `not_executable`
 */
export async function findClaude(options: FindClaudeOptions): Promise<string> {
  const { path, env, cwd } = options;
  if (path !== undefined && isPath(path)) return await checkPath(path, options);
  const directories = pathDirectories(env, cwd);
  if (path === undefined) directories.push(...installDirectories(env));
  let notExecutable: string | undefined;
  for (const directory of new Set(directories)) {
    for (const name of fileNames(path ?? "claude")) {
      const file = `${directory}/${name}`;
      const kind = await fileKind(file);
      if (kind === "executable") return file;
      if (kind === "not_executable") notExecutable ??= file;
    }
  }
  if (notExecutable !== undefined) {
    throw new CcrunError(
      "not_executable",
      `${notExecutable} is not executable`,
      executableHint(notExecutable),
    );
  }
  throw notFoundError(options);
}

function isPath(name: string): boolean {
  return name.includes("/") || IS_WINDOWS && name.includes("\\");
}

/** Returns the absolute form of a given path, or fails if it is not an executable. */
async function checkPath(path: string, options: FindClaudeOptions): Promise<string> {
  const { source = "--claude", cwd } = options;
  const file = resolve(cwd, path);
  switch (await fileKind(file)) {
    case "executable":
      return file;
    case "missing":
      throw new CcrunError(
        "not_found",
        `${source} names ${path}, which does not exist`,
        path.startsWith("~/") ? HOME_HINT : OTHER_NAME_HINT,
      );
    case "directory":
      throw new CcrunError(
        "not_executable",
        `${source} names ${path}, which is a directory`,
        "name the executable in it",
      );
    case "not_executable":
      throw new CcrunError(
        "not_executable",
        `${source} names ${path}, which is not executable`,
        executableHint(path),
      );
  }
}

type FileKind = "executable" | "not_executable" | "directory" | "missing";

async function fileKind(path: string): Promise<FileKind> {
  try {
    const { isDirectory, mode } = await Deno.stat(path);
    if (isDirectory) return "directory";
    // Any execute bit counts. Whether it applies to this user is known when the file is executed.
    return IS_WINDOWS || mode === null || (mode & 0o111) !== 0 ? "executable" : "not_executable";
  } catch {
    return "missing";
  }
}

function pathDirectories(env: Env, cwd: string): string[] {
  const directories = (env["PATH"] ?? env["Path"] ?? "").split(IS_WINDOWS ? ";" : ":");
  return directories.filter((directory) => directory !== "")
    .map((directory) => resolve(cwd, directory));
}

/** Returns where installers put claude. PATH often lacks these directories in cron and CI. */
function installDirectories(env: Env): string[] {
  const home = env["HOME"] ?? env["USERPROFILE"];
  const inHome = home === undefined ? [] : [
    `${home}/.local/bin`,
    `${home}/.claude/local`,
    `${home}/.npm-global/bin`,
    `${home}/.bun/bin`,
    `${home}/.volta/bin`,
  ];
  if (!IS_WINDOWS) return [...inHome, "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"];
  const appData = env["APPDATA"];
  return appData === undefined ? inHome : [...inHome, `${appData}/npm`];
}

/** Returns the file names that an executable called `name` can have. */
function fileNames(name: string): string[] {
  return IS_WINDOWS ? [`${name}.exe`, `${name}.cmd`, name] : [name];
}

const INSTALL_HINT = "install it with: npm install -g @anthropic-ai/claude-code, " +
  "or name it with --claude PATH or CCRUN_CLAUDE";

const OTHER_NAME_HINT =
  "correct the name, or leave it out to search PATH and the install directories";

const HOME_HINT = "~ is not read as your home directory there: use the full path, as /home/me/...";

function executableHint(path: string): string {
  return `if it is the right one: chmod +x ${shellQuote(path)}`;
}

function notFoundError({ path, source = "--claude", env }: FindClaudeOptions): CcrunError {
  const searched = `PATH (${env["PATH"] ?? "not set"})`;
  if (path !== undefined) {
    const message = `${source} names ${path}, which is not in ${searched}`;
    return new CcrunError("not_found", message, OTHER_NAME_HINT);
  }
  const directories = installDirectories(env).join(", ");
  return new CcrunError(
    "not_found",
    `Claude Code is not installed: no claude in ${searched}, nor in ${directories}`,
    INSTALL_HINT,
  );
}
