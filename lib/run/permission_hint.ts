import { dirname } from "@std/path/dirname";
import { resolve } from "@std/path/resolve";
import { editsFiles, filePathOf, readsFiles, type ToolInput } from "../claude/tools.ts";
import { shellQuote } from "../util/shell_quote.ts";

/**
 * Returns the options of ccrun that would have allowed a denied call.
 *
 * @param name the tool
 * @param input what the tool was called with, as far as it is known
 * @param cwd the workspace, whose files need no `--add-dir`
 *
 * @example
 * ```ts
 * import { permissionHint } from "./permission_hint.ts";
 *
 * console.log(permissionHint("Bash", { command: "git log" }, "/project"));
 * // --allowed-tools 'Bash(git log:*)'
 * ```
 */
export function permissionHint(
  name: string,
  input: ToolInput,
  cwd: string | undefined,
): string {
  if (name === "Bash") return bashOptions(input, cwd).join(" ");
  if (name === "WebFetch") return allowOption(webRule(input));
  const options = [];
  if (editsFiles(name) || readsFiles(name)) {
    const directory = outsideDirectory(filePathOf(input), cwd);
    if (directory !== undefined) options.push(addOption(directory));
  }
  if (editsFiles(name)) options.push("--permission-mode acceptEdits");
  return options.join(" ") || allowOption(name);
}

function allowOption(rule: string): string {
  return `--allowed-tools ${shellQuote(rule)}`;
}

function addOption(directory: string): string {
  return `--add-dir ${shellQuote(directory)}`;
}

/** Returns the directory of a file, unless the workspace contains the file. */
function outsideDirectory(path: string | undefined, cwd: string | undefined): string | undefined {
  if (path === undefined || cwd === undefined) return undefined;
  const workspace = resolve(cwd);
  const file = resolve(workspace, path);
  const prefix = workspace.endsWith("/") ? workspace : `${workspace}/`;
  const isInside = file === workspace || file.startsWith(prefix);
  if (isInside) return undefined;
  const directory = dirname(file);
  // What is directly below the root is a directory itself.
  return directory === "/" ? file : directory;
}

function webRule({ url }: ToolInput): string {
  const host = typeof url === "string" ? URL.parse(url)?.hostname : undefined;
  return host ? `WebFetch(domain:${host})` : "WebFetch";
}

/** Characters that make a shell command more than a list of simple commands. */
const NOT_SIMPLE = /[`$(){}<>\n\\'"~*?[]/;

/** A command in the background, which no rule for a command allows. */
const BACKGROUND = /(?<!&)&(?!&)/;

/** Programs that no rule for a command allows: `cd` moves the paths that follow, `find` can delete. */
const NEED_ALL_OF_BASH: ReadonlySet<string | undefined> = new Set(["cd", "find"]);

/** The longest rules that a hint repeats. */
const MAX_RULES_LENGTH = 60;

/** Returns the options that allow each simple command of a shell command, or else all of Bash. */
function bashOptions({ command }: ToolInput, cwd: string | undefined): string[] {
  const all = [allowOption("Bash")];
  if (typeof command !== "string" || NOT_SIMPLE.test(command)) return all;
  if (BACKGROUND.test(command)) return all;
  const parts = command.split(/&&|[;|]+/).map((part) => part.trim().split(/\s+/));
  const commands = parts.filter(([program]) => program !== "");
  const rules = [...new Set(commands.map(bashRule))];
  if (rules.length === 0 || rules.join("").length > MAX_RULES_LENGTH) return all;
  if (commands.some(([program]) => NEED_ALL_OF_BASH.has(program))) return all;
  const paths = commands.flatMap(([, ...words]) => words.filter((word) => /^\.{0,2}\//.test(word)));
  const directories = paths.map((path) => outsideDirectory(path, cwd))
    .filter((directory) => directory !== undefined);
  return [...rules.map(allowOption), ...new Set(directories.map(addOption))];
}

/** Programs that do different things by their first argument, so that a rule has to name it. */
const WITH_SUBCOMMANDS: ReadonlySet<string> = new Set(
  "bun cargo deno docker gh git go kubectl make npm npx pip pnpm uv yarn".split(" "),
);

function bashRule([program = "", argument = ""]: readonly string[]): string {
  const isSubcommand = WITH_SUBCOMMANDS.has(program) && /^[a-z][\w:-]*$/.test(argument);
  return `Bash(${isSubcommand ? `${program} ${argument}` : program}:*)`;
}
