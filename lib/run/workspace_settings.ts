import {
  type ConfigFile,
  type ConfigFiles,
  isOfWorkspace,
  readConfigFiles,
} from "../claude/config_files.ts";
import { findUnpinnable } from "../claude/pinned_settings.ts";
import { type SettingSources, settingSources } from "../claude/setting_sources.ts";
import { isAtLeast } from "../claude/version.ts";
import { type FileSettings, findWorkspaceSettings } from "../claude/workspace_settings.ts";
import { isTrustedWorkspace } from "../claude/workspace_trust.ts";
import { CcrunError } from "../errors.ts";
import type { EventBody } from "../events.ts";
import { shortPath } from "../util/display_path.ts";
import { homeDirectory } from "../util/home_directory.ts";
import type { JsonObject } from "../util/json.ts";
import { truncate, truncateList } from "../util/truncate.ts";
import { readVersion, type ReadVersionOptions } from "./claude_version.ts";
import type { RunRequest } from "./request.ts";

/** The configuration that a claude finds. */
export interface WorkspaceConfig {
  readonly files: ConfigFiles;
  readonly sources: SettingSources;
  /** Whether the user trusts the workspace. */
  readonly isTrusted: boolean;
}

/** Reads the configuration that the claude of a request finds. */
export async function readWorkspaceConfig(
  { env, claude, target: { cwd } }: Pick<RunRequest, "env" | "claude" | "target">,
  settings?: JsonObject,
): Promise<WorkspaceConfig> {
  const sources = settingSources(claude.extraArgs);
  const home = await homeDirectory(env);
  const files = await readConfigFiles({ env, home, cwd, settings, sources });
  return { files, sources, isTrusted: await isTrustedWorkspace(cwd, files.state?.content ?? {}) };
}

/** Returns what a workspace sets that the user does not trust. */
export async function untrustedSettings(
  cwd: string,
  { files, sources, isTrusted }: WorkspaceConfig,
): Promise<FileSettings[]> {
  return isTrusted ? [] : await findWorkspaceSettings({ cwd, files, sources });
}

/** The options that make claude ignore the settings of a workspace. */
const IGNORE_OPTIONS = "--setting-sources user --strict-mcp-config";

const TRUST_ADVICE = "or run claude in this directory once and accept its trust dialog";

/** Returns how to run without the settings of the workspace, or with the consent of the user. */
export const UNTRUSTED_HINT = `to ignore them: ${IGNORE_OPTIONS}; ${TRUST_ADVICE}`;

const MAX_NAMES = 20;

/** A longer list would push the advice out of the line. */
const MAX_LIST_LENGTH = 1000;

/** Describes on one line what a workspace sets: `.claude/settings.json (hooks, env.PATH), ...`. */
export function describeUntrusted(settings: readonly FileSettings[], cwd: string): string {
  const list = settings.map(({ file, names, omitted = 0 }) => {
    const all = [...names.map(quoteUnusual), ...Array.from({ length: omitted }, () => "")];
    return `${quoteUnusual(shortPath(file, { cwd }))} (${truncateList(all, MAX_NAMES)})`;
  }).join(", ");
  return `this workspace is not trusted, and sets: ${truncate(list, MAX_LIST_LENGTH)}`;
}

/** Quotes a name that could be mistaken for another part of the message. */
function quoteUnusual(name: string): string {
  return /^[\w$./~@-]+$/.test(name) ? name : JSON.stringify(name);
}

/** Returns the warning about what an untrusted workspace sets. */
export function untrustedNotice(
  settings: readonly FileSettings[],
  cwd: string,
): EventBody<"notice"> {
  return {
    type: "notice",
    level: "warning",
    kind: "workspace_settings",
    text: `${describeUntrusted(settings, cwd)}; ${UNTRUSTED_HINT}`,
    workspace_settings: settings.map((file) => ({ ...file, names: [...file.names] })),
  };
}

/** The first version that is known not to read a device or a pipe as settings. 2.0.25 reads them forever. */
const FIRST_WITHOUT_ENDLESS_READS = "2.1.197";

/** Returns the error of a settings file without an end, if this claude would read it. */
export async function endlessSettingsProblem(
  { settings, mcp }: ConfigFiles,
  claude: ReadVersionOptions,
): Promise<CcrunError | undefined> {
  const files = [...settings.filter(isOfWorkspace), ...mcp];
  const disguised = files.find(({ isDisguised }) => isDisguised);
  if (disguised !== undefined) return unreadableSettings(disguised);
  const endless = files.find(({ isEndless }) => isEndless);
  if (endless === undefined) return undefined;
  // In the workspace, it could read the file for its version as well.
  const { version = "0.0.0" } = await readVersion({ ...claude, cwd: "/" });
  return isAtLeast(version, FIRST_WITHOUT_ENDLESS_READS) ? undefined : unreadableSettings(endless);
}

function unreadableSettings({ path, problem = `cannot read ${path}` }: ConfigFile): CcrunError {
  return new CcrunError("usage", problem, `remove it, or use ${IGNORE_OPTIONS}`);
}

/** Returns the error of a workspace that sends requests elsewhere, whatever ccrun passes to claude. */
export function unpinnableProblem(config: WorkspaceConfig): CcrunError | undefined {
  const unpinnable = findUnpinnable(config);
  if (unpinnable === undefined) return undefined;
  const { name, file } = unpinnable;
  const message = `cannot start claude: ${file} sets ${name}, and this workspace is not trusted`;
  return new CcrunError("usage", message, UNTRUSTED_HINT);
}

/** Returns the error of a workspace that must be trusted. */
export function untrustedProblem(settings: readonly FileSettings[], cwd: string): CcrunError {
  return new CcrunError("usage", describeUntrusted(settings, cwd), UNTRUSTED_HINT);
}
