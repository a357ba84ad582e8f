import type { EventOf } from "../../events.ts";
import { type PathContext, shortPath } from "../../util/display_path.ts";
import type { Styles } from "../../terminal/styles.ts";
import { sanitizeLine } from "../../terminal/sanitize.ts";
import { cutEnd, cutStart, displayWidth } from "../../terminal/width.ts";

const SEPARATOR = " · ";

/** The mode that needs no mention. */
const USUAL_MODE = "default";

/** The columns of the mark before the first row, and of the indentation of the others. */
const MARK_COLUMNS = 2;

/**
 * The header of a run: model, directory, session. The session's id is whole, because
 * --resume takes it; where it does not fit beside the others, it has a row of its own.
 */
export function headerRows(
  session: EventOf<"session_info">,
  { cwd, home }: PathContext,
  room: number | undefined,
  styles: Styles,
): string[] {
  const { model, permission_mode: mode = USUAL_MODE } = session;
  const limit = (room ?? Infinity) - MARK_COLUMNS;
  const name = model === undefined ? "claude" : sanitizeLine(model, 80);
  const id = sanitizeLine(session.session_id, 80);
  const directory = cwd === undefined ? "" : sanitizeLine(shortPath(cwd, { home }));
  const behind = mode === USUAL_MODE ? [] : [sanitizeLine(mode, 40)];

  const fits = (parts: readonly string[]) => displayWidth(parts.join(SEPARATOR)) <= limit;
  const layouts = [
    [[name, directory, id, ...behind]],
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

  /** The model and the directory share what there is. */
  function shortened(): string[][] {
    if (directory === "") return [[cutEnd(name, limit)], [id]];
    const left = limit - displayWidth(SEPARATOR);
    const place = cutStart(directory, Math.max(Math.floor(left / 2), left - displayWidth(name)));
    return [[cutEnd(name, left - displayWidth(place)), place], [id]];
  }
}
