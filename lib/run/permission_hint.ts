import { dirname } from "@std/path/dirname";
import { resolve } from "@std/path/resolve";
import { editsFiles, filePathOf, readsFiles, type ToolInput } from "../claude/tools.ts";
import { shellQuote } from "../util/shell_quote.ts";
import { bashRules, simpleCommands, withoutQuoted } from "./bash_rules.ts";
import { isBroad, isInside, isSensitive, outsideDirectories } from "./outside_path.ts";

/**
 * Returns the options of ccrun that would have allowed a denied call, and as little else as possible. If
 * they would allow much more, a sentence says so.
 *
 * @param name the tool
 * @param input what the tool was called with, as far as it is known
 * @param cwd the workspace, if it is known
 * @param home the home directory, which contains keys and settings, if it is known
 *
 * @example
 * ```ts
 * import { permissionHint } from "./permission_hint.ts";
 *
 * console.log(permissionHint("Bash", { command: "npm test" }, "/home/ada/project"));
 * // --allowed-tools 'Bash(npm test:*)'
 * ```
 */
export function permissionHint(
  name: string,
  input: ToolInput,
  cwd: string | undefined,
  home?: string,
): string {
  if (name === "unknown") return "the name of the tool is not known";
  if (name === "Bash") return bashHint(input, cwd, home);
  if (name === "WebFetch") return webHint(input);
  if (editsFiles(name) || readsFiles(name)) return fileHint(name, filePathOf(input), cwd, home);
  return RUNS_COMMANDS.has(name) ? wideHint(name) : allowOption(name);
}

/** Tools other than Bash whose calls can run any program. */
const RUNS_COMMANDS: ReadonlySet<string> = new Set(["Monitor", "PowerShell", "REPL"]);

const ACCEPT_EDITS = "--permission-mode acceptEdits";

function allowOption(rule: string): string {
  return `--allowed-tools ${shellQuote(rule)}`;
}

function addOption(directory: string): string {
  return `--add-dir ${shellQuote(directory)}`;
}

/** Returns what to say if only the tool as a whole can be allowed. */
function wideHint(name: string): string {
  return `${name}: no rule allows only this call; ${allowOption(name)} would allow every call`;
}

/** Redirections that write no file. */
const HARMLESS_REDIRECTION = /\d*>&\d|&?\d*>+\s*\/dev\/null\b/g;

function bashHint(
  { command }: ToolInput,
  cwd: string | undefined,
  home: string | undefined,
): string {
  const rules = typeof command === "string" ? bashRules(command) : undefined;
  if (typeof command !== "string" || rules === undefined) return wideHint("Bash");
  const text = command.replaceAll(HARMLESS_REDIRECTION, " ");
  const directories = cwd === undefined ? [] : outsideDirectories(pathsIn(text), cwd, home);
  if (directories === undefined) return wideHint("Bash");
  return [
    ...rules.map(allowOption),
    ...directories.map(addOption),
    ...(withoutQuoted(text).includes(">") ? [ACCEPT_EDITS] : []),
  ].join(" ");
}

/** Returns the arguments of commands that look like paths. */
function pathsIn(commands: string): string[] {
  const words = simpleCommands(commands).flatMap((command) => command.split(/[\s<>]+/).slice(1));
  return words.filter((word) => /^(?:\.{0,2}\/|~|\.\.$)/.test(word));
}

/** Characters of a path that have no meaning in a rule. */
const PLAIN_PATH = /^\/[\p{L}\p{N}\w ,./@+=~-]*$/u;

/** Returns the options for a file. Inside the workspace, the model may have to edit more than one. */
function fileHint(
  name: string,
  path: string | undefined,
  cwd: string | undefined,
  home: string | undefined,
): string {
  const isEdit = editsFiles(name);
  if (isEdit && (path === undefined || cwd === undefined || isInside(path, cwd))) {
    return ACCEPT_EDITS;
  }
  if (path === undefined || cwd === undefined) return wideHint(name);
  const file = resolve(cwd, path);
  if (isBroad(file, cwd, home)) return `${name}: no narrow option allows this call`;
  // Two slashes begin an absolute path.
  if (PLAIN_PATH.test(file)) return allowOption(`${isEdit ? "Edit" : "Read"}(/${file})`);
  const directory = dirname(file);
  if (isBroad(directory, cwd, home) || isSensitive(directory)) {
    return `${name}: no narrow option allows this call`;
  }
  return [addOption(directory), ...(isEdit ? [ACCEPT_EDITS] : [])].join(" ");
}

/** A host in a rule. An asterisk would be a wildcard. */
const HOST = /^[\w.-]+$/;

function webHint({ url }: ToolInput): string {
  const host = typeof url === "string" ? URL.parse(url)?.hostname : undefined;
  return host !== undefined && HOST.test(host)
    ? allowOption(`WebFetch(domain:${host})`)
    : wideHint("WebFetch");
}
