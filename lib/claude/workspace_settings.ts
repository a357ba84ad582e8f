import { resolve } from "@std/path/resolve";
import { readBoundedTextFile } from "../util/bounded_file.ts";
import type { JsonObject } from "../util/json.ts";
import { isJsonObject } from "../util/json.ts";
import { truncate } from "../util/truncate.ts";
import { type ConfigFiles, isOfWorkspace } from "./config_files.ts";
import { getObject } from "./json_fields.ts";
import { HELPER_SETTINGS } from "./pinned_names.ts";
import type { SettingSources } from "./setting_sources.ts";
import { repositoryRoot, withParents } from "./workspace_trust.ts";

/** What a file of a workspace sets. It contains names, which a stranger can choose, and no values. */
export interface FileSettings {
  readonly file: string;
  /** The names of settings, such as `hooks`, `env.PATH` or `mcpServers.github`. */
  readonly names: readonly string[];
  /** How many more names there are. */
  readonly omitted?: number;
}

/** Options for {@linkcode findWorkspaceSettings}. */
export interface WorkspaceSettingsOptions {
  /** The workspace, absolute. */
  readonly cwd: string;
  readonly files: Pick<ConfigFiles, "directory" | "settings" | "mcp">;
  readonly sources: SettingSources;
}

/**
 * Returns what a workspace sets that can run commands, change the environment, or grant permissions. An
 * unknown setting counts, too.
 */
export async function findWorkspaceSettings(
  { cwd, files, sources }: WorkspaceSettingsOptions,
): Promise<FileSettings[]> {
  const found: { file: string; names: string[] }[] = [];
  for (const { path, content, problem } of files.settings.filter(isOfWorkspace)) {
    found.push({ file: path, names: problem ? [UNREADABLE] : settingNames(content, sources) });
  }
  for (const { path, content, problem } of files.mcp) {
    const servers = Object.keys(getObject(content, "mcpServers"));
    const names = servers.map((name) => `mcpServers.${name}`);
    found.push({ file: path, names: problem ? [UNREADABLE] : names });
  }
  if (sources.project && sources.customizations) {
    found.push(...await findDefinitions(cwd, files.directory));
  }
  return found.filter(({ names }) => names.length > 0).slice(0, MAX_FILES).map(limitNames);
}

/** Stands for the settings of a file that ccrun cannot read, but claude possibly can. */
export const UNREADABLE = "unreadable";

const MAX_FILES = 20;
const MAX_NAMES = 20;
const MAX_NAME_LENGTH = 80;

function limitNames({ file, names }: { file: string; names: string[] }): FileSettings {
  const omitted = names.length - MAX_NAMES;
  return {
    file,
    names: names.slice(0, MAX_NAMES).map((name) => truncate(name, MAX_NAME_LENGTH)),
    ...(omitted > 0 && { omitted }),
  };
}

/** Settings that run nothing, grant nothing and lead nowhere. */
const HARMLESS_SETTINGS = new Set([
  "$schema",
  "alwaysThinkingEnabled",
  "attribution",
  "autoCompactEnabled",
  "autoUpdatesChannel",
  "cleanupPeriodDays",
  "companyAnnouncements",
  "disableAllHooks",
  "disabledMcpjsonServers",
  "effortLevel",
  "fastMode",
  "includeCoAuthoredBy",
  "includeGitInstructions",
  "language",
  "model",
  "outputStyle",
  "prefersReducedMotion",
  "respectGitignore",
  "showTurnDuration",
  "spinnerTipsEnabled",
  "spinnerVerbs",
  "terminalProgressBarEnabled",
  "theme",
]);

/** Rules that only restrict the agent. */
const HARMLESS_PERMISSIONS = new Set(["deny", "ask", "disableBypassPermissionsMode"]);

/** Settings whose parts are named one by one. */
const PARTED_SETTINGS = new Set(["env", "permissions"]);

