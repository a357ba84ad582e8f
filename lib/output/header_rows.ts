import type { EventOf } from "../events.ts";
import { type Places, shortPath } from "./paths.ts";
import type { Styles } from "./styles.ts";
import { visibleLine } from "./visible.ts";
import { cutEnd, cutStart, displayWidth } from "./width.ts";

const SEPARATOR = " · ";

/** As much of a session's id as tells it from others, and as --resume takes. */
const SHORT_ID = 8;

/** The mode that needs no mention. */
const USUAL_MODE = "default";

/** The header of a run: model, directory, session. It is cut to `room` columns, if there is a limit. */
export function headerLine(
  session: EventOf<"session_info">,
  { cwd, home }: Places,
  room: number | undefined,
  styles: Styles,
): string {
  const { model, permission_mode: mode = USUAL_MODE } = session;
  const limit = (room ?? Infinity) - 2;
  const name = model === undefined ? "claude" : visibleLine(model, 80);
  const full = visibleLine(session.session_id, 80);
  const id = full.slice(0, SHORT_ID).toWellFormed();
  const directory = cwd === undefined ? "" : visibleLine(shortPath(cwd, { home }));
  const behind = mode === USUAL_MODE ? [] : [visibleLine(mode, 40)];

  const width = (parts: readonly string[]) => displayWidth(parts.join(SEPARATOR));
  const line = [
    [name, directory, full, ...behind],
    [name, directory, full],
    [name, directory, id],
  ].map((parts) => parts.filter((part) => part !== "")).find((parts) => width(parts) <= limit);
  const [first = "", ...rest] = line ?? shortened();
  return `${styles.cyan("◆")} ${styles.bold(first)}` +
    styles.dim(rest.map((part) => SEPARATOR + part).join(""));

  /** The model and the directory share what there is. */
  function shortened(): string[] {
    if (directory === "") return [cutEnd(name, limit - width(["", id])), id];
    const left = limit - width(["", "", id]);
    const place = cutStart(directory, Math.max(Math.floor(left / 2), left - displayWidth(name)));
    return [cutEnd(name, left - displayWidth(place)), place, id];
  }
}
