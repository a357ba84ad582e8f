/**
 * A job's log as GitLab reads it, by the documented rules of collapsible sections.
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

/** What became of a job's log. */
export interface GitlabLog {
  readonly sections: LogSection[];
  /** What a person sees: lines outside of collapsed sections, and `▸ title` for one. */
  readonly seen: string[];
  /** What is wrong with the sections. */
  readonly faults: string[];
}

// A marker is this and nothing else; names have no other characters.
const MARKER =
  // deno-lint-ignore no-control-regex -- the escape sequence is part of it
  /section_(start|end):(\d+):([A-Za-z0-9_.-]+)(\[[^\]\r\n]*\])?\r\x1b\[0K/g;

// deno-lint-ignore no-control-regex -- escape sequences are not shown
const UNSEEN = /\x1b\[[0-9;]*[A-Za-z]|\r/g;

/** Reads a log. */
export function readGitlabLog(text: string): GitlabLog {
  const log: GitlabLog = { sections: [], seen: [], faults: [] };
  const names = new Set<string>();
  let open: LogSection | undefined;

  for (const line of text.split("\n").slice(0, -1)) {
    const parts = line.split(MARKER);
    // What is before, and then for each marker its four groups and what is behind it.
    let isOnlyMarkers = parts.length > 1;
    const show = (part: string) => {
      const shown = part.replaceAll(UNSEEN, "");
      if (shown === "" && isOnlyMarkers) return;
      (open?.lines ?? log.seen).push(shown);
    };
    show(parts[0] ?? "");
    for (let at = 1; at < parts.length; at += 5) {
      const [kind, time, name = "", options = ""] = parts.slice(at, at + 4);
      const behind = parts[at + 4] ?? "";
      if (kind === "start") {
        if (open !== undefined) log.faults.push(`${name} begins in ${open.name}`);
        if (names.has(name)) log.faults.push(`${name} is there twice`);
        names.add(name);
        const title = behind.replaceAll(UNSEEN, "");
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
        show(behind);
      }
    }
  }
  if (open !== undefined) log.faults.push(`${open.name} is left open`);
  return log;
}
