import { isInlineJson } from "../../util/json.ts";
import { shellQuote } from "../../util/shell_quote.ts";
import { type CommandLine, isVariable, type OptionValue } from "../command_line.ts";
import type { OptionSpec } from "../option_spec.ts";
import { OPTIONS, withDashes } from "../options.ts";

/** Options whose value can have secrets in it. */
const SECRET_OPTIONS = ["settings", "mcp-config", "agents", "api-url"];

/** Options that only show what a batch would do. */
const PREVIEW_OPTIONS = ["dry-run"];

/** Returns the command that continues a batch. Tasks on stdin have to be piped to it again. */
export function batchCommandText({ positionals, options, passthrough }: CommandLine): string {
  const words = OPTIONS.flatMap((spec) => {
    const option = options.get(spec.name);
    // The shell still has the variables.
    const isLeftOut = option === undefined || isVariable(option.source) ||
      PREVIEW_OPTIONS.includes(spec.name);
    return isLeftOut ? [] : optionWords(spec, option);
  });
  const rest = passthrough.length === 0 ? [] : ["--", ...passthrough.map(passthroughWord)];
  const command = ["ccrun", "batch", ...positionals.map(shellQuote), ...words, ...rest].join(" ");
  return positionals.includes("-") ? `... | ${command}` : command;
}

function optionWords(spec: OptionSpec, { values }: OptionValue): string[] {
  const { name, valueName, isValueOptional } = spec;
  return values.flatMap((value) => {
    if (valueName === undefined) return [withDashes(value === "1" ? name : `no-${name}`)];
    if (isValueOptional) {
      return [value === "" ? withDashes(name) : shellQuote(`${withDashes(name)}=${value}`)];
    }
    if (SECRET_OPTIONS.includes(name) && canHaveSecret(value)) return [withDashes(name), "..."];
    // Alone, it would be read as another option.
    return value.startsWith("-")
      ? [shellQuote(`${withDashes(name)}=${value}`)]
      : [withDashes(name), shellQuote(value)];
  });
}

/** Claude has options whose value is JSON, such as `--settings`. */
function passthroughWord(arg: string): string {
  const [, option = "", value = ""] = /^(--[\w-]{1,100}=)?([^]*)$/.exec(arg) ?? [];
  return isInlineJson(value) ? `${option}...` : shellQuote(arg);
}

function canHaveSecret(value: string): boolean {
  const { username, password, search } = URL.parse(value) ?? {};
  return isInlineJson(value) || Boolean(username || password || search);
}
