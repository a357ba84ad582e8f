import { isJsonObject, type JsonObject } from "../util/json.ts";
import { truncate } from "../util/truncate.ts";
import { type ConfigFiles, isOfWorkspace } from "./config_files.ts";
import { getObject } from "./json_fields.ts";
import { HELPER_SETTINGS } from "./pinned_names.ts";
import type { SettingSources } from "./setting_sources.ts";
import { findDefinitions, UNREADABLE } from "./workspace_definitions.ts";

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
  const found: FileSettings[] = [];
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

const MAX_FILES = 20;
const MAX_NAMES = 20;
const MAX_NAME_LENGTH = 80;

function limitNames({ file, names }: FileSettings): FileSettings {
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

/** Settings whose entries are listed one by one. */
const NESTED_SETTINGS = new Set(["env", "permissions"]);

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
    if (!NESTED_SETTINGS.has(name) || !isJsonObject(value)) return [name];
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
