import type { EventOf } from "../../events.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import type { Styles } from "../../terminal/styles.ts";
import { cutEnd, cutStart, displayWidth } from "../../terminal/width.ts";
import { type PathContext, shortPath } from "../../util/display_path.ts";
import type { BlockWriter } from "./block_writer.ts";

const SEPARATOR = " · ";

const DEFAULT_MODE = "default";

/** The columns of the mark before the first row and of the indentation of the others. */
const MARK_COLUMNS = 2;

interface HeaderParts {
  readonly name: string;
  readonly directory: string;
  /** The session id; empty if it is unknown. */
  readonly id: string;
  /** The permission mode; empty if it is the default. */
  readonly mode: string;
}

/** Prints the header of each session of a run. */
export class SessionHeader {
  readonly #styles: Styles;
  #paths: PathContext;
  #session: EventOf<"session_info"> | undefined;
  /** The session in the last header. */
  #printed: EventOf<"session_info"> | undefined;

  /** Creates a header without a session. */
  constructor(styles: Styles, home: string | undefined) {
    this.#styles = styles;
    this.#paths = { home };
  }

  /** The directories that paths are shortened by. */
  get paths(): PathContext {
    return this.#paths;
  }

  /** Whether the session is known. */
  get hasSession(): boolean {
    return this.#session !== undefined;
  }

  /** Records an event. */
  record(event: EventOf<"start" | "session_info">): void {
    if (event.cwd) this.#paths = { ...this.#paths, cwd: event.cwd };
    if (event.type === "session_info") this.#session = { ...this.#session, ...event };
  }

  /** Prints the header, unless that of this session and this model was printed. */
  print(writer: BlockWriter): void {
    const session = this.#session;
    if (session === undefined || !this.#isNew(session)) return;
    this.#printed = session;
    writer.startBlock({ kind: "header" });
    const rows = formatHeader(session, this.#paths, writer.availableColumns(), this.#styles);
    for (const row of rows) writer.write(row);
  }

  #isNew({ session_id: id, model }: EventOf<"session_info">): boolean {
    const printed = this.#printed;
    if (printed === undefined || (printed.session_id ?? id) !== id) return true;
    return printed.model !== undefined && model !== printed.model;
  }
}

/** Formats the header of a session: model, directory, session id, and an unusual permission mode. */
function formatHeader(
  session: EventOf<"session_info">,
  { cwd, home }: PathContext,
  columns: number | undefined,
  styles: Styles,
): string[] {
  const { session_id: id = "", model = "claude", permission_mode: mode = DEFAULT_MODE } = session;
  const parts = {
    name: sanitizeLine(model, 80),
    directory: cwd === undefined ? "" : sanitizeLine(shortPath(cwd, { home })),
    id: sanitizeLine(id, 80),
    mode: mode === DEFAULT_MODE ? "" : sanitizeLine(mode, 40),
  };
  const limit = (columns ?? Infinity) - MARK_COLUMNS;
  const [[first = "", ...rest] = [], ...others] = layOut(parts, limit);
  const dimmed = rest.map((part) => SEPARATOR + part).join("");
  return [
    `${styles.cyan("◆")} ${styles.bold(first)}${styles.dim(dimmed)}`,
    ...others.map((row) => `  ${styles.dim(cutEnd(row.join(SEPARATOR), limit))}`),
  ];
}

/**
 * Distributes the parts of a header over rows. If they do not fit in one, the mode is left out. If that
 * does not suffice, the id gets a row of its own, so that it can be copied for --resume.
 */
function layOut({ name, directory, id, mode }: HeaderParts, limit: number): string[][] {
  const rows = [[name, directory, id, mode], [name, directory, id]]
    .map((row) => row.filter((part) => part !== ""));
  const fitting = rows.find((row) => displayWidth(row.join(SEPARATOR)) <= limit);
  if (fitting !== undefined) return [fitting];
  const idRow = id === "" ? [] : [[id]];
  if (directory === "") return [[cutEnd(name, limit)], ...idRow];
  const available = limit - displayWidth(SEPARATOR);
  const minColumns = Math.floor(available / 2);
  const shortDirectory = cutStart(directory, Math.max(minColumns, available - displayWidth(name)));
  return [[cutEnd(name, available - displayWidth(shortDirectory)), shortDirectory], ...idRow];
}
