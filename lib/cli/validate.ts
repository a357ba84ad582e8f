import { homeDirectory } from "../process/home_directory.ts";
import { isInlineJson } from "../util/json.ts";
import { resolve } from "@std/path";
import { jsonHint } from "../claude/json_option.ts";
import type { ClaudeSessionOptions, RunOptions } from "../session.ts";
import { formatDuration, MAX_DURATION_MS, parseDuration } from "../util/duration.ts";
import { type CiSystem, ciSystem, isCi, withoutSteering } from "../ci/detect.ts";
import type { HostInfo } from "./host.ts";
import { OPTIONS, type OptionSpec } from "./options.ts";
import { type OptionValue, usageError } from "./args.ts";
import { describeReadError } from "../util/file_errors.ts";

/** What stdout carries. */
export type Format = "pretty" | "text" | "json" | "raw" | "result";

/** How a run or a replay is shown. */
export interface RenderSettings {
  /** What stdout carries. */
  format: Format;
  /** Progress on stderr. */
  progress: boolean;
  /** Text as it is generated. */
  partial: boolean;
  /** Colours on stderr. */
  color: boolean;
  /** The file of the final answer. */
  output?: string | undefined;
  /** The file of the last result and the ending. */
  result?: string | undefined;
  /** The file of the summary. */
  summary?: string | undefined;
  /** The CI system that is served. */
  ci: CiSystem;
  /** Whether secrets are replaced in what is published: summary, annotations, outputs, a CI log. */
  redact: boolean;
  /** A refused tool makes it fail. */
  failOnDenied: boolean;
  /** Diagnostics, with their content or without. */
  debug: false | "sizes" | "content";
}

/** Everything that a run is told by its options. */
export interface RunSettings {
  render: RenderSettings;
  session: ClaudeSessionOptions;
  run: Pick<RunOptions, "sessionId" | "continueLast" | "fork">;
  /** The file that keeps claude's stream. */
  record?: string | undefined;
  /** Whether secrets are replaced in that file, too. */
  redactRecord: boolean;
}

type Options = ReadonlyMap<string, OptionValue>;

function textOf(options: Options, name: string): string | undefined {
  return options.get(name)?.values[0];
}

function isOn(options: Options, name: string): boolean | undefined {
  const value = textOf(options, name);
  return value === undefined ? undefined : value === "1";
}

/** The options that name a file which ccrun writes, and how the same comes to stdout. */
const WRITTEN_FILES: ReadonlyMap<string, string> = new Map([
  ["output", "leave it out: the answer goes to stdout anyway"],
  ["record", "for claude's stream on stdout: --format raw"],
  ["result", "for the result on stdout: --format result"],
  ["summary", "name a file, and print it afterwards"],
]);

/** Whether a value came from the environment. */
function isVariable(source: string | undefined): boolean {
  return source?.startsWith("CCRUN_") ?? false;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function checkValue(spec: OptionSpec, value: string, source: string): void {
  const bad = (wanted: string, hint?: string) => {
    throw usageError(`${source} must be ${wanted}, not ${JSON.stringify(value)}`, hint);
  };
  if (value.trim() === "" && spec.value !== undefined && !spec.isAnyText) {
    throw usageError(
      `${source} is empty`,
      isVariable(source)
        ? `unset it, or give it a value: ${source}=${spec.value}`
        : `give a value: ${source} ${spec.value}; a variable in it may be unset`,
    );
  }
  const place = WRITTEN_FILES.get(spec.name);
  if (place !== undefined && value === "-") {
    throw usageError(`${source} takes a file, not -`, place);
  }
  if (spec.name === "max-turns" && Number(value) === 0) bad("1 or more");
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    const isStream = spec.name === "format" && value === "stream-json";
    bad(
      `one of ${spec.choices.join(", ")}`,
      isStream ? "json gives ccrun's events, raw claude's own lines" : undefined,
    );
  }
  switch (spec.kind) {
    case "count":
      if (!/^\d{1,9}$/.test(value)) {
        bad(/^\d+$/.test(value) ? "a whole number of 9 digits at the most" : "a whole number");
      }
      break;
    case "amount":
      if (!/^(\d+(\.\d*)?|\.\d+)$/.test(value) || Number(value) === 0) {
        bad(`an amount${Number(value) === 0 ? " above 0" : ""}, as 2.50`);
      }
      break;
    case "duration":
      if (parseDuration(value) === undefined) {
        bad(
          `a duration up to ${formatDuration(MAX_DURATION_MS)}, as 90s, 10m or 1h30m`,
          /^\d+$/.test(value) ? `with its unit: ${value}s, or ${value}m` : undefined,
        );
      }
      break;
    case "uuid":
      if (!UUID.test(value)) bad("a UUID");
      break;
    case "url":
      if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
        bad(
          "an http or https URL",
          /^[\w.-]+(:\d+)?(\/|$)/.test(value)
            ? `with its scheme: https://${value} or http://${value}`
            : undefined,
        );
      }
  }
}

