/**
 * The files in which Claude Code finds its settings and its login. Seen on versions 2.0.25,
 * 2.1.197 and 2.1.330.
 *
 * @module
 */

import { resolve } from "@std/path";
import { describeReadError } from "../../util/file_errors.ts";
import { jsonErrorPosition } from "../../util/json_position.ts";
import { isObject, type Json } from "../../claude/json_fields.ts";
import type { Env } from "../../util/env.ts";

/** What can be wrong with a file: it cannot be read, has no JSON, or JSON that is no object. */
export type ConfigProblem = "unreadable" | "no_json" | "no_object";

/** A file of JSON that is there. */
export interface ConfigFile {
  readonly path: string;
  /** Its object; empty when claude cannot take anything from it. */
  readonly content: Json;
  /** Why claude cannot, in words that follow its name and have none of what is in it. */
  readonly fault?: string;
  /** The kind of that. */
  readonly faultKind?: ConfigProblem;
  /** Whether there is nothing in it. */
  readonly isEmpty?: boolean;
}

/** Whose settings they are. Later ones win over earlier ones. */
export type SettingsScope = "user" | "project" | "local" | "managed";

/** A file of settings. */
export interface SettingsFile extends ConfigFile {
  readonly scope: SettingsScope;
}

/** The files that there are. */
export interface ConfigFiles {
  /** Where the user's are; undefined when there is no telling. */
  readonly folder: string | undefined;
  /** Settings, in the order in which later ones win. */
  readonly settings: readonly SettingsFile[];
  /** The user's home; undefined when there is no telling. */
  readonly home: string | undefined;
  /** `.claude.json`: what claude remembers. It does not start when that is not JSON. */
  readonly state?: ConfigFile | undefined;
  /** Where that is, or would be. */
  readonly statePath: string | undefined;
  /** The login. macOS has it in its keychain. */
  readonly login?: ConfigFile | undefined;
  /** The project's MCP servers. */
  readonly mcp?: ConfigFile | undefined;
}

/** Options of {@linkcode readConfigFiles}. */
export interface ConfigFilesOptions {
  /** The environment that claude gets. */
  readonly env: Env;
  /** The user's home, as `homeDirectory` finds it; undefined when there is no telling. */
  readonly home: string | undefined;
  /** The workspace, absolute. */
  readonly cwd: string;
  /** Where an administrator's settings are. @default {the place that this system has for them} */
  readonly managedFolder?: string | undefined;
}

/** No settings are larger; what claude remembers can be some megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;

const MANAGED_FOLDERS: { readonly [os: string]: string } = {
  darwin: "/Library/Application Support/ClaudeCode",
  windows: "C:\\Program Files\\ClaudeCode",
};

/**
 * Reads the files. What is there and cannot be read says so in its fault; what is out of reach, in a
 * folder that may not be entered, is not there for claude either.
 */
export async function readConfigFiles(options: ConfigFilesOptions): Promise<ConfigFiles> {
  const { env, cwd, home } = options;
  const given = env["CLAUDE_CONFIG_DIR"];
  const folder = given !== undefined
    ? resolve(cwd, given)
    : home === undefined
    ? undefined
    : resolve(cwd, home, ".claude");
  const statePath = given
    ? resolve(folder ?? cwd, ".claude.json")
    : home === undefined
    ? undefined
    : resolve(cwd, home, ".claude.json");
  const managed = options.managedFolder ?? MANAGED_FOLDERS[Deno.build.os] ?? "/etc/claude-code";
  const places: (readonly [SettingsScope, string])[] = [
    ["project", resolve(cwd, ".claude", "settings.json")],
    ["local", resolve(cwd, ".claude", "settings.local.json")],
    ["managed", resolve(managed, "managed-settings.json")],
    ...(await jsonFilesIn(resolve(managed, "managed-settings.d"))).map((path) =>
      ["managed", path] as const
    ),
  ];
  // In the home directory, the user's settings are the project's, too.
  const user = folder === undefined ? undefined : resolve(folder, "settings.json");
  if (user !== undefined) places.unshift(["user", user]);
  const isTwice = (at: number) => places.slice(0, at).some(([, path]) => path === places[at]?.[1]);
  const settings = await Promise.all(
    places.filter((_, at) => !isTwice(at)).map(async ([scope, path]) => {
      const file = await readConfigFile(path);
      return file === undefined ? [] : [{ scope, ...file }];
    }),
  );
  const [state, login, mcp] = await Promise.all([
    statePath === undefined ? undefined : readConfigFile(statePath),
    folder === undefined ? undefined : readConfigFile(resolve(folder, ".credentials.json")),
    readConfigFile(resolve(cwd, ".mcp.json")),
  ]);
  return { folder, home, settings: settings.flat(), state, statePath, login, mcp };
}

async function jsonFilesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".json") && !name.startsWith(".")) names.push(name);
    }
  } catch {
    // There is none, as nearly everywhere.
  }
  return names.sort().map((name) => resolve(folder, name));
}

/** Whether a file is not there, or Deno lets nobody see: that is no fault of the file's. */
function isNone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.NotCapable;
}

async function readConfigFile(path: string): Promise<ConfigFile | undefined> {
  const flawed = (faultKind: ConfigProblem, fault: string): ConfigFile => {
    return { path, content: {}, fault, faultKind };
  };
  let text: string;
  try {
    const { isFile, size } = await Deno.stat(path);
    // A pipe would be waited for.
    if (!isFile) return flawed("unreadable", "is not a file");
    if (size > MAX_BYTES) return flawed("unreadable", "is larger than any settings are");
  } catch (error) {
    // Where the folder may not be entered, it is not known whether there is a file.
    return isNone(error) || error instanceof Deno.errors.PermissionDenied
      ? undefined
      : flawed("unreadable", `cannot be read: ${describeReadError(error)}`);
  }
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    return isNone(error)
      ? undefined
      : flawed("unreadable", `cannot be read: ${describeReadError(error)}`);
  }
  text = text.replace(/^\ufeff/, "");
  if (text.trim() === "") return { path, content: {}, isEmpty: true };
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    const place = jsonErrorPosition(text);
    const where = place === undefined ? "" : `: line ${place.line}, column ${place.column}`;
    return flawed("no_json", `is not JSON${where}`);
  }
  return isObject(content) ? { path, content } : flawed("no_object", "is JSON, but no object");
}

/** A variable of the environment, and the file that sets it, where one does. */
export interface Variable {
  readonly value: string;
  readonly file?: string;
}

/** The environment that claude works with: settings set variables, too, and win. */
export function effectiveVariables(
  env: Env,
  settings: readonly SettingsFile[],
): ReadonlyMap<string, Variable> {
  const variables = new Map<string, Variable>();
  for (const [name, value] of Object.entries(env)) variables.set(name, { value });
  for (const { path, content } of settings) {
    const own = content["env"];
    if (!isObject(own)) continue;
    for (const [name, value] of Object.entries(own)) {
      if (typeof value === "string") variables.set(name, { value, file: path });
    }
  }
  return variables;
}
