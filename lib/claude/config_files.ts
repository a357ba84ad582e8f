import { resolve } from "@std/path/resolve";
import type { Env } from "../util/env.ts";
import { readBoundedTextFile } from "../util/bounded_file.ts";
import { describeReadError } from "../util/file_errors.ts";
import { isJsonObject, type JsonObject } from "../util/json.ts";
import { jsonErrorPosition } from "../util/json_position.ts";
import { selfAndParents } from "../util/parents.ts";
import { configDirectory, type ConfigLocation, stateFile } from "./config_directory.ts";
import { getObject } from "./json_fields.ts";
import { ALL_SOURCES, type SettingSources } from "./setting_sources.ts";
import { repositoryRoot } from "./workspace_trust.ts";

/** An existing JSON file that Claude Code reads. */
export interface ConfigFile {
  readonly path: string;
  /** The object in the file, or an empty object if there is none. */
  readonly content: JsonObject;
  /** Why claude cannot read the file. It names the file, and quotes none of its content. */
  readonly problem?: string;
  /** Whether old versions of claude read it forever: a device, a pipe, or a file without an end. */
  readonly isEndless?: boolean;
  /** Whether it is a file such as /proc/kmsg, which looks regular, so that all versions read it forever. */
  readonly isDisguised?: boolean;
}

/** An existing settings file. */
export interface SettingsFile extends ConfigFile {
  /** `option` settings are those of `--settings`, `managed` ones those of an administrator. */
  readonly scope: "user" | "project" | "local" | "option" | "managed";
}

/** Returns whether a file belongs to the workspace. Its author can then be a stranger. */
export function isOfWorkspace({ scope }: SettingsFile): boolean {
  return scope === "project" || scope === "local";
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
  /** The MCP servers of the workspace, and of the directories above it. */
  readonly mcp: readonly ConfigFile[];
}

/** Options for {@linkcode readConfigFiles}. */
export interface ConfigFilesOptions extends ConfigLocation {
  /** The settings in `--settings`. */
  readonly settings?: JsonObject | undefined;
  /** What Claude Code reads. @default {ALL_SOURCES} */
  readonly sources?: SettingSources | undefined;
  /** Where the settings of an administrator are. @default {the directory for this system} */
  readonly managedDirectory?: string | undefined;
}

/** The largest file that is read. Parsed JSON can take many times the space. */
const MAX_FILE_BYTES = 1024 * 1024;

/** claude's own state, which no stranger can write, can be several megabytes. */
const MAX_STATE_BYTES = 64 * MAX_FILE_BYTES;

/** Where the settings of an administrator are, on systems other than Linux. */
const MANAGED_DIRECTORIES: { readonly [os: string]: string } = {
  darwin: "/Library/Application Support/ClaudeCode",
  windows: "C:\\Program Files\\ClaudeCode",
};

/** Reads the configuration files that exist. */
export async function readConfigFiles(options: ConfigFilesOptions): Promise<ConfigFiles> {
  const { cwd, sources = ALL_SOURCES } = options;
  const directory = configDirectory(options);
  return {
    directory,
    settings: await readSettings(options, directory),
    state: await readConfigFile(stateFile(options), MAX_STATE_BYTES),
    login: await readConfigFile(directory && resolve(directory, ".credentials.json")),
    mcp: sources.mcp ? await readMcpFiles(cwd) : [],
  };
}

async function readSettings(
  { cwd, settings: option, sources = ALL_SOURCES, managedDirectory }: ConfigFilesOptions,
  directory: string | undefined,
): Promise<SettingsFile[]> {
  const managed = managedDirectory ?? MANAGED_DIRECTORIES[Deno.build.os] ?? "/etc/claude-code";
  const project = resolve(cwd, ".claude", "settings.json");
  const user = directory && resolve(directory, "settings.json");
  const files: (readonly [SettingsFile["scope"], ConfigFile | undefined])[] = [];
  if (sources.user) files.push(["user", await readConfigFile(user)]);
  // In the home directory, both are the same file.
  if (sources.project && user !== project) files.push(["project", await readConfigFile(project)]);
  if (sources.local) {
    for (const path of await localSettings(cwd)) files.push(["local", await readConfigFile(path)]);
  }
  if (option !== undefined) files.push(["option", { path: "--settings", content: option }]);
  files.push(["managed", await readConfigFile(resolve(managed, "managed-settings.json"))]);
  return files.flatMap(([scope, file]) => file === undefined ? [] : [{ scope, ...file }]);
}

/** Returns the paths of local settings. Newer versions also read those of the repository. */
async function localSettings(cwd: string): Promise<Set<string>> {
  const root = await repositoryRoot(await Deno.realPath(cwd).catch(() => cwd));
  const directories = root === undefined ? [cwd] : [root, cwd];
  return new Set(directories.map((path) => resolve(path, ".claude", "settings.local.json")));
}

async function readMcpFiles(cwd: string): Promise<ConfigFile[]> {
  // A program has no links in its working directory.
  const directories = [...selfAndParents(await Deno.realPath(cwd).catch(() => cwd))];
  const paths = directories.map((directory) => resolve(directory, ".mcp.json"));
  const files = await Promise.all(paths.map((path) => readConfigFile(path)));
  return files.filter((file) => file !== undefined);
}

async function readConfigFile(
  path: string | undefined,
  maxBytes = MAX_FILE_BYTES,
): Promise<ConfigFile | undefined> {
  if (path === undefined) return undefined;
  const info = await Deno.stat(path).catch(() => undefined);
  if (info === undefined) return undefined;
  const isEndless = !info.isFile || info.size > maxBytes;
  const unreadable = (problem: string, isDisguised = false) => ({
    path,
    content: {},
    problem,
    ...(isEndless && { isEndless }),
    ...(isDisguised && { isDisguised }),
  });
  let text: string;
  try {
    text = await readBoundedTextFile(path, maxBytes);
  } catch (error) {
    // Deno does not open such files.
    const isDisguised = !isEndless && error instanceof Deno.errors.NotCapable;
    return unreadable(`cannot read ${path}: ${describeReadError(error)}`, isDisguised);
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

/** A variable in the environment of claude. */
export interface EnvVariable {
  readonly value: string;
  /** The settings file that sets it; undefined if it comes from the environment. */
  readonly file?: string;
}

/** Returns the environment of claude, in which the `env` of files takes precedence. */
export function effectiveVariables(
  env: Env,
  files: readonly ConfigFile[],
): ReadonlyMap<string, EnvVariable> {
  const variables = new Map<string, EnvVariable>();
  for (const [name, value] of Object.entries(env)) variables.set(name, { value });
  for (const file of files) {
    for (const [name, value] of Object.entries(fileVariables(file))) {
      variables.set(name, { value, file: file.path });
    }
  }
  return variables;
}

/** Returns the variables that a file sets. Claude Code also accepts numbers and booleans. */
function fileVariables({ content }: ConfigFile): Env {
  const isScalar = (value: unknown) => ["string", "number", "boolean"].includes(typeof value);
  const entries = Object.entries(getObject(content, "env")).filter(([, value]) => isScalar(value));
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
