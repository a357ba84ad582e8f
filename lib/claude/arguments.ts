import { describeReadError } from "../util/file_errors.ts";
import { CcrunError } from "../errors.ts";
import { resolve } from "@std/path";
import type { ClaudeOptions, SessionTarget } from "./options.ts";
import { shellQuote } from "../util/shell_quote.ts";
import { isObject } from "./json_fields.ts";
import type { PrivateFiles } from "./private_files.ts";

/**
 * A text longer than this goes through a file: argv is no place for long values
 * (they show in `ps`, and Linux refuses an argument of 128 KiB).
 */
const MAX_INLINE_LENGTH = 4096;

/** The longest argument that Linux takes, its final NUL included. */
const MAX_ARGUMENT_BYTES = 128 * 1024 - 1;

/** Whether a settings or MCP value is JSON rather than a file's name. */
function isInline(value: string): boolean {
  return value.trimStart().startsWith("{");
}

/** How to mend a value that is to be JSON, or the file that it names. */
export function jsonHint(value: string): string {
  return isInline(value)
    ? "correct it (a shell leaves it as it is in single quotes), or name a file"
    : `see where it is wrong: jq . ${shellQuote(value)}`;
}

/** Reads an object from JSON, which is `value` itself or in the file that it names. */
function parseObject(json: string, what: string, value: string): { [key: string]: unknown } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    const why = (error as Error).message;
    throw new CcrunError("usage", `${what} is not JSON: ${why}`, jsonHint(value));
  }
  if (!isObject(parsed)) {
    throw new CcrunError("usage", `${what} is not a JSON object`, "it has to be one, as {...}");
  }
  return { ...parsed };
}

/** The object in a file that an option names. */
async function readObject(option: string, path: string): Promise<{ [key: string]: unknown }> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new CcrunError(
      "usage",
      `cannot read ${option} ${path}: ${describeReadError(error)}`,
      "name another file, or give the JSON itself as {...}",
    );
  }
  return parseObject(text, `${option} ${path}`, path);
}

/** The path of a file that claude is to read. A pipe can be read once: what was in it goes on in a file. */
async function fileFor(
  option: string,
  path: string,
  name: string,
  files: PrivateFiles,
): Promise<string> {
  const content = await readObject(option, path);
  const { isFile } = await Deno.stat(path);
  return isFile ? path : await files.write(name, JSON.stringify(content));
}

/** The value of claude's --settings: a file's path, or undefined when nothing is set. */
async function settingsFile(
  agent: ClaudeOptions,
  place: SessionTarget,
  from: string,
  files: PrivateFiles,
): Promise<string | undefined> {
  const { settings, settingsSource: source = "--settings" } = agent;
  const { plansDirectory } = place;
  const isJson = settings !== undefined && isInline(settings);
  if (settings !== undefined && !isJson && plansDirectory === undefined) {
    return await fileFor(source, resolve(from, settings), "settings.json", files);
  }
  if (settings === undefined && plansDirectory === undefined) return undefined;
  const own = settings === undefined
    ? {}
    : isJson
    ? parseObject(settings, source, settings)
    : await readObject(source, resolve(from, settings));
  if (plansDirectory !== undefined) own["plansDirectory"] = resolve(from, plansDirectory);
  return await files.write("settings.json", JSON.stringify(own));
}

/** An option with a text that may be long: inline, or through claude's `-file` option. */
async function promptOption(
  option: string,
  text: string,
  files: PrivateFiles,
): Promise<string> {
  if (text.length <= MAX_INLINE_LENGTH) return `${option}=${text}`;
  return `${option}-file=${await files.write(`${option.slice(2)}.txt`, text)}`;
}

/**
 * The arguments that claude is started with.
 *
 * @param from the directory that relative paths start from
 * @param files keeps what does not belong in argv
 * @throws {CcrunError} `usage` when a value cannot be passed on
 */
export async function claudeArguments(
  agent: ClaudeOptions,
  place: SessionTarget,
  from: string,
  files: PrivateFiles,
): Promise<string[]> {
  const args = [
    "-p",
    "--input-format=stream-json",
    "--output-format=stream-json",
    "--verbose",
  ];
  const add = (option: string, value: string | number | undefined) => {
    if (value !== undefined) args.push(`${option}=${value}`);
  };
  checkNumber("maxTurns", agent.maxTurns);
  checkNumber("maxBudgetUsd", agent.maxBudgetUsd);
  if (agent.partial) args.push("--include-partial-messages");
  add("--model", agent.model);
  add("--fallback-model", agent.fallbackModel);
  add("--max-turns", agent.maxTurns);
  add("--max-budget-usd", agent.maxBudgetUsd);
  add("--permission-mode", agent.permissionMode);
  if (agent.dangerouslySkipPermissions) args.push("--dangerously-skip-permissions");
  if (agent.systemPrompt !== undefined) {
    args.push(await promptOption("--system-prompt", agent.systemPrompt, files));
  }
  if (agent.appendSystemPrompt !== undefined) {
    args.push(await promptOption("--append-system-prompt", agent.appendSystemPrompt, files));
  }
  const settings = await settingsFile(agent, place, from, files);
  // In two arguments: 2.0.25 passes over `--settings=FILE` without a word.
  if (settings !== undefined) args.push("--settings", settings);
  add("--json-schema", agent.jsonSchema);
  for (const tool of agent.allowedTools ?? []) args.push(`--allowedTools=${tool}`);
  for (const tool of agent.disallowedTools ?? []) args.push(`--disallowedTools=${tool}`);
  for (const [index, config] of (agent.mcpConfig ?? []).entries()) {
    const name = `mcp-${index + 1}.json`;
    const source = agent.mcpConfigSource ?? "--mcp-config";
    if (isInline(config)) {
      parseObject(config, source, config);
      add("--mcp-config", await files.write(name, config));
    } else {
      const path = resolve(from, config);
      add("--mcp-config", await fileFor(source, path, name, files));
    }
  }
  for (const dir of place.allowedDirs ?? []) add("--add-dir", resolve(from, dir));
  add("--session-id", agent.newSessionId);
  add("--resume", place.resume);
  if (place.continueLast) args.push("--continue");
  if (place.fork) args.push("--fork-session");
  args.push(...agent.extraArgs ?? []);
  for (const arg of args) checkArgument(arg);
  return args;
}

/** claude takes what is no limit for none. */
function checkNumber(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return;
  throw new CcrunError("usage", `${name} must be a number above 0, not ${value}`);
}

function checkArgument(arg: string): void {
  const option = arg.startsWith("--") ? arg.split("=", 1)[0] : "an option";
  if (arg.includes("\0")) {
    throw new CcrunError("usage", `${option} has a NUL character in its value`);
  }
  if (new TextEncoder().encode(arg).length > MAX_ARGUMENT_BYTES) {
    throw new CcrunError(
      "usage",
      `${option} is longer than an argument can be (${MAX_ARGUMENT_BYTES} bytes)`,
      "shorten it",
    );
  }
}