/** Checks each value by itself. @throws {CcrunError} `usage` */
export function checkValues(options: Options): void {
  for (const spec of OPTIONS) {
    const given = options.get(spec.name);
    for (const value of given?.values ?? []) checkValue(spec, value, given?.source ?? "");
  }
}

function contradict(options: Options, first: string, second: string): void {
  const [one, other] = [options.get(first), options.get(second)];
  if (one === undefined || other === undefined) return;
  throw usageError(
    `${one.source} and ${other.source} contradict each other`,
    isVariable(one.source) && isVariable(other.source) ? "unset one of them" : "give one of them",
  );
}

function formatOf(options: Options): Format {
  const asked = options.get("format");
  const wanted = new Map<Format, string>();
  for (const [name, format] of [["json", "json"], ["quiet", "text"]] as const) {
    const given = options.get(name);
    if (given !== undefined) wanted.set(format, given.source);
  }
  if (asked !== undefined && !(isVariable(asked.source) && wanted.size > 0)) {
    const [format] = asked.values;
    wanted.set(format as Format, `${asked.source} ${format}`);
  }
  if (wanted.size > 1) {
    throw usageError(
      `${[...wanted.values()].join(" and ")} contradict each other`,
      "give one of them",
    );
  }
  return [...wanted.keys()][0] ?? "pretty";
}

/** Whether to use colours on a stream. */
export function colorOf(
  options: Options,
  edge: HostInfo,
  stream: "stdout" | "stderr" = "stderr",
): boolean {
  const when = textOf(options, "color");
  if (when === "always") return true;
  if (when === "never") return false;
  if (edge.env["NO_COLOR"]) return false;
  const force = edge.env["FORCE_COLOR"];
  if (force) return force !== "0" && force !== "false";
  return edge.isTerminal[stream] && edge.env["TERM"] !== "dumb";
}

/** What is written at the end, of which nothing can be wrong by itself. */
export function reportSettings(
  options: Options,
  edge: HostInfo,
): Pick<RenderSettings, "output" | "result" | "summary" | "ci" | "redact"> {
  const ci = ciSystem(textOf(options, "ci"), edge.env);
  return {
    output: writtenFile(options, "output", edge),
    result: writtenFile(options, "result", edge),
    summary: writtenFile(options, "summary", edge),
    ci,
    redact: isOn(options, "redact") ?? (ci !== "none" || isCi(edge.env)),
  };
}

/**
 * Reads how it is to be shown.
 *
 * @throws {CcrunError} `usage` for contradictions
 */
export function renderSettings(options: Options, edge: HostInfo): RenderSettings {
  const format = formatOf(options);
  const progress = isOn(options, "progress") ?? format === "pretty";
  const reports = reportSettings(options, edge);
  const givesAnswer = format === "pretty" || format === "text";
  // In CI nobody watches, also where there is a terminal.
  const isWatched = progress && edge.isTerminal.stderr && givesAnswer && reports.ci === "none";
  const isDebug = isOn(options, "debug-raw") ? "content" : isOn(options, "debug") ? "sizes" : false;
  return {
    ...reports,
    format,
    progress,
    partial: isOn(options, "partial") ?? isWatched,
    color: colorOf(options, edge),
    failOnDenied: isOn(options, "fail-on-denied") ?? false,
    debug: isDebug,
  };
}

