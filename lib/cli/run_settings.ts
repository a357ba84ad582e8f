import { isCi, withoutSteering } from "../ci/detect.ts";
import type { ClaudeSessionOptions, RunOptions } from "../session.ts";
import {
  checkFiles,
  checkSessionOptions,
  resolveBackgroundPolicy,
  resolvePermissionMode,
} from "./conflicts.ts";
import { homeDirectory } from "../util/home_directory.ts";
import { readJsonOption } from "../util/json_option.ts";
import type { HostInfo } from "./host.ts";
import {
  type CommandLine,
  getDuration,
  getNumber,
  getPath,
  getSwitch,
  getText,
  type Options,
} from "./command_line.ts";
import { type RenderSettings, renderSettings } from "./render_settings.ts";
import { resumedSession } from "./resume.ts";

/** Everything that the options say about a run. */
export interface RunSettings {
  render: RenderSettings;
  session: ClaudeSessionOptions;
  run: Pick<RunOptions, "sessionId" | "continueLast" | "fork">;
  /** The file that records the output stream of claude. */
  record?: string | undefined;
  /** Whether to redact that file. */
  redactRecord: boolean;
}

/** The idle timeout in CI, where a hanging run costs minutes unnoticed. */
const CI_IDLE_TIMEOUT_MS = 30 * 60_000;

/**
 * Returns the settings of a run.
 *
 * @throws {CcrunError} `usage` for a conflict, an unreadable file, or an unknown session
 */
export async function runSettings(
  { options, passthrough }: CommandLine,
  host: HostInfo,
): Promise<RunSettings> {
  const render = renderSettings(options, host);
  checkSessionOptions(options);
  await checkFiles(options, host);
  const { cwd, env } = host;
  const workspace = getPath(options, "cwd", cwd) ?? cwd;
  const { skip, mode } = resolvePermissionMode(options);
  const resume = getText(options, "resume");
  const schema = getText(options, "json-schema");
  return {
    render,
    record: getPath(options, "record", cwd),
    redactRecord: getSwitch(options, "redact") ?? false,
    run: {
      sessionId: resume &&
        await resumedSession(resume, { cwd: workspace, env, home: await homeDirectory(env) }),
      continueLast: options.has("continue"),
      fork: options.has("fork"),
    },
    session: {
      workspace,
      apiUrl: getText(options, "api-url"),
      allowedDirs: options.get("add-dir")?.values,
      plansDirectory: getPath(options, "plans-dir", cwd),
      claudePath: getText(options, "claude"),
      claudeSource: options.get("claude")?.source,
      env: withoutSteering(env, render.ci),
      failOnDenied: render.failOnDenied,
      logRawDiagnostics: render.debug === "content",
      partial: render.partial,
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
      appendSystemPrompt: getText(options, "append-system-prompt"),
      mcpConfig: options.get("mcp-config")?.values,
      mcpConfigSource: options.get("mcp-config")?.source,
      settings: getText(options, "settings"),
      settingsSource: options.get("settings")?.source,
      jsonSchema: schema && await readSchema(schema, cwd),
      newSessionId: getText(options, "session-id"),
      ...timeouts(options, host),
      ...resolveBackgroundPolicy(options),
      extraArgs: passthrough,
    },
  };
}

/** Returns the timeouts. 0 means no limit, except for the grace period. */
function timeouts(
  options: Options,
  { env }: HostInfo,
): Pick<ClaudeSessionOptions, "timeoutMs" | "idleTimeoutMs" | "graceMs"> {
  const idleMs = getDuration(options, "idle-timeout") ?? (isCi(env) ? CI_IDLE_TIMEOUT_MS : 0);
  return {
    timeoutMs: getDuration(options, "timeout") || undefined,
    idleTimeoutMs: idleMs || undefined,
    graceMs: getDuration(options, "grace"),
  };
}

/** Returns the schema of `--json-schema` on one line. */
async function readSchema(value: string, from: string): Promise<string> {
  return JSON.stringify(
    await readJsonOption({ source: "--json-schema", value, baseDirectory: from }),
  );
}
