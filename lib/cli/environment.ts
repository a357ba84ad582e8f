import { RUN_TOKEN_VARIABLE } from "../process/run_token.ts";
import type { Env } from "../util/env.ts";
import type { CommandLine, OptionValue } from "./command_line.ts";
import { FORWARDER_VARIABLE } from "./forwarded_signals.ts";
import { type OptionSpec, VARIABLE_PREFIX, variableName } from "./option_spec.ts";
import { OPTIONS } from "./options.ts";
import { nearestName } from "../util/nearest_name.ts";
import { isInlineJson } from "../util/json.ts";
import { usageError } from "./usage_error.ts";

/** The result of {@linkcode addEnvironment}. */
export interface CommandLineWithEnvironment {
  readonly commandLine: CommandLine;
  /** Warnings about unknown variables. */
  readonly warnings: readonly string[];
}

/** The tests of ccrun use variables of their own. */
const TEST_PREFIX = `${VARIABLE_PREFIX}TEST_`;

const SPECS_BY_VARIABLE = new Map<string, OptionSpec>();
for (const spec of OPTIONS) {
  if (spec.variable !== undefined) SPECS_BY_VARIABLE.set(spec.variable, spec);
}

/**
 * Adds the options that CCRUN_ variables set. The command line takes precedence.
 *
 * @throws {CcrunError} `usage` if the variable of a switch is neither 1 nor 0
 */
export function addEnvironment(commandLine: CommandLine, env: Env): CommandLineWithEnvironment {
  const { command } = commandLine;
  const options = new Map<string, OptionValue>(commandLine.options);
  const warnings: string[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(VARIABLE_PREFIX) || variable.startsWith(TEST_PREFIX)) continue;
    if (variable === RUN_TOKEN_VARIABLE || variable === FORWARDER_VARIABLE) continue;
    const spec = SPECS_BY_VARIABLE.get(variable);
    if (spec === undefined) {
      warnings.push(`unknown variable ${variable}; ${suggestVariable(variable)}`);
    } else if (value !== "" && !options.has(spec.name) && spec.commands.includes(command)) {
      options.set(spec.name, { values: valuesOf(spec, variable, value), source: variable });
    }
  }
  return { commandLine: { ...commandLine, options }, warnings };
}

function valuesOf(spec: OptionSpec, variable: string, value: string): string[] {
  if (spec.valueName === undefined && value !== "1" && value !== "0") {
    throw usageError(
      `${variable} must be 1 or 0, not ${JSON.stringify(value)}`,
      `set ${variable}=1, or unset it`,
    );
  }
  return spec.isRepeatable ? value.split("\n").filter((item) => item !== "") : [value];
}

/** The options whose value can be JSON with secrets, for example of an MCP server. */
const CONFIG_OPTIONS = ["settings", "mcp-config"].map(variableName);

/**
 * Returns the environment for claude: without JSON in the variables of ccrun, which claude gets in
 * files. Its tools would have the secrets in it.
 */
export function withoutInlineConfig(env: Env): Env {
  const hasJson = ([name, value]: [string, string]) =>
    CONFIG_OPTIONS.includes(name) && value.split("\n").some(isInlineJson);
  return Object.fromEntries(Object.entries(env).filter((variable) => !hasJson(variable)));
}

function suggestVariable(variable: string): string {
  const name = variable.slice(VARIABLE_PREFIX.length);
  if (name === "JSON") return "did you mean CCRUN_FORMAT=json?";
  if (name === "QUIET") return "did you mean CCRUN_FORMAT=text?";
  const option = OPTIONS.find((spec) => variableName(spec.name) === variable);
  if (option !== undefined) return `it is ignored; use the option --${option.name}`;
  const names = [...SPECS_BY_VARIABLE.keys()].map((known) => known.slice(VARIABLE_PREFIX.length));
  const nearest = nearestName(name, names);
  return nearest === undefined ? "it is ignored" : `did you mean ${VARIABLE_PREFIX}${nearest}?`;
}