/** The absolute path of a file that is written; none for one that is refused, of which the reports tell. */
function writtenFile(options: Options, name: string, edge: HostInfo): string | undefined {
  const path = textOf(options, name)?.trim();
  return path === "-" || path === "" ? undefined : fileOf(options, name, edge);
}

/** The absolute path of a file that an option names. */
function fileOf(options: Options, name: string, edge: HostInfo): string | undefined {
  const path = textOf(options, name);
  return path === undefined ? undefined : resolve(edge.cwd, path);
}

function checkSession(options: Options): void {
  contradict(options, "resume", "continue");
  const goesOn = options.has("resume") || options.has("continue");
  const fork = options.get("fork");
  if (fork !== undefined && !goesOn) {
    throw usageError(
      `${fork.source} has no session to branch off`,
      "give --resume ID or --continue with it",
    );
  }
  const isPending = textOf(options, "resume")?.startsWith("pending_");
  if (options.has("session-id") && goesOn && !isPending && !options.has("fork")) {
    throw usageError(
      "--session-id is for a new session, and this one goes on",
      "add --fork, or leave --session-id out",
    );
  }
}

/**
 * One file would be replaced by another, or by what was made of it. A device takes several.
 *
 * @param recording what is replayed
 * @throws {CcrunError} `usage`
 */
export async function checkFiles(
  options: Options,
  edge: HostInfo,
  recording?: string,
): Promise<void> {
  const seen = new Map<string, string>();
  if (recording !== undefined) {
    const path = resolve(edge.cwd, recording);
    seen.set(await Deno.realPath(path).catch(() => path), "the recording");
  }
  for (const name of ["prompt-file", ...WRITTEN_FILES.keys()]) {
    const given = options.get(name);
    if (given === undefined) continue;
    const path = resolve(edge.cwd, given.values[0] ?? "");
    const file = await Deno.realPath(path).catch(() => path);
    const other = seen.get(file);
    if (other !== undefined && !file.startsWith("/dev/")) {
      throw usageError(`${other} and ${given.source} name the same file`, "name different ones");
    }
    seen.set(file, given.source);
  }
}

/**
 * Which of two options counts that cannot both be meant: one that is given as an option wins over
 * one that is a habit, from the environment.
 *
 * @throws {CcrunError} `usage` when neither does
 */
function stronger(options: Options, first: string, second: string): string {
  const isHabit = (name: string) => isVariable(options.get(name)?.source);
  if (isHabit(first) === isHabit(second)) contradict(options, first, second);
  return isHabit(first) ? second : first;
}

/** Skipping permissions and another permission mode cannot both be meant. */
function skipsPermissions(options: Options): { skip: boolean; mode: string | undefined } {
  const skip = isOn(options, "dangerously-skip-permissions") ?? false;
  const mode = textOf(options, "permission-mode");
  if (!skip || mode === undefined || mode === "bypassPermissions") return { skip, mode };
  const counts = stronger(options, "dangerously-skip-permissions", "permission-mode");
  return counts === "permission-mode" ? { skip: false, mode } : { skip, mode: undefined };
}

/** Nothing survives the namespace in which claude is isolated. */
function whatStays(options: Options): Pick<ClaudeSessionOptions, "keepBackground" | "isolate"> {
  const keepBackground = isOn(options, "keep-background");
  const isolate = isOn(options, "isolate");
  if (!keepBackground || !isolate) return { keepBackground, isolate };
  const keeps = stronger(options, "keep-background", "isolate") === "keep-background";
  return { keepBackground: keeps, isolate: !keeps };
}

function numberOf(options: Options, name: string): number | undefined {
  const value = textOf(options, name);
  return value === undefined ? undefined : Number(value);
}

function durationOf(options: Options, name: string): number | undefined {
  const value = textOf(options, name);
  return value === undefined ? undefined : parseDuration(value);
}

/** How long claude may say nothing in CI, where nobody sees that it hangs, and minutes cost. */
const CI_IDLE_TIMEOUT_MS = 30 * 60_000;

