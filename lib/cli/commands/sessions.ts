import { resolve } from "@std/path";
import { listSessions, localMinute, type Session } from "../../claude/sessions/resolve.ts";
import { escapeLine } from "../../ci/escape_commands.ts";
import { homeDirectory } from "../../process/home_directory.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { cutEnd } from "../../terminal/width.ts";
import type { HostInfo } from "../host.ts";
import type { OptionValue } from "../args.ts";

/**
 * `ccrun sessions`: the sessions of the workspace, newest first, as a table for
 * people or as one JSON array. Where there are none, a person is told so on stderr.
 *
 * @throws {CcrunError} `usage` when the workspace or its sessions cannot be read
 */
export async function sessionsText(
  options: ReadonlyMap<string, OptionValue>,
  edge: HostInfo,
): Promise<string> {
  const cwd = resolve(edge.cwd, options.get("cwd")?.values[0] ?? ".");
  const home = await homeDirectory(edge.env);
  const sessions = await listSessions({ cwd, env: edge.env, home });
  if (options.has("json")) return sessionsJson(sessions);
  if (sessions.length === 0) {
    console.error(`ccrun: ${escapeLine(sanitizeLine(cwd), false)} has no sessions yet`);
  }
  return sessionsTable(sessions, edge.isTerminal.stdout ? { columns: edge.columns() } : {});
}

/** One array, a session a line, so that it suits jq as well as grep. */
function sessionsJson(sessions: readonly Session[]): string {
  const lines = sessions.map(({ id, updated, turns, prompt, title }) =>
    stringifySafe({ id, updated, turns, prompt, title })
  );
  return lines.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`;
}

/** How {@linkcode sessionsTable} shows sessions. */
export interface SessionsTableOptions {
  /** The columns of the terminal; without them the lines are whole, as suits a pipe, and have no heading. */
  readonly columns?: number | undefined;
}

const HEADING = { id: "ID", when: "WHEN", turns: "TURNS", about: "TITLE OR PROMPT" };

/** Enough of an id to look like one. */
const SHORTEST_ID = 8;

/** A table of sessions: id, when, turns, and the title or the first words of the prompt. */
export function sessionsTable(
  sessions: readonly Session[],
  options: SessionsTableOptions = {},
): string {
  const { columns } = options;
  if (sessions.length === 0) return "";
  const idLength = columns === undefined ? undefined : tellingLength(sessions.map(({ id }) => id));
  const rows = sessions.map(({ id, updated, turns, prompt, title }) => ({
    id: id.slice(0, idLength),
    when: localMinute(updated),
    turns: turns === null ? "many" : String(turns),
    about: escapeLine(sanitizeLine(title ?? prompt), false),
  }));
  if (columns !== undefined) rows.unshift(HEADING);
  const width = (of: (row: typeof HEADING) => string) =>
    Math.max(...rows.map((row) => of(row).length));
  const idWidth = width(({ id }) => id);
  const whenWidth = width(({ when }) => when);
  const turnsWidth = width(({ turns }) => turns);
  const lines = rows.map(({ id, when, turns, about }) => {
    const line = `${id.padEnd(idWidth)}  ${when.padEnd(whenWidth)}  ${
      turns.padStart(turnsWidth)
    }  ${about}`.trimEnd();
    return columns === undefined ? line : cutEnd(line, columns);
  });
  return `${lines.join("\n")}\n`;
}

/** How much of ids tells them all apart. */
function tellingLength(ids: readonly string[]): number {
  const sorted = [...ids].sort();
  let length = SHORTEST_ID;
  for (const [at, id] of sorted.entries()) {
    const next = sorted[at + 1] ?? "";
    while (length < id.length && id.slice(0, length) === next.slice(0, length)) length++;
  }
  return length;
}
