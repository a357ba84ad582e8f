/**
 * A job's log as GitHub's runner reads it, by the documented rules of workflow commands: which
 * commands it obeys, and what a person sees.
 *
 * - Lines end at a line feed, a carriage return, or both; a byte order mark at the very beginning is dropped.
 * - `::name key=value,key=value::data` is a command where a line begins, after .NET's white space;
 *   `##[name key=value;key=value]data` anywhere in the line. Names are compared without case.
 * - Only commands that are known are obeyed. After `::stop-commands::token` none is, until `::token::`.
 *
 * @module
 */

/** A command, as it was understood. */
export interface WorkflowCommand {
  /** Its name, in lower case. */
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

/** A part of the log that is folded away below its title. */
export interface LogGroup {
  readonly title: string;
  readonly lines: string[];
}

/** What became of a job's log. */
export interface JobLog {
  /** The commands that were obeyed, in their order. */
  readonly commands: WorkflowCommand[];
  readonly annotations: LogAnnotation[];
  readonly groups: LogGroup[];
  /** What a person sees: lines outside of groups, `▸ title` for a group, `Error: message` for an error. */
  readonly seen: string[];
  /** What is wrong with the groups: an end without a beginning, one within another, one left open. */
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

/** The lines of a log. */
export function linesOf(text: string): string[] {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function unescaped(text: string, more: readonly (readonly [string, string])[] = []): string {
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
      properties[part.slice(0, at)] = unescaped(part.slice(at + 1), more);
    }
  }
  return properties;
}

/** The command that a line has the form of, whether or not it is known. */
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
      return { name: name.toLowerCase(), properties, data: unescaped(trimmed.slice(end + 2)) };
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
    data: unescaped(line.slice(to + 1), more),
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
        if (group === undefined) log.faults.push("an end without a beginning");
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
