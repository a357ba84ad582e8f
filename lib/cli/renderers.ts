import { createCiLog } from "../ci/log.ts";
import { sessionIdIn } from "../claude/session_id.ts";
import type { Redactor } from "../redact/redactor.ts";
import { createJsonRenderer } from "../render/json.ts";
import type { CreatePage } from "../render/page.ts";
import { createProgressRenderer, type ProgressRenderer } from "../render/pretty/progress.ts";
import { createProblemsRenderer } from "../render/problems.ts";
import { createRawRenderer, type RawRenderer } from "../render/raw.ts";
import type { Renderer } from "../render/renderer.ts";
import { createResultRenderer } from "../render/result.ts";
import { createTextRenderer } from "../render/text.ts";
import type { BufferedWriter } from "../terminal/buffered_writer.ts";
import { escapeLogCommands } from "../terminal/escape_commands.ts";
import { createFilteredWriter } from "../terminal/filtered_writer.ts";
import { LogLineFilter } from "../terminal/log_line_filter.ts";
import { sanitize, SanitizeStream } from "../terminal/sanitize.ts";
import { createTerminal, type Terminal } from "../terminal/terminal.ts";
import type { EventAge } from "../util/event_age.ts";
import type { HostInfo } from "./host.ts";
import { printsAnswer } from "./options.ts";
import { messageLine } from "./print.ts";
import { logRedactor, redactEvents } from "./redaction.ts";
import type { RenderSettings } from "./render_settings.ts";

/** Options for {@linkcode createRenderers}. */
export interface RenderersOptions {
  readonly settings: RenderSettings;
  readonly host: HostInfo;
  /** Removes secrets from what others can read. */
  readonly redactor: Redactor | undefined;
  readonly stdout: BufferedWriter;
  readonly stderr: BufferedWriter;
  /** Creates what stdout carries, if its format shows a whole session. */
  readonly createPage?: CreatePage | undefined;
  /** The session that a fork branches off. Its id is not the id of the run. */
  readonly forkedFrom?: string | undefined;
  /** Returns the age of an event, if the run may have started before this program. */
  readonly ageOf?: EventAge | undefined;
}

/** The renderers of the standard streams. */
export interface Renderers {
  readonly stdout: Renderer;
  readonly stderr: Renderer;
  /** The renderer of stdout, if its format is `raw`, which also needs the bytes. */
  readonly raw: RawRenderer | undefined;
  /** Prints a message of ccrun on stderr. */
  readonly printMessage: (text: string) => void;
}

/** Creates the renderers that the settings require. */
export function createRenderers(options: RenderersOptions): Renderers {
  const { settings, host, stderr, forkedFrom } = options;
  const ci = createCiLog(settings.ci);
  const redactor = logRedactor(settings, options.redactor);
  const terminal = createStderrTerminal(settings, host);
  const progress = !settings.progress ? undefined : createProgressRenderer(stderr, terminal, {
    isAnswerElsewhere: printsAnswer(settings.format) && !settings.partial &&
      !shareTerminal(options),
    home: host.env["HOME"] ?? "",
    ci,
    ageOf: options.ageOf,
  });
  const problems = createProblemsRenderer(stderr, terminal.styles, ci);
  const raw = settings.format === "raw"
    ? createRawStdout(filteredStdout(options), forkedFrom)
    : undefined;
  return {
    stdout: raw ?? createStdoutRenderer(options, progress),
    stderr: redactEvents(progress ?? problems, redactor),
    raw,
    printMessage(text) {
      const line = redactor?.text(text) ?? text;
      if (progress !== undefined) progress.printMessage(line);
      else stderr.write(`${messageLine(line)}\n`);
    },
  };
}

/** Returns whether stdout shows the same screen as stderr. The log of a CI system is no screen. */
function shareTerminal({ settings, host }: RenderersOptions): boolean {
  return areBothTerminals(host) && settings.ci === "none";
}

function areBothTerminals({ isTerminal }: HostInfo): boolean {
  return isTerminal.stdout && isTerminal.stderr;
}

function createStderrTerminal(settings: RenderSettings, host: HostInfo): Terminal {
  // Live rows would mix with the events or lines on the same terminal.
  const isMixed = areBothTerminals(host) && !printsAnswer(settings.format);
  return createTerminal({
    isTerminal: host.isTerminal.stderr,
    isLog: settings.ci !== "none",
    columns: host.columns,
    color: settings.color,
    term: isMixed ? "dumb" : host.env["TERM"] ?? "",
  });
}

/** Returns whether stdout is the log of a CI system. A pipe may be. */
function isStdoutLog({ settings, host }: RenderersOptions): boolean {
  return settings.ci !== "none" && !host.streams?.stdoutIsFile;
}

/** Returns stdout for claude's bytes, or for a page. They are exact, unless they are shown. */
function filteredStdout(options: RenderersOptions): BufferedWriter {
  let { stdout } = options;
  if (isStdoutLog(options)) stdout = createFilteredWriter(stdout, new LogLineFilter());
  if (!options.host.isTerminal.stdout) return stdout;
  return createFilteredWriter(stdout, new SanitizeStream());
}

function createRawStdout(stdout: BufferedWriter, forkedFrom: string | undefined): RawRenderer {
  return createRawRenderer(stdout, (line) => {
    const id = sessionIdIn(line);
    return id === forkedFrom ? undefined : id;
  });
}

const SILENT: Renderer = { event() {} };

function createStdoutRenderer(
  options: RenderersOptions,
  progress: ProgressRenderer | undefined,
): Renderer {
  const { settings, host, stdout, createPage, redactor } = options;
  if (createPage !== undefined) {
    // A file gets the page instead.
    if (settings.files.output !== undefined) return SILENT;
    return redactEvents(createPage(filteredStdout(options)), redactor);
  }
  if (settings.format === "json") return createJsonRenderer(stdout);
  if (settings.format === "result") return createResultRenderer(stdout);
  const isLog = isStdoutLog(options);
  return createTextRenderer(stdout, {
    // Files and pipes receive the exact text, unless they are the log of a CI system.
    ...(host.isTerminal.stdout ? { sanitize } : {}),
    ...(isLog ? { escape: escapeLogCommands } : {}),
    isShown: (answer) => shareTerminal(options) && progress?.hasShown(answer) === true,
  });
}
