import { escapeLogCommands } from "./escape_commands.ts";
import { type Edit, type EditPlace, placeOfEdit, type ReadText } from "./edit_place.ts";
import { sanitizeLine } from "../terminal/sanitize.ts";

/** The CI systems whose logs ccrun lays out. */
export type CiSystem = "github" | "gitlab";

/** What is said beside a log: on GitHub on the page of the run, and at the line of a file. */
export interface Annotation {
  /** What it is about, in a few words. */
  readonly title: string;
  /** What it says; may have several lines. The log shows it, too, but for the title. */
  readonly message: string;
  /** Where it belongs. */
  readonly place?: EditPlace | undefined;
}

/** How {@linkcode createCiLog} works. */
export interface CiLogOptions {
  /** The directory that files of annotations are relative to: GITHUB_WORKSPACE. Without it none is named. */
  workspace?: string | undefined;
  /** Reads a file of the workspace, in which the line of a failed edit is looked for; undefined when it must not. */
  readFile?: ReadText;
  /**
   * The time, as milliseconds since 1970.
   *
   * @default {Date.now}
   */
  now?: () => number;
  /**
   * Tells this run's sections from those of others in the same job.
   *
   * @default a random one
   */
  id?: string;
}

/**
 * The commands of a CI system for its log: collapsed sections, and annotations. It writes nothing
 * itself: it gives whole lines, each with its newline, that are to be written where a line begins.
 */
export interface CiLog {
  /**
   * Gives a collapsed section: they cannot be nested.
   *
   * @param lines what is in it: whole lines, which command nothing
   * @param ms how long that took, where it is known
   */
  group(title: string, lines: string, ms?: number): string;
  /**
   * Gives what annotates a failure of a tool, or a warning. The log shows its message: it need
   * not be said again. Undefined where there are no annotations, or no room for more.
   */
  annotate(level: "error" | "warning", annotation: Annotation): string | undefined;
  /** Gives what annotates the run's own failure, for which there is room always; undefined where there are none. */
  fail(annotation: Annotation): string | undefined;
  /** Gives, once, what to tell a person when something was not annotated for want of room. */
  takeFullNotice(): string | undefined;
  /** Where a failed edit belongs, while there is room to annotate it. */
  placeOf(edit: Edit | undefined, cwd: string | undefined): EditPlace | undefined;
}

/** GitHub shows as many errors and as many warnings of a step. The last error is kept for the run's own. */
const ANNOTATIONS_A_STEP = 10;

/** The runner cuts a message at 4,096 characters. */
const MESSAGE_LIMIT = 4_000;

/** A title is one line in a list. */
const TITLE_LIMIT = 120;

/** The value of a workflow command. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** A property of one. The page that shows the log looks for commands there, too. */
function escapeProperty(text: string): string {
  return escapeData(escapeLogCommands(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/**
 * Makes a {@linkcode CiLog}.
 *
 * @example
 * ```ts
 * import { createCiLog } from "./log.ts";
 *
 * const log = createCiLog("github");
 * console.log(log.group("npm test", "ok\n")); // ::group::npm test, then ok, then ::endgroup::
 * console.log(log.annotate("warning", { title: "Bash denied", message: "50 %" }));
 * // ::warning title=Bash denied::50 %25
 * ```
 */
export function createCiLog(system: CiSystem, options: CiLogOptions = {}): CiLog {
  return system === "github" ? makeGithubLog(options) : makeGitlabLog(options);
}

function makeGithubLog({ workspace, readFile }: CiLogOptions): CiLog {
  const left = { error: ANNOTATIONS_A_STEP - 1, warning: ANNOTATIONS_A_STEP - 1 };
  let fullNotice: string | undefined;
  const toldFull = new Set<string>();

  function command(level: "error" | "warning", { title, message, place }: Annotation): string {
    const properties = [`title=${escapeProperty(sanitizeLine(title, TITLE_LIMIT))}`];
    if (place !== undefined) {
      properties.push(`file=${escapeProperty(place.file)}`, `line=${place.line}`);
    }
    const cut = message.length > MESSAGE_LIMIT;
    const said = cut ? `${message.slice(0, MESSAGE_LIMIT).toWellFormed()}…` : message;
    return `::${level} ${properties.join(",")}::${escapeData(escapeLogCommands(said))}\n`;
  }

  return {
    group: (title, lines) =>
      `::group::${escapeData(escapeLogCommands(title))}\n${lines}::endgroup::\n`,
    annotate(level, annotation) {
      if (left[level] > 0) {
        left[level]--;
        return command(level, annotation);
      }
      if (!toldFull.has(level)) {
        toldFull.add(level);
        fullNotice =
          `GitHub shows ${ANNOTATIONS_A_STEP} ${level}s a step: further ones are in this log only`;
      }
      return undefined;
    },
    fail: (annotation) => command("error", annotation),
    takeFullNotice() {
      const notice = fullNotice;
      fullNotice = undefined;
      return notice;
    },
    placeOf(edit, cwd) {
      if (edit === undefined || left.error === 0) return undefined;
      return placeOfEdit(edit, { cwd, workspace, readFile });
    },
  };
}

/** Clears to the end of the line: GitLab's markers stand between these, so that a terminal does not show them. */
const CLEAR = "\x1b[0K";

function makeGitlabLog(options: CiLogOptions): CiLog {
  const now = options.now ?? Date.now;
  // Names have letters, digits, and these: _ . -
  const id = (options.id ?? crypto.randomUUID().slice(0, 8)).replaceAll(/[^\w.-]/g, "_");
  let count = 0;

  function marker(kind: "start" | "end", at: number, name: string): string {
    return `${CLEAR}section_${kind}:${Math.floor(at / 1_000)}:${name}\r${CLEAR}`;
  }

  return {
    group(title, lines, ms = 0) {
      const name = `ccrun_${id}_${++count}`;
      const at = now();
      // GitLab shows how long a section took.
      const start = marker("start", at - ms, `${name}[collapsed=true]`);
      return `${start}${escapeLogCommands(title)}\n${lines}${marker("end", at, name)}\n`;
    },
    annotate: () => undefined,
    fail: () => undefined,
    takeFullNotice: () => undefined,
    placeOf: () => undefined,
  };
}
