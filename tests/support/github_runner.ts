/**
 * Reads the log of a job as GitHub's runner does, by the documented rules of workflow commands.
 *
 * - Lines end at a line feed, a carriage return, or both. A byte order mark at the start is removed.
 * - `::name key=value,key=value::data` is a command at the start of a line, after white space of .NET.
 *   `##[name key=value;key=value]data` is one anywhere in the line. Names are case-insensitive.
 * - Only known commands are executed, and none between `::stop-commands::token` and `::token::`.
 *
 * @module
 */

/** A parsed command. */
export interface WorkflowCommand {
  /** The name in lower case. */
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** An `error`, `warning` or `notice`. */
export interface LogAnnotation {
  readonly level: string;
  readonly title: string | undefined;
  readonly file: string | undefined;
  readonly line: string | undefined;
  readonly message: string;
}

/** A collapsed part of the log. */
export interface LogGroup {
  readonly title: string;
  readonly lines: string[];
}

/** The log of a job. */
export interface JobLog {
  /** The executed commands in order. */
  readonly commands: WorkflowCommand[];
  readonly annotations: LogAnnotation[];
  readonly groups: LogGroup[];
  /** The visible lines: those outside of groups, `▸ title` for a group, `Error: message` for an error. */
  readonly seen: string[];
  /** Groups that are nested, not opened, or not closed. */
  readonly faults: string[];
}

/** The commands that the runner knows. */
export const WORKFLOW_COMMANDS: readonly string[] = [
  "add-mask",
  "add-matcher",
  "add-path",
  "debug",
  "echo",
  "endgroup",
  "error",
  "group",
  "notice",
  "remove-matcher",
  "save-state",
  "set-env",
  "set-output",
  "stop-commands",
  "warning",
];

// Char.IsWhiteSpace of .NET.
const WHITE_SPACE = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** Splits a log into lines. */
export function linesOf(text: string): string[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function unescape(text: string, more: readonly (readonly [string, string])[] = []): string {
  let plain = text;
  for (const [code, character] of [["%0D", "\r"], ["%0A", "\n"], ...more, ["%25", "%"]] as const) {
    plain = plain.replaceAll(code, character);
  }
  return plain;
}

function propertiesOf(
  text: string,
  separator: string,
  more: readonly (readonly [string, string])[],
): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const part of text.split(separator)) {
    const at = part.indexOf("=");
    if (at > 0 && at < part.length - 1) {
      properties[part.slice(0, at)] = unescape(part.slice(at + 1), more);
    }
  }
  return properties;
}

/** Returns the command in a line, if there is one. */
export function commandIn(
  line: string,
  isKnown: (name: string) => boolean = () => true,
): WorkflowCommand | undefined {
  const trimmed = line.replace(WHITE_SPACE, "");
  const end = trimmed.startsWith("::") ? trimmed.indexOf("::", 2) : -1;
  if (end !== -1) {
    const [, name = "", rest = ""] = /^([^ ]*) ?(.*)$/s.exec(trimmed.slice(2, end)) ?? [];
    if (isKnown(name.toLowerCase())) {
      const properties = propertiesOf(rest.trim(), ",", [["%3A", ":"], ["%2C", ","]]);
      return { name: name.toLowerCase(), properties, data: unescape(trimmed.slice(end + 2)) };
    }
  }
  const from = line.indexOf("##[");
  const to = from === -1 ? -1 : line.indexOf("]", from);
  if (to === -1) return undefined;
  const [, name = "", rest = ""] = /^([^ ]*) ?(.*)$/s.exec(line.slice(from + 3, to)) ?? [];
  if (!isKnown(name.toLowerCase())) return undefined;
  const more = [["%3B", ";"], ["%5D", "]"]] as const;
  return {
    name: name.toLowerCase(),
    properties: propertiesOf(rest, ";", more),
    data: unescape(line.slice(to + 1), more),
  };
}

const LABELS: Readonly<Record<string, string>> = {
  error: "Error: ",
  warning: "Warning: ",
  notice: "Notice: ",
};

/**
 * Reads a log.
 *
 * @example
 * ```ts
 * import { readGithubLog } from "./github_runner.ts";
 *
 * console.log(readGithubLog("::group::a\nb\n::endgroup::\n").groups); // [{ title: "a", lines: ["b"] }]
 * ```
 */
export function readGithubLog(text: string): JobLog {
  const log: JobLog = { commands: [], annotations: [], groups: [], seen: [], faults: [] };
  let group: LogGroup | undefined;
  let token: string | undefined;
  const show = (line: string) => (group?.lines ?? log.seen).push(line);

  for (const line of linesOf(text)) {
    const command = commandIn(
      line,
      (name) => WORKFLOW_COMMANDS.includes(name) || name === token?.toLowerCase(),
    );
    if (token !== undefined) {
      if (command !== undefined && command.name === token.toLowerCase()) token = undefined;
      show(line);
      continue;
    }
    if (command === undefined) {
      show(line);
      continue;
    }
    log.commands.push(command);
    const { name, properties, data } = command;
    switch (name) {
      case "group":
        if (group !== undefined) log.faults.push(`${data} begins in ${group.title}`);
        group = { title: data, lines: [] };
        log.groups.push(group);
        log.seen.push(`▸ ${data}`);
        break;
      case "endgroup":
        if (group === undefined) log.faults.push("a group ends that is not open");
        group = undefined;
        break;
      case "error":
      case "warning":
      case "notice": {
        const { title, file, line } = properties;
        log.annotations.push({ level: name, title, file, line, message: data });
        for (const part of `${LABELS[name]}${data}`.split("\n")) show(part);
        break;
      }
      case "stop-commands":
        token = data;
        show(line);
        break;
    }
  }
  if (group !== undefined) log.faults.push(`${group.title} is left open`);
  return log;
}
