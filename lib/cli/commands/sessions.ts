import { listSessions, type Session } from "../../claude/sessions/list.ts";
import { workspaceProblem } from "../../run/workspace.ts";
import { escapeWithinLine } from "../../terminal/escape_commands.ts";
import { homeDirectory } from "../../util/home_directory.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import { formatLocalMinute } from "../../util/units.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { cutEnd } from "../../terminal/width.ts";
import type { HostInfo } from "../host.ts";
import { printMessage } from "../print.ts";
import { createOutputRedactor } from "../redaction.ts";
import { ciSettings } from "../render_settings.ts";
import { getWorkspace, type Options } from "../command_line.ts";

/**
 * Returns what `ccrun sessions` prints: the sessions of the workspace, newest first, as a table or
 * as one JSON array.
 *
 * @throws {CcrunError} `usage` if the workspace or its sessions cannot be read
 */
export async function sessionsText(options: Options, host: HostInfo): Promise<string> {
  const cwd = getWorkspace(options, host.cwd);
  const problem = await workspaceProblem(cwd);
  if (problem !== undefined) throw problem;
  const home = await homeDirectory(host.env);
  const sessions = await listSessions({ cwd, env: host.env, home });
  if (options.has("json")) return sessionsJson(sessions);
  if (sessions.length === 0) printMessage(`${cwd} has no sessions yet`);
  const redactor = await createOutputRedactor(ciSettings(options, host), { options }, host);
  const clean = (text: string) => redactor?.text(text) ?? text;
  const shown = sessions.map((session) => ({
    ...session,
    prompt: clean(session.prompt),
    title: session.title && clean(session.title),
  }));
  return sessionsTable(shown, host.isTerminal.stdout ? host.columns() : undefined);
}

/** Returns one JSON array with a session on each line, for both jq and grep. */
function sessionsJson(sessions: readonly Session[]): string {
  const lines = sessions.map(({ id, updated, turns, prompt, title }) =>
    stringifySafe({ id, updated, turns, prompt, title })
  );
  return lines.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`;
}

const HEADING = { id: "ID", time: "WHEN", turns: "TURNS", title: "TITLE OR PROMPT" };

/** The minimum length of a shortened id. */
const MIN_ID_LENGTH = 8;

/**
 * Returns a table of sessions: id, time, turns, and title or prompt.
 *
 * @param columns the width of the terminal. Without it, the table has whole lines and no heading
 */
export function sessionsTable(sessions: readonly Session[], columns?: number): string {
  if (sessions.length === 0) return "";
  const idLength = columns && shortestUniquePrefixLength(sessions.map(({ id }) => id));
  const rows = sessions.map(({ id, updated, turns, prompt, title }) => ({
    id: id.slice(0, idLength),
    time: formatLocalMinute(updated),
    turns: turns === null ? "many" : String(turns),
    title: escapeWithinLine(sanitizeLine(title ?? prompt)),
  }));
  if (columns !== undefined) rows.unshift(HEADING);
  const widthOf = (field: keyof typeof HEADING) =>
    Math.max(...rows.map((row) => row[field].length));
  const [idWidth, timeWidth, turnsWidth] = [widthOf("id"), widthOf("time"), widthOf("turns")];
  const lines = rows.map(({ id, time, turns, title }) =>
    [id.padEnd(idWidth), time.padEnd(timeWidth), turns.padStart(turnsWidth), title]
      .join("  ").trimEnd()
  );
  return lines.map((line) => `${columns === undefined ? line : cutEnd(line, columns)}\n`).join("");
}

/** Returns the length of the prefix that distinguishes all ids. */
function shortestUniquePrefixLength(ids: readonly string[]): number {
  const sorted = [...ids].sort();
  let length = MIN_ID_LENGTH;
  for (const [index, id] of sorted.entries()) {
    const next = sorted[index + 1] ?? "";
    while (length < id.length && id.slice(0, length) === next.slice(0, length)) length++;
  }
  return length;
}