/** Settings that Claude Code ignores along with hooks and plugins. */
const CUSTOMIZATIONS = new Set([
  "enableAllProjectMcpServers",
  "enabledMcpjsonServers",
  "enabledPlugins",
  "extraKnownMarketplaces",
  "fileSuggestion",
  "hooks",
  "statusLine",
  "subagentStatusLine",
]);

function settingNames(content: JsonObject, sources: SettingSources): string[] {
  return Object.entries(content).flatMap(([name, value]) => {
    if (HARMLESS_SETTINGS.has(name) || isEmpty(value)) return [];
    if (HELPER_SETTINGS.includes(name)) return sources.helpers ? [name] : [];
    if (CUSTOMIZATIONS.has(name)) return sources.customizations ? [name] : [];
    if (!PARTED_SETTINGS.has(name) || !isJsonObject(value)) return [name];
    return Object.entries(value)
      .filter(([part, value]) =>
        name === "env" || !HARMLESS_PERMISSIONS.has(part) && !isEmpty(value)
      )
      .map(([part]) => `${name}.${part}`);
  });
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return !value;
  return Object.keys(value).length === 0;
}

/**
 * The fields of agents, commands and skills that run commands or grant permissions, and fields whose name
 * has an escape sequence.
 */
const DEFINITION_FIELD =
  /\b(hooks|mcpServers|permissionMode|allowed-tools)\b["']?\s*:|"[^"\n]{0,100}\\[^"\n]{0,100}"\s*:/g;

/** Where these definitions are, below `.claude`. */
const DEFINITION_DIRECTORIES = ["agents", "commands", "skills"];

/** More or larger files count as unreadable. */
const MAX_ENTRIES = 2000;
const MAX_DEFINITION_BYTES = 256 * 1024;

/** Returns what agents, commands and skills set, from the workspace up to the root of its repository. */
async function findDefinitions(
  cwd: string,
  userDirectory: string | undefined,
): Promise<{ file: string; names: string[] }[]> {
  const workspace = await Deno.realPath(cwd).catch(() => cwd);
  const root = await repositoryRoot(workspace);
  const found: { file: string; names: string[] }[] = [];
  for (const directory of withParents(workspace)) {
    const definitions = resolve(directory, ".claude");
    if (definitions === userDirectory) break;
    for (const name of DEFINITION_DIRECTORIES) {
      const path = resolve(definitions, name);
      const files = await markdownFiles(path);
      if (files === undefined) found.push({ file: path, names: [UNREADABLE] });
      for (const file of files ?? []) found.push({ file, names: await definitionFields(file) });
    }
    if (directory === root) break;
  }
  return found;
}

/** Returns the Markdown files below a directory; undefined if there is too much in it. */
async function markdownFiles(directory: string): Promise<string[] | undefined> {
  const paths: string[] = [];
  const directories = [directory];
  let count = 0;
  // Links can lead back to a directory, without an end.
  for (const current of directories) {
    try {
      for await (const { name, isFile } of Deno.readDir(current)) {
        if (++count > MAX_ENTRIES) return undefined;
        const path = resolve(current, name);
        if (name.toLowerCase().endsWith(".md")) paths.push(path);
        else if (!isFile) directories.push(path);
      }
    } catch {
      // Most workspaces have no such directory.
    }
  }
  return paths;
}

async function definitionFields(path: string): Promise<string[]> {
  const text = await readBoundedTextFile(path, MAX_DEFINITION_BYTES).catch(() => undefined);
  if (text === undefined) return [UNREADABLE];
  // Where the header ends differs between versions, so this is the latest place.
  const header = /^\s*---[^\n]*\n([\s\S]*?)(?:\n---|$)/.exec(text)?.[1] ?? "";
  const names = [...header.matchAll(DEFINITION_FIELD)].map(([, name]) => name ?? "escaped field");
  return [...new Set(names)];
}
