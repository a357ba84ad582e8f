import { dirname } from "@std/path/dirname";
import { resolve } from "@std/path/resolve";
import { CcrunError } from "../errors.ts";
import { isInlineJson, isJsonObject, type JsonObject } from "../util/json.ts";
import { readJsonOption } from "../util/json_option.ts";
import { getObject } from "./json_fields.ts";
import type { ClaudeOptions, SessionTarget } from "./options.ts";

/**
 * Reads the settings that the caller passes with `--settings` and `--plans-dir`. They can then be in a file
 * in another directory.
 *
 * @param baseDirectory the directory that relative paths start from
 * @returns undefined if there are none
 * @throws {CcrunError} `usage` if they cannot be read, or would be passed twice
 */
export async function readSettingsOption(
  { settings, settingsSource: source = "--settings", extraArgs = [] }: ClaudeOptions,
  { plansDirectory }: Pick<SessionTarget, "plansDirectory">,
  baseDirectory: string,
): Promise<JsonObject | undefined> {
  if (extraArgs.some((arg) => /^--settings(=|$)/.test(arg))) {
    throw new CcrunError("usage", "extraArgs cannot contain --settings", "use the option settings");
  }
  const plans = plansDirectory === undefined
    ? undefined
    : { plansDirectory: resolve(baseDirectory, plansDirectory) };
  if (settings === undefined) return plans;
  const content = await readJsonOption({ source, value: settings, baseDirectory });
  const own = isInlineJson(settings)
    ? content
    : withAbsolutePaths(content, dirname(resolve(baseDirectory, settings)));
  return { ...own, ...plans };
}

/** Merges settings. The overrides take precedence, and variables are merged by name. */
export function mergeSettings(settings: JsonObject, overrides: JsonObject): JsonObject {
  const env = { ...getObject(settings, "env"), ...getObject(overrides, "env") };
  return { ...settings, ...overrides, ...(Object.keys(env).length > 0 && { env }) };
}

/** The start of a permission rule with a path that is relative to the directory of the settings file. */
const RELATIVE_RULE = /^((?:Read|Edit|Write|MultiEdit|NotebookEdit|Glob|Grep|LS)\()\/(?!\/)/;

/** Returns settings that mean the same in another directory. */
function withAbsolutePaths(settings: JsonObject, directory: string): JsonObject {
  const pattern = directory.replaceAll(/[*?[\]\\]/g, "\\$&");
  const rule = (text: string) => text.replace(RELATIVE_RULE, (_, tool) => `${tool}/${pattern}/`);
  const path = (text: string) => /^[/~]/.test(text) ? text : resolve(directory, text);
  const result: { [key: string]: unknown } = { ...settings };
  if (isJsonObject(settings["permissions"])) {
    result["permissions"] = mapStrings(settings["permissions"], rule);
  }
  const sandbox = settings["sandbox"];
  if (isJsonObject(sandbox) && isJsonObject(sandbox["filesystem"])) {
    result["sandbox"] = { ...sandbox, filesystem: mapStrings(sandbox["filesystem"], path) };
  }
  return result;
}

/** Applies a function to the strings in the arrays of an object. */
function mapStrings(object: JsonObject, map: (text: string) => string): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [
      key,
      Array.isArray(value)
        ? value.map((item: unknown) => typeof item === "string" ? map(item) : item)
        : value,
    ]),
  );
}
