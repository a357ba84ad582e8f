import { resolve } from "@std/path/resolve";
import { configDirectory, type ConfigLocation, stateFile } from "../../claude/config_directory.ts";
import { isJsonObject, type JsonObject } from "../../util/json.ts";
import type { Env } from "../../util/env.ts";
import { describeReadError } from "../../util/file_errors.ts";
import { jsonErrorPosition } from "../../util/json_position.ts";

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
  /** `managed` settings are those of an administrator. */
  readonly scope: "user" | "project" | "local" | "managed";
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
  /** Where the settings of an administrator are. @default {the directory for this system} */
  readonly managedDirectory?: string | undefined;
}

const MANAGED_DIRECTORIES: Env = {
  darwin: "/Library/Application Support/ClaudeCode",
  windows: "C:\\Program Files\\ClaudeCode",
};

/** Reads the configuration files that exist. */
export async function readConfigFiles(options: ConfigFilesOptions): Promise<ConfigFiles> {
  const { cwd } = options;
  const directory = configDirectory(options);
  const statePath = stateFile(options);
  const managed = options.managedDirectory ?? MANAGED_DIRECTORIES[Deno.build.os] ??
    "/etc/claude-code";
  const settingsPaths = new Map<string, SettingsFile["scope"]>([
    [resolve(cwd, ".claude", "settings.json"), "project"],
    [resolve(cwd, ".claude", "settings.local.json"), "local"],
    [resolve(managed, "managed-settings.json"), "managed"],
  ]);
  const settings: SettingsFile[] = [];
  const addSettings = async (scope: SettingsFile["scope"], path: string) => {
    const file = await readConfigFile(path);
    if (file !== undefined) settings.push({ scope, ...file });
  };
  const userSettings = directory && resolve(directory, "settings.json");
  // In the home directory, both are the same file.
  if (userSettings && !settingsPaths.has(userSettings)) await addSettings("user", userSettings);
  for (const [path, scope] of settingsPaths) await addSettings(scope, path);
  return {
    directory,
    settings,
    state: statePath === undefined ? undefined : await readConfigFile(statePath),
    login: directory ? await readConfigFile(resolve(directory, ".credentials.json")) : undefined,
    mcp: await readConfigFile(resolve(cwd, ".mcp.json")),
  };
}

async function readConfigFile(path: string): Promise<ConfigFile | undefined> {
  const unreadable = (problem: string) => ({ path, content: {}, problem });
  let text: string;
  try {
    // Reading a pipe would block.
    if (!(await Deno.stat(path)).isFile) return unreadable(`cannot read ${path}: it is not a file`);
  } catch {
    return undefined;
  }
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    return unreadable(`cannot read ${path}: ${describeReadError(error)}`);
  }
  text = text.replace(/^\ufeff/, "");
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

/** A variable in the environment of claude. */
export interface Variable {
  readonly value: string;
  /** The settings file that sets it; undefined if it comes from the environment. */
  readonly file?: string;
}

/** Returns the environment of claude, in which the `env` of settings files takes precedence. */
export function effectiveVariables(
  env: Env,
  settings: readonly SettingsFile[],
): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>();
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
