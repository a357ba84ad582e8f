import { isCi, withoutJobVariables } from "../ci/detect.ts";
import type { ClaudeSessionOptions, RunOptions } from "../session.ts";
import {
  checkDistinctFiles,
  checkSessionOptions,
  resolveBackgroundPolicy,
  resolvePermissionMode,
  resolveSystemPrompts,
} from "./conflicts.ts";
import { homeDirectory } from "../util/home_directory.ts";
import { readJsonOption } from "../util/json_option.ts";
import { readImages } from "./images.ts";
import { checkClaudeOutputs } from "./claude_outputs.ts";
import type { HostInfo } from "./host.ts";
import {
  type CommandLine,
  getDuration,
  getNumber,
  getPath,
  getSwitch,
  getText,
  getWorkspace,
  type Options,
} from "./command_line.ts";
import { withoutInlineConfig } from "./environment.ts";
import { passedOnArguments } from "./passed_on.ts";
import { type RenderSettings, renderSettings } from "./render_settings.ts";
import { resumedSessionId } from "./resume.ts";

/** The settings of a run and of its rendering. */
export interface RunSettings {
  readonly render: RenderSettings;
  readonly session: ClaudeSessionOptions;
  readonly run: Pick<RunOptions, "sessionId" | "continueLast" | "fork" | "images">;
  /** The path of the file that records the output stream of claude. */
  readonly record?: string | undefined;
  /** Whether to redact the recording. */
  readonly redactRecord: boolean;
}

/** The idle timeout in CI, where a hanging run costs minutes unnoticed. */
const CI_IDLE_TIMEOUT_MS = 30 * 60_000;

/**
 * Returns the settings of a run.
 *
 * @throws {CcrunError} `usage` for a conflict, an unreadable file, or an unknown session
 */
export async function runSettings(
  commandLine: CommandLine,
  host: HostInfo,
): Promise<RunSettings> {
  const { passthrough } = commandLine;
  const options = resolveSystemPrompts(commandLine.options);
  const render = renderSettings(options, host);
  checkSessionOptions(options);
  await checkDistinctFiles(commandLine, host);
  await checkClaudeOutputs(options, host.cwd);
  return {
    render,
    record: getPath(options, "record", host.cwd),
    redactRecord: getSwitch(options, "redact") ?? false,
    run: {
      ...await sessionTarget(options, host),
      images: await readImages(options, host.cwd, render.workspaces),
    },
    session: {
      ...await claudeSettings(options, host.cwd),
      ...timeouts(options, host),
      ...resolveBackgroundPolicy(options),
      answer: render.answer,
      env: withoutInlineConfig(withoutJobVariables(host.env, render.ci)),
      failOnDenied: render.failOnDenied,
      requireTrustedSettings: getSwitch(options, "require-trusted-settings"),
      logRawDiagnostics: render.debug === "content",
      partial: render.partial,
      extraArgs: [...await passedOnArguments(options, host.cwd), ...passthrough],
    },
  };
}

/** Returns the session that the options select. */
async function sessionTarget(
  options: Options,
  { cwd, env }: HostInfo,
): Promise<RunSettings["run"]> {
  const resume = getText(options, "resume");
  const workspace = getWorkspace(options, cwd);
  return {
    sessionId: resume && await resumedSessionId(
      resume,
      { cwd: workspace, env, home: await homeDirectory(env) },
      cwd,
    ),
    continueLast: options.has("continue"),
    fork: options.has("fork"),
  };
}

/** Returns the options that are settings of claude. */
async function claudeSettings(options: Options, cwd: string): Promise<ClaudeSessionOptions> {
  const { skip, mode } = resolvePermissionMode(options);
  const schema = getText(options, "json-schema");
  const agents = getText(options, "agents");
  return {
    workspace: getWorkspace(options, cwd),
    apiUrl: getText(options, "api-url"),
    allowedDirs: options.get("add-dir")?.values,
    plansDirectory: getPath(options, "plans-dir", cwd),
    claudePath: getText(options, "claude"),
    claudeSource: options.get("claude")?.source,
    model: getText(options, "model"),
    fallbackModel: getText(options, "fallback-model"),
    maxTurns: getNumber(options, "max-turns"),
    maxBudgetUsd: getNumber(options, "max-budget-usd"),
    maxRetries: getNumber(options, "max-retries"),
    allowedTools: options.get("allowed-tools")?.values,
    disallowedTools: options.get("disallowed-tools")?.values,
    permissionMode: mode,
    dangerouslySkipPermissions: skip,
    systemPrompt: getText(options, "system-prompt"),
    systemPromptFile: getPath(options, "system-prompt-file", cwd),
    appendSystemPrompt: getText(options, "append-system-prompt"),
    appendSystemPromptFile: getPath(options, "append-system-prompt-file", cwd),
    appendSubagentSystemPrompt: getText(options, "append-subagent-system-prompt"),
    agents: agents && await readJson("--agents", agents, cwd),
    mcpConfig: options.get("mcp-config")?.values,
    mcpConfigSource: options.get("mcp-config")?.source,
    settings: getText(options, "settings"),
    settingsSource: options.get("settings")?.source,
    jsonSchema: schema && await readJson("--json-schema", schema, cwd),
    newSessionId: getText(options, "session-id"),
  };
}

/** Returns the timeouts, and how to continue after a failure. 0 means no limit, except for the grace period. */
function timeouts(
  options: Options,
  { env }: HostInfo,
): Pick<
  ClaudeSessionOptions,
  "timeoutMs" | "idleTimeoutMs" | "graceMs" | "waitForLimitMs" | "attempts"
> {
  const idleMs = getDuration(options, "idle-timeout") ?? (isCi(env) ? CI_IDLE_TIMEOUT_MS : 0);
  return {
    timeoutMs: getDuration(options, "timeout") || undefined,
    idleTimeoutMs: idleMs || undefined,
    graceMs: getDuration(options, "grace"),
    waitForLimitMs: getDuration(options, "wait-for-limit"),
    attempts: getNumber(options, "attempts"),
  };
}

/** Returns the JSON of an option on one line. */
async function readJson(source: string, value: string, baseDirectory: string): Promise<string> {
  return JSON.stringify(await readJsonOption({ source, value, baseDirectory }));
}
