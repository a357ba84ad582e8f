import type { EventOf } from "../../events.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import type { Styles } from "../../terminal/styles.ts";
import { cutEnd, cutStart, displayWidth } from "../../terminal/width.ts";
import { type PathContext, shortPath } from "../../util/display_path.ts";
import type { BlockWriter } from "./block_writer.ts";

const SEPARATOR = " · ";

/** The permission mode that is not shown. */
const DEFAULT_MODE = "default";

/** The columns of the mark before the first row and of the indentation of the others. */
const MARK_COLUMNS = 2;

/** Prints the header of each session of a run. */
export class SessionHeader {
  readonly #styles: Styles;
  #paths: PathContext;
  #session: EventOf<"session_info"> | undefined;
  /** The id in the last header. */
  #printedId: string | undefined;

  /** Creates a header without a session. */
  constructor(styles: Styles, home: string | undefined) {
    this.#styles = styles;
    this.#paths = home === undefined ? {} : { home };
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

  /** Prints the header, unless that of this session was printed. */
  print(writer: BlockWriter): void {
    const session = this.#session;
    if (session === undefined || session.session_id === this.#printedId) return;
    this.#printedId = session.session_id;
    writer.startBlock({ kind: "header" });
    const rows = headerRows(session, this.#paths, writer.availableColumns(), this.#styles);
    for (const row of rows) writer.write(row);
  }
}

/**
 * Formats the header of a run: model, directory and session. The session id is never cut, because
 * --resume takes it. If the row is too long, the id gets a row of its own.
 */
function headerRows(
  session: EventOf<"session_info">,
  { cwd, home }: PathContext,
  columns: number | undefined,
  styles: Styles,
): string[] {
  const { model, permission_mode: mode = DEFAULT_MODE } = session;
  const limit = (columns ?? Infinity) - MARK_COLUMNS;
  const name = model === undefined ? "claude" : sanitizeLine(model, 80);
  const id = sanitizeLine(session.session_id, 80);
  const directory = cwd === undefined ? "" : sanitizeLine(shortPath(cwd, { home }));
  const details = mode === DEFAULT_MODE ? [] : [sanitizeLine(mode, 40)];

  const fits = (parts: readonly string[]) => displayWidth(parts.join(SEPARATOR)) <= limit;
  const layouts = [
    [[name, directory, id, ...details]],
    [[name, directory, id]],
    [[name, directory], [id]],
  ].map((rows) => rows.map((parts) => parts.filter((part) => part !== "")));
  const [first = [], ...others] = layouts.find((rows) => rows.every(fits)) ?? shortened();
  return [
    `${styles.cyan("◆")} ${painted(first)}`,
    ...others.map((parts) => `  ${styles.dim(cutEnd(parts.join(SEPARATOR), limit))}`),
  ];

  function painted([first = "", ...rest]: readonly string[]): string {
    return styles.bold(first) + styles.dim(rest.map((part) => SEPARATOR + part).join(""));
  }

  /** Cuts the model and the directory, which share a row. */
  function shortened(): string[][] {
    if (directory === "") return [[cutEnd(name, limit)], [id]];
    const available = limit - displayWidth(SEPARATOR);
    const place = cutStart(
      directory,
      Math.max(Math.floor(available / 2), available - displayWidth(name)),
    );
    return [[cutEnd(name, available - displayWidth(place)), place], [id]];
  }
}
