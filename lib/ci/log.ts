import type { CiLog } from "../terminal/ci_log.ts";
import { escapeLogCommands } from "../terminal/escape_commands.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";
import { sliceStart } from "../util/truncate.ts";
import type { CiSystem } from "./detect.ts";

/**
 * Creates the {@linkcode CiLog} of a system, or returns `undefined` if its log has no commands.
 *
 * @example
 * ```ts
 * import { createCiLog } from "./log.ts";
 *
 * const log = createCiLog("github");
 * console.log(log.group("npm test", "ok\n")); // ::group::npm test, then ok, then ::endgroup::
 * console.log(log.annotate("warning", { title: "Bash denied", message: "50 %" }).command);
 * // ::warning title=Bash denied::50 %25
 * ```
 */
export function createCiLog(system: "github" | "gitlab"): CiLog;
export function createCiLog(system: CiSystem): CiLog | undefined;
export function createCiLog(system: CiSystem): CiLog | undefined {
  if (system === "github") return createGithubLog();
  if (system === "gitlab") return createGitlabLog();
  return undefined;
}

/** GitHub shows 10 errors and 10 warnings of a step. One is reserved for the failure of the run. */
const MAX_ANNOTATIONS = { error: 9, warning: 9, failure: Infinity };

/** The runner truncates a message at 4,096 characters. */
const MAX_MESSAGE_LENGTH = 4_000;

const MAX_TITLE_LENGTH = 120;

/** Escapes the value of a workflow command. */
function escapeData(text: string): string {
  return escapeLogCommands(text)
    .replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** Escapes a property of a workflow command. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

function createGithubLog(): CiLog {
  const counts = { error: 0, warning: 0, failure: 0 };
  return {
    group: (title, lines) => `::group::${escapeData(title)}\n${lines}::endgroup::\n`,
    annotate(level, { title, message }) {
      const omitted = ++counts[level] - MAX_ANNOTATIONS[level];
      if (omitted > 1) return {};
      if (omitted === 1) {
        return { notice: `GitHub shows 10 ${level}s of a step: further ones are only in this log` };
      }
      const isTooLong = message.length > MAX_MESSAGE_LENGTH;
      const shown = isTooLong ? `${sliceStart(message, MAX_MESSAGE_LENGTH)}…` : message;
      const shownTitle = escapeProperty(sanitizeLine(title, MAX_TITLE_LENGTH));
      const name = level === "failure" ? "error" : level;
      return { command: `::${name} title=${shownTitle}::${escapeData(shown)}\n` };
    },
  };
}

/** Clears to the end of the line, so that a terminal does not show the marker before it. */
const CLEAR = "\x1b[0K";

function createGitlabLog(): CiLog {
  // Distinguishes the sections of this run from those of other runs in the same job.
  const id = crypto.randomUUID().slice(0, 8);
  let count = 0;

  function marker(kind: "start" | "end", ms: number, name: string): string {
    return `${CLEAR}section_${kind}:${Math.floor(ms / 1_000)}:${name}\r${CLEAR}`;
  }

  return {
    group(title, lines, ms = 0) {
      const name = `ccrun_${id}_${++count}`;
      const end = Date.now();
      // GitLab shows the time between the markers as the duration of the section.
      const start = marker("start", end - ms, `${name}[collapsed=true]`);
      return `${start}${escapeLogCommands(title)}\n${lines}${marker("end", end, name)}\n`;
    },
    annotate: () => ({}),
  };
}
