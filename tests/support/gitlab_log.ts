/**
 * Reads the log of a job as GitLab does, by the documented rules of collapsible sections.
 *
 * @module
 */

/** A section of the log. */
export interface LogSection {
  readonly name: string;
  readonly title: string;
  readonly isCollapsed: boolean;
  readonly startedAt: number;
  endedAt: number | undefined;
  readonly lines: string[];
}

/** The log of a job. */
export interface GitlabLog {
  readonly sections: LogSection[];
  /** The visible lines: those outside of collapsed sections, and `▸ title` for a section. */
  readonly seen: string[];
  /** Sections that are nested, repeated, not opened, or not closed. */
  readonly faults: string[];
}

const MARKER =
  // deno-lint-ignore no-control-regex -- a marker contains an escape sequence
  /section_(start|end):(\d+):([A-Za-z0-9_.-]+)(\[[^\]\r\n]*\])?\r\x1b\[0K/g;

// deno-lint-ignore no-control-regex -- escape sequences are invisible
const INVISIBLE = /\x1b\[[0-9;]*[A-Za-z]|\r/g;

/** Reads a log. */
export function readGitlabLog(text: string): GitlabLog {
  const log: GitlabLog = { sections: [], seen: [], faults: [] };
  const names = new Set<string>();
  let open: LogSection | undefined;

  for (const line of text.split("\n").slice(0, -1)) {
    const parts = line.split(MARKER);
    // The text before the first marker, then four groups and the text after it for each marker.
    let isOnlyMarkers = parts.length > 1;
    const show = (part: string) => {
      const shown = part.replaceAll(INVISIBLE, "");
      if (shown === "" && isOnlyMarkers) return;
      (open?.lines ?? log.seen).push(shown);
    };
    show(parts[0] ?? "");
    for (let at = 1; at < parts.length; at += 5) {
      const [kind, time, name = "", options = ""] = parts.slice(at, at + 4);
      const after = parts[at + 4] ?? "";
      if (kind === "start") {
        if (open !== undefined) log.faults.push(`${name} begins in ${open.name}`);
        if (names.has(name)) log.faults.push(`${name} is there twice`);
        names.add(name);
        const title = after.replaceAll(INVISIBLE, "");
        open = {
          name,
          title,
          isCollapsed: options === "[collapsed=true]",
          startedAt: Number(time),
          endedAt: undefined,
          lines: [],
        };
        log.sections.push(open);
        log.seen.push(`▸ ${title}`);
      } else {
        if (open?.name !== name) log.faults.push(`${name} ends and is not open`);
        else open.endedAt = Number(time);
        open = undefined;
        isOnlyMarkers = true;
        show(after);
      }
    }
  }
  if (open !== undefined) log.faults.push(`${open.name} is left open`);
  return log;
}
