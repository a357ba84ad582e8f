import { basename } from "@std/path/basename";
import { dirname } from "@std/path/dirname";
import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { isPendingSessionId } from "../claude/session_id.ts";
import type { HostInfo } from "./host.ts";
import { type CommandLine, getSwitch, getText, isVariable, type Options } from "./command_line.ts";
import type { Format } from "./options.ts";
import { usageError } from "./usage_error.ts";
import { OUTPUT_FILE_OPTIONS } from "./validate.ts";

/** Returns the format of stdout. @throws {CcrunError} `usage` if the options ask for several */
export function resolveFormat(options: Options): Format {
  const shorthands = [["json", "json"], ["quiet", "text"]] as const;
  const requested = new Map<Format, string>();
  for (const [name, format] of shorthands) {
    const option = options.get(name);
    if (option !== undefined) requested.set(format, option.source);
  }
  const option = options.get("format");
  if (option !== undefined && !(isVariable(option.source) && requested.size > 0)) {
    const [format] = option.values;
    requested.set(format as Format, `${option.source} ${format}`);
  }
  if (requested.size > 1) {
    const [first, second] = requested.values();
    throw usageError(`${first} cannot be combined with ${second}`, "use one of them");
  }
  return [...requested.keys()][0] ?? "pretty";
}

/** Checks the options that select a session. @throws {CcrunError} `usage` for a conflict */
export function checkSessionOptions(options: Options): void {
  rejectConflict(options, "resume", "continue");
  const isResumed = options.has("resume") || options.has("continue");
  const fork = options.get("fork");
  if (fork !== undefined && !isResumed) {
    throw usageError(`${fork.source} needs a session`, "add --resume ID or --continue");
  }
  const resume = getText(options, "resume");
  const startsSession = !isResumed || fork !== undefined ||
    resume !== undefined && isPendingSessionId(resume);
  if (options.has("session-id") && !startsSession) {
    throw usageError(
      "--session-id needs a new session, but this one is resumed",
      "add --fork, or remove --session-id",
    );
  }
}

const SYSTEM_PROMPT_OPTIONS = [
  ["system-prompt", "system-prompt-file"],
  ["append-system-prompt", "append-system-prompt-file"],
] as const;

/** Returns the options without the system prompts that others override: claude ignores those. */
export function resolveSystemPrompts(options: Options): Options {
  const resolved = new Map(options);
  for (const [text, file] of SYSTEM_PROMPT_OPTIONS) {
    if (!options.has(text) || !options.has(file)) continue;
    resolved.delete(resolveConflict(options, text, file) === text ? file : text);
  }
  return resolved;
}

/** Returns the permission options that take effect. Skipping permissions overrides most modes. */
export function resolvePermissionMode(
  options: Options,
): { skip: boolean; mode: string | undefined } {
  const skip = getSwitch(options, "dangerously-skip-permissions") ?? false;
  const mode = getText(options, "permission-mode");
  if (!skip || mode === undefined || mode === "bypassPermissions") return { skip, mode };
  const winner = resolveConflict(options, "dangerously-skip-permissions", "permission-mode");
  return winner === "permission-mode" ? { skip: false, mode } : { skip, mode: undefined };
}

/** Returns the cleanup options that take effect. No process can outlive an isolated claude. */
export function resolveBackgroundPolicy(
  options: Options,
): { keepBackground: boolean | undefined; isolate: boolean | undefined } {
  const keepBackground = getSwitch(options, "keep-background");
  const isolate = getSwitch(options, "isolate");
  if (!keepBackground || !isolate) return { keepBackground, isolate };
  const keeps = resolveConflict(options, "keep-background", "isolate") === "keep-background";
  return { keepBackground: keeps, isolate: !keeps };
}

/** Rejects two options that exclude each other. @throws {CcrunError} `usage` if both are set */
function rejectConflict(options: Options, first: string, second: string): void {
  const [a, b] = [options.get(first), options.get(second)];
  if (a === undefined || b === undefined) return;
  throw usageError(
    `${a.source} cannot be combined with ${b.source}`,
    isVariable(a.source) && isVariable(b.source) ? "unset one of them" : "use one of them",
  );
}

/**
 * Returns which of two options that exclude each other takes effect. An argument takes precedence
 * over a variable.
 *
 * @throws {CcrunError} `usage` if both come from the same place
 */
function resolveConflict(options: Options, first: string, second: string): string {
  const isFromEnvironment = (name: string) => isVariable(options.get(name)?.source);
  if (isFromEnvironment(first) === isFromEnvironment(second)) {
    rejectConflict(options, first, second);
  }
  return isFromEnvironment(first) ? second : first;
}

/**
 * Checks that no file is named twice, because one would overwrite the other. A device such as /dev/null can
 * be named several times.
 *
 * @throws {CcrunError} `usage` for the first file that is named twice
 */
export async function checkDistinctFiles(
  { command, positionals, options }: CommandLine,
  host: HostInfo,
): Promise<void> {
  const named: [path: string, source: string][] = [];
  const recordings = command === "replay" ? new Set(positionals) : [];
  for (const path of recordings) {
    if (path !== "-") named.push([path, "the recording"]);
  }
  for (const path of new Set(options.get("image")?.values)) named.push([path, "--image"]);
  for (const name of ["prompt-file", ...OUTPUT_FILE_OPTIONS.keys()]) {
    const option = options.get(name);
    if (option !== undefined) named.push([option.values[0] ?? "", option.source]);
  }
  const sources = new Map<string, string>();
  for (const [path, source] of named) {
    const absolute = resolve(host.cwd, path);
    const file = await realFile(absolute);
    const other = sources.get(file);
    if (other !== undefined && !absolute.startsWith("/dev/")) {
      throw usageError(`${other} and ${source} are the same file`, "use different files");
    }
    sources.set(file, source);
  }
}

/** Returns a path without links. The file need not exist. */
async function realFile(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch {
    const directory = await Deno.realPath(dirname(path)).catch(() => dirname(path));
    return join(directory, basename(path));
  }
}
