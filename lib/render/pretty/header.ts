import type { EventOf } from "../../events.ts";
import { type PathContext, shortPath } from "../../util/display_path.ts";
import type { Styles } from "../../terminal/styles.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { cutEnd, cutStart, displayWidth } from "../../terminal/width.ts";

const SEPARATOR = " · ";

/** The permission mode that is not shown. */
const DEFAULT_MODE = "default";

/** The columns of the mark before the first row and of the indentation of the others. */
const MARK_COLUMNS = 2;

/**
 * Formats the header of a run: model, directory and session. The session id is never cut, because
 * --resume takes it. If the row is too long, the id gets a row of its own.
 */
export function headerRows(
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
