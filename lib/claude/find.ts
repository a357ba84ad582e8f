import { CcrunError } from "../errors.ts";
import { shellQuote } from "../util/shell_quote.ts";
import type { Env } from "../util/env.ts";

/** Options of {@linkcode findClaude}. */
export interface FindClaudeOptions {
  /** Which one the caller wants: a path, or a name to be found in PATH. */
  path?: string | undefined;
  /** How the caller said so, for messages. @default {"--claude"} */
  source?: string | undefined;
  /** The environment that PATH and HOME are taken from. */
  env: Env;
  /** The directory that relative paths start from. */
  cwd: string;
}

const isWindows = Deno.build.os === "windows";

/** How to get Claude Code, said where it is missing. */
const INSTALL_HINT =
  "install it with: npm install -g @anthropic-ai/claude-code, or name it with --claude PATH or CCRUN_CLAUDE";

/** What to do where one is named that is not there. */
const OTHER_HINT =
  "correct the name, or leave it out: then claude is looked for in PATH and where it is installed";

/** The same where the home is named in a way that only a shell knows. */
const HOME_HINT = "~ is not read as your home there: give the whole path, as /home/me/...";

function executableHint(path: string): string {
  return `if it is the right one: chmod +x ${shellQuote(path)}`;
}

/** Names that an executable called `name` can have here. */
function fileNames(name: string): string[] {
  return isWindows ? [`${name}.exe`, `${name}.cmd`, name] : [name];
}

/** Where the installers put claude, for callers whose PATH does not have it (cron, CI). */
function installPlaces(env: FindClaudeOptions["env"]): string[] {
  const home = env["HOME"] ?? env["USERPROFILE"];
  const inHome = home === undefined ? [] : [
    `${home}/.local/bin`,
    `${home}/.claude/local`,
    `${home}/.npm-global/bin`,
    `${home}/.bun/bin`,
    `${home}/.volta/bin`,
  ];
  const appData = env["APPDATA"];
  const system = isWindows
    ? (appData === undefined ? [] : [`${appData}/npm`])
    : ["/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"];
  return [...inHome, ...system];
}

type Look = "executable" | "directory" | "not_executable" | "missing";

async function look(path: string): Promise<Look> {
  try {
    const { isDirectory, mode } = await Deno.stat(path);
    if (isDirectory) return "directory";
    // Any execute bit: whether it is ours the OS says when it starts it.
    return isWindows || mode === null || (mode & 0o111) !== 0 ? "executable" : "not_executable";
  } catch {
    return "missing";
  }
}

function isPath(name: string): boolean {
  return name.includes("/") || (isWindows && name.includes("\\"));
}

function absolute(path: string, cwd: string): string {
  return path.startsWith("/") || /^[A-Za-z]:/.test(path) ? path : `${cwd}/${path}`;
}

/**
 * Finds the executable of Claude Code: the one that is asked for, else in PATH,
 * else where its installers put it.
 *
 * @returns its absolute path
 * @throws {CcrunError} `not_found`, with where it looked, or `not_executable`
 */
export async function findClaude(options: FindClaudeOptions): Promise<string> {
  const { path, env, cwd } = options;
  const source = options.source ?? "--claude";
  if (path !== undefined && isPath(path)) {
    const file = absolute(path, cwd);
    const found = await look(file);
    if (found === "executable") return file;
    if (found === "missing") {
      throw new CcrunError(
        "not_found",
        `${source} names ${path}, which does not exist`,
        path.startsWith("~/") ? HOME_HINT : OTHER_HINT,
      );
    }
    throw new CcrunError(
      "not_executable",
      found === "directory"
        ? `${source} names ${path}, which is a directory`
        : `${source} names ${path}, which is not executable`,
      found === "directory" ? "name the executable in it" : executableHint(path),
    );
  }
  const separator = isWindows ? ";" : ":";
  const inPath = (env["PATH"] ?? env["Path"] ?? "").split(separator).filter((dir) => dir !== "")
    .map((dir) => absolute(dir, cwd));
  const places = path === undefined ? installPlaces(env) : [];
  let rejected: string | undefined;
  for (const dir of new Set([...inPath, ...places])) {
    for (const name of fileNames(path ?? "claude")) {
      const file = `${dir}/${name}`;
      const found = await look(file);
      if (found === "executable") return file;
      if (found === "not_executable") rejected ??= file;
    }
  }
  if (rejected !== undefined) {
    throw new CcrunError(
      "not_executable",
      `${rejected} is not executable`,
      executableHint(rejected),
    );
  }
  throw new CcrunError(
    "not_found",
    path === undefined
      ? `Claude Code is not installed: no claude in PATH (${env["PATH"] ?? "not set"}), nor in ${
        places.join(", ")
      }`
      : `${source} names ${path}, which is not in PATH (${env["PATH"] ?? "not set"})`,
    path === undefined ? INSTALL_HINT : OTHER_HINT,
  );
}
