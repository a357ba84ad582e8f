/**
 * Permission rules for shell commands. A rule without `:*` allows exactly one command.
 *
 * @module
 */

/**
 * Commands whose rule may end with `:*`. They run no other program, whatever their arguments are, and
 * Claude Code checks the paths that they change. Most others can do more than they were asked for: shells,
 * interpreters and wrappers (`bash`, `python3`, `sudo`, `env`, `xargs`, `timeout`), programs with an option
 * for a command (`find -exec`, `git -c`, `tar`, `sort`, `rg`), package managers and build tools, and what
 * deletes or sends files (`rm`, `curl`, `ssh`).
 */
const CONFINED: ReadonlySet<string> = new Set([
  "cat",
  "cp",
  "git add",
  "git commit",
  "git status",
  "head",
  "ls",
  "mkdir",
  "mv",
  "tail",
  "touch",
  "wc",
]);

/**
 * Commands that run what the project contains. An exact rule allows whatever the project contains by then,
 * so one that ends with `:*` allows little more, and a second attempt with other arguments needs no new run.
 */
const RUNS_PROJECT: ReadonlySet<string> = new Set([
  "bun test",
  "cargo build",
  "cargo check",
  "cargo clippy",
  "cargo test",
  "deno test",
  "go build",
  "go test",
  "go vet",
  "npm test",
  "pnpm test",
  "yarn test",
]);

/**
 * What makes a rule wider than it looks, ends it, or what no rule allows: wildcards, parentheses, hidden
 * characters, and backticks.
 */
const NOT_IN_RULES = /[*()`\p{C}\p{Zl}\p{Zp}]/u;

/** A command in the background, which no rule allows. */
const BACKGROUND = /(?<![&>])&(?![&>])/;

/** Strings in which the shell replaces nothing. */
const QUOTED = /'[^']*'|"[^"\\$`]*"/g;

/** Characters that can hide an operator, so that a command cannot be divided. */
const QUOTING = /['"$\\{}#]/;

const OPERATORS = /&&|\|\|?|;/;

/** A part that is not the start of a simple command. */
const NOT_SIMPLE = /^(?:(?:case|do|else|for|if|then|until|while)\b|[^\w./-]|\S*=)/;

/** The longest rules that a hint repeats. */
const MAX_LENGTH = 200;

/**
 * Returns the rules that allow a shell command and as little else as possible.
 *
 * @returns undefined if no rule allows only this command
 *
 * @example
 * ```ts
 * import { bashRules } from "./bash_rules.ts";
 *
 * console.log(bashRules("ls src")); // ["Bash(ls:*)"]
 * console.log(bashRules("npm test && make")); // ["Bash(npm test && make)"]
 * console.log(bashRules("npm test | tail -5")); // ["Bash(npm test:*)", "Bash(tail:*)"]
 * ```
 */
export function bashRules(command: string): readonly string[] | undefined {
  const text = command.trim();
  if (text === "" || text.length > MAX_LENGTH) return undefined;
  if (NOT_IN_RULES.test(text) || BACKGROUND.test(text)) return undefined;
  const unquoted = withoutQuoted(text);
  const canDivide = !QUOTING.test(unquoted) || !OPERATORS.test(unquoted);
  const parts = canDivide ? simpleCommands(unquoted) : [];
  if (parts.length > 0 && parts.every(hasPrefixRule)) return [...new Set(parts.map(ruleFor))];
  // A rule for the whole command does not cover what it pipes into.
  if (!text.includes("|")) return [exactRule(text)];
  const isDivided = unquoted === text && parts.length > 1 &&
    !parts.some((part) => NOT_SIMPLE.test(part));
  return isDivided ? [...new Set(parts.map(ruleFor))] : undefined;
}

/** Returns a command with a letter in place of each quoted string, which can contain anything. */
export function withoutQuoted(command: string): string {
  return command.replaceAll(QUOTED, "Q");
}

/** Returns the simple commands of a command without quotes. */
export function simpleCommands(command: string): string[] {
  return command.split(OPERATORS).map((part) => part.trim()).filter((part) => part !== "");
}

function hasPrefixRule(command: string): boolean {
  return rulePrefix(command) !== undefined;
}

/** Returns the name of a command whose rule allows any arguments. */
function rulePrefix(command: string): string | undefined {
  const [program = "", subcommand = ""] = command.split(/\s+/);
  return [program, `${program} ${subcommand}`]
    .find((prefix) => CONFINED.has(prefix) || RUNS_PROJECT.has(prefix));
}

function ruleFor(command: string): string {
  const prefix = rulePrefix(command);
  return prefix === undefined ? exactRule(command) : `Bash(${prefix}:*)`;
}

function exactRule(command: string): string {
  return `Bash(${command})`;
}