/** Only a session that has a name is looked for. */
async function sessionOf(wanted: string, cwd: string, { env }: HostInfo): Promise<string> {
  const { resolveSession } = await import("../claude/sessions/resolve.ts");
  return await resolveSession(wanted, { cwd, env, home: await homeDirectory(env) });
}

/** The limits in time: 0 is none, but for the grace, where it means at once. */
function limitsOf(
  options: Options,
  edge: HostInfo,
): Pick<ClaudeSessionOptions, "timeoutMs" | "idleTimeoutMs" | "graceMs"> {
  const idle = durationOf(options, "idle-timeout") ?? (isCi(edge.env) ? CI_IDLE_TIMEOUT_MS : 0);
  return {
    timeoutMs: durationOf(options, "timeout") || undefined,
    idleTimeoutMs: idle || undefined,
    graceMs: durationOf(options, "grace"),
  };
}

async function readSchema(value: string | undefined, edge: HostInfo): Promise<string | undefined> {
  if (value === undefined) return undefined;
  const isInline = isInlineJson(value);
  const where = isInline ? "--json-schema" : `--json-schema ${value}`;
  let text = value;
  if (!isInline) {
    try {
      text = await Deno.readTextFile(resolve(edge.cwd, value));
    } catch (error) {
      throw usageError(
        `cannot read --json-schema ${value}: ${describeReadError(error)}`,
        "name another file, or give the JSON itself as {...}",
      );
    }
  }
  try {
    // Also takes the newlines out, which argv does not need.
    const schema: unknown = JSON.parse(text);
    if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) {
      return JSON.stringify(schema);
    }
  } catch (error) {
    throw usageError(`${where} is not JSON: ${(error as Error).message}`, jsonHint(value));
  }
  throw usageError(`${where} is not a JSON object`, 'a schema is one, as {"type": "object"}');
}

/**
 * Reads everything that a run is told.
 *
 * @param rest options for claude itself
 * @throws {CcrunError} `usage` for contradictions and unreadable files
 */
export async function runSettings(
  options: Options,
  rest: readonly string[],
  edge: HostInfo,
): Promise<RunSettings> {
  const show = renderSettings(options, edge);
  checkSession(options);
  await checkFiles(options, edge);
  const { skip, mode } = skipsPermissions(options);
  const workspace = fileOf(options, "cwd", edge) ?? edge.cwd;
  const wanted = textOf(options, "resume");
  const listOf = (name: string) => options.get(name)?.values;
  const claude = options.get("claude");
  return {
    render: show,
    record: fileOf(options, "record", edge),
    redactRecord: isOn(options, "redact") ?? false,
    run: {
      sessionId: wanted === undefined ? undefined : await sessionOf(wanted, workspace, edge),
      continueLast: options.has("continue"),
      fork: options.has("fork"),
    },
    session: {
      workspace,
      apiUrl: textOf(options, "api-url"),
      allowedDirs: listOf("add-dir"),
      plansDirectory: fileOf(options, "plans-dir", edge),
      claudePath: claude?.values[0],
      claudeSource: claude?.source,
      settingsSource: options.get("settings")?.source,
      mcpConfigSource: options.get("mcp-config")?.source,
      env: withoutSteering(edge.env, show.ci),
      failOnDenied: show.failOnDenied,
      logRawDiagnostics: show.debug === "content",
      partial: show.partial,
      model: textOf(options, "model"),
      fallbackModel: textOf(options, "fallback-model"),
      maxTurns: numberOf(options, "max-turns"),
      maxBudgetUsd: numberOf(options, "max-budget-usd"),
      maxRetries: numberOf(options, "max-retries"),
      allowedTools: listOf("allowed-tools"),
      disallowedTools: listOf("disallowed-tools"),
      permissionMode: mode,
      dangerouslySkipPermissions: skip,
      systemPrompt: textOf(options, "system-prompt"),
      appendSystemPrompt: textOf(options, "append-system-prompt"),
      mcpConfig: listOf("mcp-config"),
      settings: textOf(options, "settings"),
      jsonSchema: await readSchema(textOf(options, "json-schema"), edge),
      newSessionId: textOf(options, "session-id"),
      ...limitsOf(options, edge),
      ...whatStays(options),
      extraArgs: rest,
    },
  };
}
