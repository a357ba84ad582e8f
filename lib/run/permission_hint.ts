import { dirname, isAbsolute } from "@std/path";
import { getNonEmptyString, isObject } from "../claude/json_fields.ts";
import { shellQuote } from "../util/shell_quote.ts";

/** What makes a shell command more than a list of simple commands. */
const NOT_SIMPLE = /[`$(){}<>\n\\'"]/;

/** The longest rule that is suggested; a longer one is nobody's to read. */
const MAX_RULE_LENGTH = 60;

/** How the result of a tool use begins that a hook refused, which no option overrules. */
const HOOK_REFUSAL =
  /^(?:Error: )?(?:\w+:\S+ hook error\b|Hook (?:requested permission behavior|\w+:\S+ denied this tool)\b)/;

/** Whether a refused tool use was refused by a hook, as its result tells. */
export function isHookRefusal(said: string | undefined): boolean {
  return said !== undefined && HOOK_REFUSAL.test(said);
}

/** Programs whose first argument says what they do, so that a rule for all of it would allow too much. */
const WITH_SUBCOMMANDS: ReadonlySet<string> = new Set(
  "bun cargo deno docker gh git go kubectl make npm npx pip pnpm uv yarn".split(" "),
);

/** The rule that would allow a simple command. */
function bashRule(command: string): string {
  const [program = "", argument = ""] = command.split(/\s+/);
  const isSubcommand = WITH_SUBCOMMANDS.has(program) && /^[a-z][\w:-]*$/.test(argument);
  return `Bash(${isSubcommand ? `${program} ${argument}` : program}:*)`;
}

/** The rules that would allow a shell command: one for each simple command in it. */
function bashRules(command: string): string[] {
  if (NOT_SIMPLE.test(command)) return ["Bash"];
  const parts = command.split(/&&|\|\||[;|&]/).map((part) => part.trim());
  const rules = [...new Set(parts.filter((part) => part !== "").map(bashRule))];
  return rules.length > 0 && rules.join("").length <= MAX_RULE_LENGTH ? rules : ["Bash"];
}

function hostOf(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    return undefined;
  }
}

/**
 * The options of ccrun that would have allowed a tool use that was refused.
 *
 * @param name the tool
 * @param input its input, as far as it is known
 * @param cwd the workspace, in which files need no `--add-dir`
 *
 * @example
 * ```ts
 * import { permissionHint } from "./permission_hint.ts";
 *
 * console.log(permissionHint("Bash", { command: "git log" }, "/project"));
 * // --allowed-tools 'Bash(git log:*)'
 * ```
 */
export function permissionHint(name: string, input: unknown, cwd: string | undefined): string {
  const from = isObject(input) ? input : {};
  const allow = (rule: string) => `--allowed-tools ${shellQuote(rule)}`;
  switch (name) {
    case "Bash":
      return bashRules(getNonEmptyString(from, "command") ?? "").map(allow).join(" ");
    case "WebFetch": {
      const host = hostOf(getNonEmptyString(from, "url") ?? "");
      return allow(host === undefined ? name : `${name}(domain:${host})`);
    }
    case "Read":
    case "Grep":
    case "Glob":
    case "Edit":
    case "MultiEdit":
    case "NotebookEdit":
    case "Write": {
      const path = getNonEmptyString(from, "file_path") ??
        getNonEmptyString(from, "notebook_path") ??
        getNonEmptyString(from, "path");
      const isOutside = path !== undefined && isAbsolute(path) && cwd !== undefined &&
        path !== cwd && !path.startsWith(`${cwd}/`);
      const dir = isOutside ? `--add-dir ${shellQuote(dirname(path))}` : undefined;
      const isReading = name === "Read" || name === "Grep" || name === "Glob";
      const mode = isReading ? undefined : "--permission-mode acceptEdits";
      return [dir, mode].filter((part) => part !== undefined).join(" ") || allow(name);
    }
  }
  return allow(name);
}
