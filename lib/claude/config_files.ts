import { resolve } from "@std/path/resolve";
import type { Env } from "../util/env.ts";
import { readBoundedTextFile } from "../util/bounded_file.ts";
import { describeReadError } from "../util/file_errors.ts";
import { isInlineJson, isJsonObject, type JsonObject, parseJsonObject } from "../util/json.ts";
import { jsonErrorPosition } from "../util/json_position.ts";
import { configDirectory, type ConfigLocation, stateFile } from "./config_directory.ts";

/** An existing JSON file that Claude Code reads. */
export interface ConfigFile {
  readonly path: string;
  /** The object in the file, or an empty object if there is none. */
  readonly content: JsonObject;
  /** Why claude cannot read the file. It names the file, and quotes none of its content. */
  readonly problem?: string;
}

/** An existing settings file. */
export interface SettingsFile extends ConfigFile {
  /** `option` settings are those of `--settings`, `managed` ones those of an administrator. */
  readonly scope: "user" | "project" | "local" | "option" | "managed";
}

/** The configuration files that exist. */
export interface ConfigFiles {
  /** The user's configuration directory; undefined if the home directory is unknown. */
  readonly directory: string | undefined;
  /** Settings. Later files take precedence. */
  readonly settings: readonly SettingsFile[];
  /** `.claude.json`, in which claude keeps its state. */
  readonly state: ConfigFile | undefined;
  /** The login. On macOS it is in the keychain instead. */
  readonly login: ConfigFile | undefined;
  /** The MCP servers of the project. */
  readonly mcp: ConfigFile | undefined;
}

/** Options for {@linkcode readConfigFiles}. */
export interface ConfigFilesOptions extends ConfigLocation {
  /** The value of `--settings`: JSON, or the name of a file. */
  readonly settings?: string | undefined;
  /** The directory that a relative name of that file starts from. @default {cwd} */
  readonly baseDirectory?: string | undefined;
  /** Where the settings of an administrator are. @default {the directory for this system} */
  readonly managedDirectory?: string | undefined;
}

/** The largest file that is read. claude's own state can have some megabytes. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** Where the settings of an administrator are, on systems other than Linux. */
const MANAGED_DIRECTORIES: { readonly [os: string]: string } = {
  darwin: "/Library/Application Support/ClaudeCode",
  windows: "C:\\Program Files\\ClaudeCode",
};

/** Reads the configuration files that exist. */
export async function readConfigFiles(options: ConfigFilesOptions): Promise<ConfigFiles> {
  const { cwd } = options;
  const directory = configDirectory(options);
  return {
    directory,
    settings: await readSettings(options, directory),
    state: await readConfigFile(stateFile(options)),
    login: await readConfigFile(directory && resolve(directory, ".credentials.json")),
    mcp: await readConfigFile(resolve(cwd, ".mcp.json")),
  };
}

async function readSettings(
  { cwd, baseDirectory = cwd, settings: option, managedDirectory }: ConfigFilesOptions,
  directory: string | undefined,
): Promise<SettingsFile[]> {
  const managed = managedDirectory ?? MANAGED_DIRECTORIES[Deno.build.os] ?? "/etc/claude-code";
  const project = resolve(cwd, ".claude", "settings.json");
  const user = directory && resolve(directory, "settings.json");
  const files = [
    // In the home directory, both are the same file.
    ["user", user === project ? undefined : await readConfigFile(user)],
    ["project", await readConfigFile(project)],
    ["local", await readConfigFile(resolve(cwd, ".claude", "settings.local.json"))],
    ["option", await readSettingsOption(option, baseDirectory)],
    ["managed", await readConfigFile(resolve(managed, "managed-settings.json"))],
  ] as const;
  return files.flatMap(([scope, file]) => file === undefined ? [] : [{ scope, ...file }]);
}

async function readSettingsOption(
  value: string | undefined,
  baseDirectory: string,
): Promise<ConfigFile | undefined> {
  if (value === undefined) return undefined;
  if (isInlineJson(value)) return { path: "--settings", content: parseJsonObject(value) ?? {} };
  return await readConfigFile(resolve(baseDirectory, value));
}

async function readConfigFile(path: string | undefined): Promise<ConfigFile | undefined> {
  if (path === undefined) return undefined;
  const unreadable = (problem: string) => ({ path, content: {}, problem });
  if (!await exists(path)) return undefined;
  let text: string;
  try {
    text = await readBoundedTextFile(path, MAX_FILE_BYTES);
  } catch (error) {
    return unreadable(`cannot read ${path}: ${describeReadError(error)}`);
  }
  if (text.trim() === "") return { path, content: {} };
  try {
    const content: unknown = JSON.parse(text);
    return { path, content: isJsonObject(content) ? content : {} };
  } catch {
    const position = jsonErrorPosition(text);
    const where = position && ` at line ${position.line}, column ${position.column}`;
    return unreadable(`cannot parse ${path}: invalid JSON${where ?? ""}`);
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** A variable in the environment of claude. */
export interface EnvVariable {
  readonly value: string;
  /** The settings file that sets it; undefined if it comes from the environment. */
  readonly file?: string;
}

/** Returns the environment of claude, in which the `env` of settings files takes precedence. */
export function effectiveVariables(
  env: Env,
  settings: readonly SettingsFile[],
): ReadonlyMap<string, EnvVariable> {
  const variables = new Map<string, EnvVariable>();
  for (const [name, value] of Object.entries(env)) variables.set(name, { value });
  for (const { path, content } of settings) {
    const overrides = content["env"];
    if (!isJsonObject(overrides)) continue;
    for (const [name, value] of Object.entries(overrides)) {
      if (typeof value === "string") variables.set(name, { value, file: path });
    }
  }
  return variables;
}
