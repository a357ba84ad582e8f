import { type CiSystem, ciSystem, isCi, withoutSteering } from "../ci/detect.ts";
import type { ClaudeSessionOptions, RunOptions } from "../session.ts";
import {
  checkFiles,
  checkSessionOptions,
  type Format,
  resolveBackgroundPolicy,
  resolveFormat,
  resolvePermissionMode,
} from "./conflicts.ts";
import { homeDirectory } from "../util/home_directory.ts";
import { readJsonOption } from "../util/json_option.ts";
import type { HostInfo } from "./host.ts";
import {
  getDuration,
  getNumber,
  getPath,
  getSwitch,
  getText,
  type Options,
} from "./option_values.ts";
import { resumedSession } from "./resume.ts";

/** How to render a run or a replay. */
export interface RenderSettings {
  /** What stdout carries. */
  format: Format;
  /** Whether stderr shows progress. */
  progress: boolean;
  /** Whether text is shown while it is generated. */
  partial: boolean;
  /** Whether stderr has colors. */
  color: boolean;
  /** The file of the answer. */
  output?: string | undefined;
  /** The file of the result. */
  result?: string | undefined;
  /** The file of the summary. */
  summary?: string | undefined;
  /** The CI system that runs ccrun. */
  ci: CiSystem;
  /** Whether to redact what CI publishes: summary, annotations, outputs, log. */
  redact: boolean;
  /** Whether a denied tool call fails the run. */
  failOnDenied: boolean;
  /** Whether to print diagnostics. */
  debug: false | "sizes" | "content";
}

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

/** Returns whether to use colors on a stream. */
export function colorOf(
  options: Options,
  host: HostInfo,
  stream: "stdout" | "stderr" = "stderr",
): boolean {
  const when = getText(options, "color");
  if (when === "always") return true;
  if (when === "never") return false;
  if (host.env["NO_COLOR"]) return false;
  const force = host.env["FORCE_COLOR"];
  if (force) return force !== "0" && force !== "false";
  return host.isTerminal[stream] && host.env["TERM"] !== "dumb";
}

/** Returns the settings of the report files. They are valid even if other options are not. */
export function reportSettings(
  options: Options,
  host: HostInfo,
): Pick<RenderSettings, "output" | "result" | "summary" | "ci" | "redact"> {
  const ci = ciSystem(getText(options, "ci"), host.env);
  return {
    output: outputFile(options, "output", host),
    result: outputFile(options, "result", host),
    summary: outputFile(options, "summary", host),
    ci,
    redact: getSwitch(options, "redact") ?? (ci !== "none" || isCi(host.env)),
  };
}

/** Returns the path of a file to write, or undefined for a value that validation rejects. */
function outputFile(options: Options, name: string, { cwd }: HostInfo): string | undefined {
  const value = getText(options, name)?.trim();
  return value === "-" || value === "" ? undefined : getPath(options, name, cwd);
}

/** Returns how to render a run. @throws {CcrunError} `usage` for a conflict */
export function renderSettings(options: Options, host: HostInfo): RenderSettings {
  const format = resolveFormat(options);
  const progress = getSwitch(options, "progress") ?? format === "pretty";
  const reports = reportSettings(options, host);
  const printsAnswer = format === "pretty" || format === "text";
  // Some CI systems provide a terminal, but no person watches it.
  const isWatched = progress && host.isTerminal.stderr && printsAnswer && reports.ci === "none";
  return {
    ...reports,
    format,
    progress,
    partial: getSwitch(options, "partial") ?? isWatched,
    color: colorOf(options, host),
    failOnDenied: getSwitch(options, "fail-on-denied") ?? false,
    debug: debugLevel(options),
  };
}

function debugLevel(options: Options): RenderSettings["debug"] {
  if (getSwitch(options, "debug-raw")) return "content";
  return getSwitch(options, "debug") ? "sizes" : false;
}

/**
 * Returns the settings of a run.
 *
 * @param passthrough The arguments for claude itself.
 * @throws {CcrunError} `usage` for a conflict, an unreadable file, or an unknown session
 */
export async function runSettings(
  options: Options,
  passthrough: readonly string[],
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
  return JSON.stringify(await readJsonOption({ source: "--json-schema", value, from }));
}
