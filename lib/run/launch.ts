import type { ApiRoute } from "../claude/api_route.ts";
import { claudeArguments, dependsOnVersion } from "../claude/arguments.ts";
import { isOfWorkspace } from "../claude/config_files.ts";
import { claudeEnvironment } from "../claude/environment.ts";
import { PinnedSettings } from "../claude/pinned_settings.ts";
import { mergeSettings, readSettingsOption } from "../claude/settings_option.ts";
import { CcrunError } from "../errors.ts";
import type { EventBody } from "../events.ts";
import type { ChildOptions } from "../process/child.ts";
import { isolationCommand } from "../process/isolation.ts";
import { homeDirectory } from "../util/home_directory.ts";
import type { JsonObject } from "../util/json.ts";
import type { PrivateFiles } from "../util/private_files.ts";
import { findApiAccess, proxyProblem } from "./api_route.ts";
import { knownVersion } from "./claude_version.ts";
import { withNodeInPath } from "./node_path.ts";
import type { RunRequest } from "./request.ts";
import { snapshotArguments } from "./system_prompt_snapshot.ts";
import { workspaceProblem } from "./workspace.ts";
import {
  endlessSettingsProblem,
  readWorkspaceConfig,
  unpinnableProblem,
  untrustedNotice,
  untrustedProblem,
  untrustedSettings,
} from "./workspace_settings.ts";

/** What a request finds before claude is started. */
export interface Launch {
  /** The claude to run. */
  readonly path: string;
  /** The warnings about the workspace. */
  readonly notices: readonly EventBody[];
  /** How claude reaches the API, if that is known. */
  readonly apiRoute: ApiRoute | undefined;
  readonly home: string;
  /** The environment of claude. */
  readonly env: { [name: string]: string };
  /** The settings of the caller. */
  readonly settings: JsonObject | undefined;
  /** The settings that the workspace must not change. */
  readonly pinned: JsonObject;
  /** Whether the workspace has settings. */
  readonly hasWorkspaceSettings: boolean;
  /** What the settings files and the MCP configurations contain. */
  readonly configuration: readonly unknown[];
  readonly isolation: ChildOptions["isolation"];
}

const UNKNOWN_HOME =
  "cannot start claude: HOME is not set, and the system has no home directory for this user";

/**
 * Checks what a claude would find, and what it needs.
 *
 * @param path the claude to run
 * @param aborted resolves when the run is stopped
 * @throws {CcrunError} `usage` if there is no home directory, or the workspace or a value cannot be used
 */
export async function prepareLaunch(
  request: RunRequest,
  path: string,
  aborted?: Promise<unknown>,
): Promise<Launch> {
  const { target, baseDirectory, env, apiUrl, isolate } = request;
  const problem = await workspaceProblem(target.cwd);
  if (problem !== undefined) throw problem;
  const home = await homeDirectory(env);
  // claude crashes without it.
  if (home === undefined) throw new CcrunError("usage", UNKNOWN_HOME, "set HOME to a directory");
  const settings = await readSettingsOption(request.claude, target, baseDirectory);
  const config = await readWorkspaceConfig(request, settings);
  const untrusted = await untrustedSettings(target.cwd, config);
  const isRefused = request.requireTrustedSettings && untrusted.length > 0;
  const unusable = unpinnableProblem(config) ??
    (isRefused ? untrustedProblem(untrusted, target.cwd) : undefined) ??
    await endlessSettingsProblem(config.files, { path, env, cwd: target.cwd, aborted });
  if (unusable !== undefined) throw unusable;
  const pins = new PinnedSettings({ ...config, env, apiUrl });
  const { route: apiRoute, hasCredential } = findApiAccess(pins, config.files);
  const unusableProxy = proxyProblem(apiRoute?.proxy);
  if (unusableProxy !== undefined) throw unusableProxy;
  const isolation = isolate ? await isolationCommand(env) : undefined;
  const childEnv = claudeEnvironment({
    env: await withNodeInPath(env, path),
    apiUrl,
    hasCredential,
    maxRetries: request.claude.maxRetries,
  });
  return {
    path,
    notices: untrusted.length === 0 ? [] : [untrustedNotice(untrusted, target.cwd)],
    apiRoute,
    home,
    env: childEnv,
    settings,
    pinned: new PinnedSettings({ ...config, env: childEnv, apiUrl }).toSettings(),
    hasWorkspaceSettings: config.files.settings.some(isOfWorkspace),
    configuration: [...config.files.settings, ...config.files.mcp].map(({ content }) => content),
    isolation,
  };
}

/**
 * Returns the command that starts claude.
 *
 * @param files receives what must not be in argv
 * @param aborted resolves when the run is stopped
 * @throws {CcrunError} `usage` if a value cannot be used
 */
export async function planLaunch(
  launch: Launch,
  request: RunRequest,
  files: PrivateFiles,
  aborted?: Promise<unknown>,
): Promise<Omit<ChildOptions, "graceMs">> {
  const { target, baseDirectory, diagnose } = request;
  const { path, env, isolation } = launch;
  // While claude writes a long answer, partial messages are its only output.
  const partial = request.claude.partial || request.idleTimeoutMs !== undefined;
  const claude = { ...request.claude, partial, settings: writeSettings(launch, files) };
  const version = dependsOnVersion(claude)
    ? await knownVersion({ path, env: request.env, cwd: target.cwd, aborted })
    : undefined;
  const args = await claudeArguments(claude, target, baseDirectory, files, version);
  const program = { command: path, env, cwd: target.cwd };
  args.push(...await snapshotArguments({ ...program, args, aborted }));
  diagnose(
    `starting claude with ${args.length} arguments, ${Object.keys(env).length} variables ` +
      `and a prompt of ${request.prompt.length} characters`,
    args.join(" "),
  );
  return { ...program, args, isolation };
}

/**
 * Writes settings, which can contain secrets, and returns the path of the file; undefined if there are none.
 * A workspace without settings needs no pinned ones, so that it can do without a writable TMPDIR.
 */
function writeSettings(
  { settings, pinned, hasWorkspaceSettings }: Launch,
  files: PrivateFiles,
): string | undefined {
  const merged = mergeSettings(settings ?? {}, pinned);
  if (Object.keys(merged).length === 0) return undefined;
  try {
    return files.write("settings.json", JSON.stringify(merged));
  } catch (error) {
    if (settings !== undefined || hasWorkspaceSettings) throw error;
    return undefined;
  }
}
