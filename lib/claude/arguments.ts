import { resolve } from "@std/path/resolve";
import { CcrunError } from "../errors.ts";
import { readInputFile } from "../util/bounded_file.ts";
import { describeReadError } from "../util/file_errors.ts";
import { jsonOptionFile } from "../util/json_option.ts";
import type { PrivateFiles } from "../util/private_files.ts";
import type { ClaudeOptions, SessionTarget } from "./options.ts";
import { permissionModeName } from "./permission_modes.ts";
import { isAtLeast } from "./version.ts";

/**
 * Returns the arguments that claude is started with.
 *
 * @param claude the options of Claude Code, with its settings in a file
 * @param target the workspace and the session
 * @param baseDirectory the directory that relative paths start from
 * @param files receives what must not be in argv, which all users can read
 * @param version the version of claude, if {@linkcode dependsOnVersion}; undefined if it is unknown
 * @throws {CcrunError} `usage` if a value cannot be passed on
 */
export async function claudeArguments(
  claude: ClaudeOptions,
  target: SessionTarget,
  baseDirectory: string,
  files: PrivateFiles,
  version?: string,
): Promise<string[]> {
  checkLimit("maxTurns", claude.maxTurns);
  checkLimit("maxBudgetUsd", claude.maxBudgetUsd);
  const paths = { baseDirectory, files };
  const args = [
    "-p",
    "--input-format=stream-json",
    "--output-format=stream-json",
    "--verbose",
    ...flag("--include-partial-messages", claude.partial),
    ...option("--model", claude.model),
    ...option("--fallback-model", claude.fallbackModel),
    ...option("--max-turns", claude.maxTurns),
    ...option("--max-budget-usd", claude.maxBudgetUsd),
    ...option(
      "--permission-mode",
      claude.permissionMode && permissionModeName(claude.permissionMode),
    ),
    ...flag("--dangerously-skip-permissions", claude.dangerouslySkipPermissions),
    ...promptOption("--system-prompt", claude.systemPrompt, files),
    ...await promptFileOption("--system-prompt-file", claude.systemPromptFile, paths),
    ...appendOption(claude.appendSystemPrompt, files, version),
    ...await promptFileOption("--append-system-prompt-file", claude.appendSystemPromptFile, paths),
    ...promptOption("--append-subagent-system-prompt", claude.appendSubagentSystemPrompt, files),
    ...agentsOption(claude.agents, files, version),
    // Two arguments, because 2.0.25 ignores `--settings=FILE`.
    ...(claude.settings === undefined ? [] : ["--settings", claude.settings]),
    // claude reads it only from argv.
    ...option("--json-schema", claude.jsonSchema),
    ...(claude.allowedTools ?? []).map((tool) => `--allowedTools=${tool}`),
    ...(claude.disallowedTools ?? []).map((tool) => `--disallowedTools=${tool}`),
    ...(claude.protectedPaths ?? []).flatMap(denyEdits),
    ...await mcpOptions(claude, baseDirectory, files),
    ...(target.allowedDirs ?? []).map((dir) => `--add-dir=${resolve(baseDirectory, dir)}`),
    ...option("--session-id", claude.newSessionId),
    ...option("--resume", target.resume),
    ...flag("--continue", target.continueLast),
    ...flag("--fork-session", target.fork),
    ...claude.extraArgs ?? [],
  ];
  args.forEach(checkArgument);
  return args;
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`${name}=${value}`];
}

function flag(name: string, isSet: boolean | undefined): string[] {
  return isSet ? [name] : [];
}

/** Returns an option whose value is a text, as the `-file` variant of the option. */
function promptOption(name: string, text: string | undefined, files: PrivateFiles): string[] {
  return text === undefined
    ? []
    : option(`${name}-file`, files.write(`${name.slice(2)}.txt`, text));
}

/** The first version that is known to have `--append-system-prompt-file`. 2.0.25 does not have it. */
const FIRST_WITH_APPEND_FILE = "2.1.0";

/** The first version that is known to read `--agents` from a file. 2.1.197 ignores a file. */
const FIRST_WITH_AGENTS_FILE = "2.1.330";

/** Returns whether {@linkcode claudeArguments} needs the version of claude. */
export function dependsOnVersion({ appendSystemPrompt, agents }: ClaudeOptions): boolean {
  return appendSystemPrompt !== undefined || agents !== undefined;
}

function appendOption(
  text: string | undefined,
  files: PrivateFiles,
  version: string | undefined,
): string[] {
  const name = "--append-system-prompt";
  return isAtLeast(version, FIRST_WITH_APPEND_FILE)
    ? promptOption(name, text, files)
    : option(name, text);
}

function agentsOption(
  agents: string | undefined,
  files: PrivateFiles,
  version: string | undefined,
): string[] {
  const isInFile = agents !== undefined && isAtLeast(version, FIRST_WITH_AGENTS_FILE);
  return option("--agents", isInFile ? files.write("agents.json", agents) : agents);
}

/** Returns an option with a file. A file that is not regular can be a pipe that only ccrun has. */
async function promptFileOption(
  name: string,
  path: string | undefined,
  { baseDirectory, files }: { baseDirectory: string; files: PrivateFiles },
): Promise<string[]> {
  if (path === undefined) return [];
  const absolute = resolve(baseDirectory, path);
  const text = await readInputFile(absolute).catch((error) => {
    const reason = describeReadError(error);
    throw new CcrunError("usage", `cannot read ${name} ${path}: ${reason}`, "name another file");
  });
  const { isFile } = await Deno.stat(absolute);
  return option(name, isFile ? absolute : files.write(`${name.slice(2)}.txt`, text));
}

async function mcpOptions(
  { mcpConfig = [], mcpConfigSource: source = "--mcp-config" }: ClaudeOptions,
  baseDirectory: string,
  files: PrivateFiles,
): Promise<string[]> {
  const args: string[] = [];
  for (const [index, value] of mcpConfig.entries()) {
    const json = { source, value, baseDirectory };
    const path = await jsonOptionFile(json, `mcp-${index + 1}.json`, files);
    args.push(`--mcp-config=${path}`);
  }
  return args;
}

/** Fails for a value that Claude Code would treat as no limit. */
function checkLimit(name: string, value: number | undefined): void {
  if (value === undefined || Number.isFinite(value) && value > 0) return;
  throw new CcrunError("usage", `${name} must be a number above 0, not ${value}`);
}

/** The longest argument that Linux accepts, without its final NUL. */
const MAX_ARGUMENT_BYTES = 128 * 1024 - 1;

function checkArgument(arg: string): void {
  const name = arg.startsWith("--") ? arg.split("=", 1)[0] : "an option";
  if (arg.includes("\0")) {
    throw new CcrunError("usage", `${name} has a NUL character in its value`);
  }
  if (new TextEncoder().encode(arg).length > MAX_ARGUMENT_BYTES) {
    throw new CcrunError(
      "usage",
      `${name} is longer than an argument can be (${MAX_ARGUMENT_BYTES} bytes)`,
      "shorten it",
    );
  }
}

/** Characters with a meaning in the patterns of permission rules. */
const PATTERN_CHARACTERS = /[\\*?[\]!#]/g;

/** Returns the arguments that deny the tools of claude to edit a file, or what is in a directory. */
function denyEdits(path: string): string[] {
  // In a rule, an absolute path begins with two slashes.
  const pattern = `/${path.replace(PATTERN_CHARACTERS, "\\$&")}`;
  return [`--disallowedTools=Edit(${pattern})`, `--disallowedTools=Edit(${pattern}/**)`];
}
