import type { EventOf } from "../../events.ts";
import type { CiLog } from "../../ci/log.ts";
import { countLines, headAndTail } from "../../util/head_and_tail.ts";
import { type BlockWriter, STAMP_BYTES } from "./block_writer.ts";
import type { PathContext } from "../../util/display_path.ts";
import { wrapText } from "../../terminal/wrap.ts";
import { createStyles, type Style } from "../../terminal/styles.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { failureText } from "./tool_text.ts";
import { denialAnnotation, FAILURE_LINES, failureAnnotation } from "../../ci/tool_annotation.ts";
import { layOutToolLabel, type ToolLabel, toolLabel, unknownToolLabel } from "./tool_label.ts";
import { formatCount, formatSeconds } from "../../util/units.ts";
import { sanitize, sanitizeLine } from "../../terminal/sanitize.ts";
import { cutEnd } from "../../terminal/width.ts";

/** A tool that is running. */
export interface RunningTool {
  readonly line: ToolLabel;
  /** When it was called, by the clock. */
  readonly startedAt: number;
}

/** Shows tool calls and their results, and knows who called what. */
export interface ToolCallRenderer {
  use(event: EventOf<"tool_use">): void;
  result(event: EventOf<"tool_result">): void;
  denied(event: EventOf<"permission_denied">): void;
  /** Takes how long a tool has been running. */
  progress(event: EventOf<"tool_progress">): void;
  /** Takes what a sub-agent says: its call's result repeats the last of it. */
  said(parent: string, text: string): void;
  /**
   * Is called before something is printed for a sub-agent, or for none: names the
   * sub-agent again where what was printed last is not its own.
   *
   * @returns the depth to print at
   */
  enter(parent: string | undefined): number;
  /** The depth at which a sub-agent's events are shown. */
  depthOf(parent: string | undefined): number;
  /** What became of a call: undefined when it was not seen. */
  state(id: string): "running" | "ended" | undefined;
  /** The tools that are running, in the order of their calls. */
  running(): RunningTool[];
  /** How many calls there were, and how many of them failed or were refused. */
  readonly counts: { readonly all: number; readonly failed: number; readonly denied: number };
}

interface Call {
  line: ToolLabel;
  readonly depth: number;
  readonly parent: string | undefined;
  startedAt: number;
  ended: boolean;
  failed: boolean;
  /** Why it was refused, when it was. */
  denied: string | undefined;
  said: string;
}

/** Where and when a call ended. */
interface Result {
  /** Whether it stands right below the call. */
  readonly follows: boolean;
  /** How long it took, when that is worth telling. */
  readonly time: string;
  readonly ms: number | undefined;
}

const PLAIN = createStyles(false);

/** Lines of output that are shown; the rest is counted. */
const OUTPUT_LINES = 5;

/** In a CI log the output is folded away: there is room for all that a person may look for. */
const GROUP_LINES = { head: 150, tail: 50 } as const;

/** In a CI log a call is named in one line; what is cut of it is in the group. */
const TITLE_COLUMNS = 200;

/**
 * Characters in all groups together: most of what there is room for in a CI log, so that
 * the calls and the texts after them find some, too.
 */
const GROUPS_LIMIT = 2 * 1024 * 1024;

/** Rows that the reason of a failure or a refusal may take. */
const REASON_ROWS = 4;

/** What the refused tool says then adds little. */
const DENIAL_LINES = 2;

/** Quicker tools are not worth a time. */
const SLOW_MS = 1_000;

/** A call that is named within a sentence has this much of its argument. */
const SHORT_ARGUMENT = 30;

const OUTPUT_INDENT = "    ";

/**
 * Makes a {@linkcode ToolCallRenderer}. `places` gives the directories as far as they are known. With `ci`
 * the output of every call is a group, which has more of it.
 */
export function createToolCallRenderer(
  page: BlockWriter,
  terminal: Terminal,
  places: () => PathContext,
  clock: () => number,
  ci?: CiLog,
): ToolCallRenderer {
  const { styles } = terminal;
  const calls = new Map<string, Call>();
  const running = new Map<string, Call>();
  const counts = { all: 0, failed: 0, denied: 0 };
  /** The sub-agents, by depth, whose events were printed last. */
  const shown: string[] = [];
  /** What may yet be printed in groups. */
  let groupRoom = GROUPS_LIMIT;
  let isRoomTold = false;

  function depthOf(parent: string | undefined): number {
    if (parent === undefined) return 0;
    return (calls.get(parent)?.depth ?? 0) + 1;
  }

  function enter(parent: string | undefined): number {
    const depth = depthOf(parent);
    if (parent === undefined) {
      shown.length = 0;
      return depth;
    }
    const call = calls.get(parent);
    if (shown[depth - 1] !== parent && call !== undefined && page.tag !== parent) {
      // Where it was called from, the same question arises.
      const outer = enter(call.parent);
      page.begin("tool", outer);
      title("↳", again(call.line), outer, styles.dim, "", styles.dim);
    }
    shown.length = depth - 1;
    shown[depth - 1] = parent;
    return depth;
  }

  function title(
    mark: string,
    line: ToolLabel,
    depth: number,
    markStyle: Style,
    suffix: string,
    style: Style,
  ): void {
    page.line(named(mark, line, depth, markStyle, suffix, style), depth);
  }

  function named(
    mark: string,
    line: ToolLabel,
    depth: number,
    markStyle: Style,
    suffix: string,
    style: Style,
  ): string {
    const room = ci === undefined ? page.room(depth) : TITLE_COLUMNS;
    const columns = room === undefined ? undefined : room - 2;
    return `${markStyle(mark)} ${layOutToolLabel(line, { columns, styles, style, suffix })}`;
  }

  /** Prints lines below a call: the first behind a mark, the others under it. */
  function body(lines: readonly string[], mark: string, markStyle: Style, depth: number): void {
    lines.forEach((line, place) => {
      page.line(place === 0 ? `  ${markStyle(mark)} ${line}` : OUTPUT_INDENT + line, depth);
    });
  }

  function cut(line: string, depth: number, style: Style): string {
    const room = page.room(depth);
    const from = page.indent(depth).length + OUTPUT_INDENT.length;
    return style(
      room === undefined ? line : cutEnd(line, room - OUTPUT_INDENT.length, from),
    );
  }

  /** The lines of an output, folded, with what is worth knowing besides in the last. */
  function folded(
    text: string,
    depth: number,
    style: Style,
    limits: { head: number; tail?: number },
    extra: string,
  ): string[] {
    const { head, hidden, tail } = headAndTail(text, limits.head, limits.tail);
    const more = hidden > 0 ? `… +${formatCount(hidden, "line")}` : "";
    const lines = head.map((line) => cut(line, depth, style));
    if (tail.length > 0) lines.push(styles.dim(more));
    lines.push(...tail.map((line) => cut(line, depth, style)));
    const last = tail.length > 0 ? [extra] : [more, extra];
    const note = last.filter((part) => part !== "").join(" · ");
    if (note !== "") lines.push(styles.dim(note));
    return lines;
  }

  /** A failure that is told in one line is told whole. */
  function reason(text: string, depth: number): string[] {
    const room = page.room(depth);
    return wrapText(sanitizeLine(text), {
      room: room === undefined ? undefined : room - OUTPUT_INDENT.length,
      styles,
      mark: "",
      markStyle: styles.plain,
      style: styles.red,
      most: REASON_ROWS,
    });
  }

  function changed(line: ToolLabel, depth: number, most = OUTPUT_LINES): string[] {
    const lines = line.changes.slice(0, most).map((change) => {
      const style = change.startsWith("-") ? styles.red : styles.green;
      return cut(sanitize(change), depth, style);
    });
    const hidden = line.changed - lines.length;
    if (hidden > 0) lines.push(styles.dim(`… +${formatCount(hidden, "line")}`));
    return lines;
  }

  /** What is shown of a good result besides its call. */
  function outcome(line: ToolLabel, text: string, said: string, depth: number, time: string) {
    const repeats = said !== "" && text.trimStart().startsWith(said);
    const alone = time === "" ? [] : [styles.dim(time)];
    switch (line.output) {
      case "nothing":
        return alone;
      case "count": {
        const count = formatCount(countLines(text), "line");
        return [styles.dim(time === "" ? count : `${count} · ${time}`)];
      }
      case "changes":
        return line.changes.length === 0 ? alone : changed(line, depth);
      case "lines":
        if (repeats) return alone;
        if (text.trim() === "") return [styles.dim(time === "" ? "(no output)" : time)];
        return folded(text, depth, styles.dim, { head: OUTPUT_LINES }, time);
    }
  }

  /** What a CI log folds away of a result, and what it says of that; no lines when that is all. */
  function inGroup(call: Call, text: string, time: string): { lines: string[]; note: string } {
    const { line, said, depth, failed } = call;
    const isChange = !failed && line.output === "changes" && line.changes.length > 0;
    const isRepeated = said !== "" && text.trimStart().startsWith(said);
    const isBlank = text.trim() === "";
    const count = isChange
      ? formatCount(line.changed, "changed line")
      : isRepeated
      ? ""
      : isBlank
      ? "no output"
      : formatCount(countLines(text), "line");
    const note = [count, time].filter((part) => part !== "").join(" · ");
    if (groupRoom <= 0) return { lines: [], note };
    const inside: string[] = [];
    const most = GROUP_LINES.head + GROUP_LINES.tail;
    if (isChange) inside.push(...changed(line, depth, most));
    else if (!isRepeated && !isBlank) {
      inside.push(...folded(text, depth, failed ? styles.red : styles.dim, GROUP_LINES, ""));
    }
    const lines = inside.map((line) => OUTPUT_INDENT + line);
    if (isCut(line)) lines.unshift(`  ${styles.cyan("●")} ${line.argument}`);
    for (const line of lines) groupRoom -= line.length + STAMP_BYTES;
    return { lines, note };
  }

  /** Whether a CI log does not show all of an argument where it names the call. */
  function isCut(line: ToolLabel): boolean {
    const laid = layOutToolLabel(line, {
      columns: TITLE_COLUMNS - 2,
      styles: PLAIN,
      style: PLAIN.plain,
    });
    return !laid.includes(line.argument);
  }

  /** Prints what a CI log folds away. Its title names the call again where that does not stand above it. */
  function printGroup(call: Call, shown: ReturnType<typeof inGroup>, result: Result): void {
    const { follows, ms } = result;
    const { depth, failed } = call;
    const mark = failed ? "✗" : follows ? "└" : "✓";
    const markStyle = failed ? styles.red : follows ? styles.dim : styles.green;
    begin(call);
    const title = follows
      ? `${markStyle(mark)} ${styles.dim(shown.note)}`
      : named(mark, again(call.line), depth, markStyle, shown.note, styles.plain);
    page.group(title, shown.lines, depth, ms);
  }

  /** Says that groups have no outputs any more, once that is so. */
  function tellGroupRoom(): void {
    if (groupRoom > 0 || isRoomTold) return;
    isRoomTold = true;
    page.begin("note", 0);
    page.line(styles.dim("· the output of tools is left out of this log from here on"), 0);
  }

  function newCall(line: ToolLabel, parent: string | undefined): Call {
    return {
      line,
      depth: depthOf(parent),
      parent,
      startedAt: clock(),
      ended: false,
      failed: false,
      denied: undefined,
      said: "",
    };
  }

  /** Who called a tool. Nothing calls itself, not even by way of others, whatever the events say. */
  function calledBy(id: string, parent: string | undefined): string | undefined {
    for (let at = parent; at !== undefined; at = calls.get(at)?.parent) {
      if (at === id) return undefined;
    }
    return parent;
  }

  function end(call: Call, id: string): void {
    running.delete(id);
    call.ended = true;
    call.said = "";
    // A call is known for ever, for what its sub-agent does in the background; its input is not.
    call.line = { ...call.line, changes: [] };
  }

  function printDenied(call: Call, text: string, reason: string): void {
    const { depth } = call;
    if (text.trim() === "" || isAbout(text, reason)) return;
    enter(call.parent);
    page.begin("tool", depth);
    body(folded(text, depth, styles.dim, { head: DENIAL_LINES }, ""), "└", styles.dim, depth);
  }

  function printFailure(call: Call, text: string, result: Result): void {
    const { line, depth } = call;
    const { follows, time } = result;
    const said = text.trim() === "" ? "failed" : text;
    const count = countLines(said);
    let isBelow = follows;
    if (ci !== undefined && (count > FAILURE_LINES.head + FAILURE_LINES.tail || isCut(line))) {
      const shown = inGroup(call, said, time);
      if (shown.lines.length > 0) {
        printGroup(call, shown, result);
        isBelow = true;
      }
    }
    // What failed is not folded away.
    if (ci !== undefined) {
      begin(call);
      if (page.annotate("error", failureAnnotation(line, text))) return;
    }
    if (!isBelow) beginAgain(call, "✗", styles.red, time, styles.plain);
    else if (ci === undefined) begin(call);
    const lines = count > 1
      ? folded(said, depth, styles.red, FAILURE_LINES, isBelow ? time : "")
      : reason(said, depth);
    body(lines, isBelow ? "✗" : "└", isBelow ? styles.red : styles.dim, depth);
  }

  function printSuccess(call: Call, text: string, result: Result): void {
    const { line, depth } = call;
    const { follows, time } = result;
    if (ci !== undefined) {
      const shown = inGroup(call, text, time);
      if (shown.lines.length > 0) {
        printGroup(call, shown, result);
      } else if (!follows) {
        beginAgain(call, "✓", styles.green, shown.note, styles.dim);
      } else if (shown.note !== "") {
        begin(call);
        body([styles.dim(shown.note)], "└", styles.dim, depth);
      }
      return;
    }
    const lines = outcome(line, text, call.said, depth, follows ? time : "");
    if (!follows) beginAgain(call, "✓", styles.green, time, styles.dim);
    else if (lines.length > 0) begin(call);
    body(lines, "└", styles.dim, depth);
  }

  /** The run was stopped, and that is why: no failure of the tool's. */
  function printInterrupted(call: Call, { follows, time }: Result): void {
    const said = time === "" ? "interrupted" : `interrupted after ${time}`;
    if (follows) {
      begin(call);
      body([styles.yellow(said)], "!", styles.yellow, call.depth);
    } else {
      beginAgain(call, "!", styles.yellow, said, styles.plain);
    }
  }

  function begin(call: Call): void {
    enter(call.parent);
    page.begin("tool", call.depth);
  }

  /** Names a call again, for its result does not stand below it. */
  function beginAgain(
    call: Call,
    mark: string,
    markStyle: Style,
    suffix: string,
    style: Style,
  ): void {
    begin(call);
    title(mark, again(call.line), call.depth, markStyle, suffix, style);
  }

  return {
    counts,
    enter,
    depthOf,
    use(event) {
      const parent = calledBy(event.id, event.parent_tool_use_id);
      const most = ci === undefined ? undefined : GROUP_LINES.head + GROUP_LINES.tail;
      const line = toolLabel(event.name, event.input, places(), most);
      const call = newCall(line, parent);
      calls.set(event.id, call);
      running.set(event.id, call);
      counts.all++;
      enter(parent);
      page.begin("tool", call.depth, event.id);
      title("●", line, call.depth, styles.cyan, "", styles.plain);
    },
    result(event) {
      const { tool_use_id: id, name, is_error: isError, duration_ms: ms } = event;
      const text = isError ? failureText(event.text) : event.text;
      const call = calls.get(id) ?? newCall(unknownToolLabel(name), event.parent_tool_use_id);
      const follows = page.tag === id;
      const time = ms !== null && ms >= SLOW_MS ? formatSeconds(ms) : "";
      const result = { follows, time, ms: ms ?? undefined };
      // An image has no lines: it is named.
      if (event.content !== undefined && call.line.output === "count") {
        call.line = { ...call.line, output: "lines" };
      }
      if (call.denied !== undefined) {
        printDenied(call, text, call.denied);
      } else if (isError && event.interrupted) {
        printInterrupted(call, result);
      } else if (isError) {
        call.failed = true;
        counts.failed++;
        printFailure(call, text, result);
      } else {
        printSuccess(call, text, result);
      }
      end(call, id);
      tellGroupRoom();
    },
    denied(event) {
      const { tool_use_id: id, name, reason = "" } = event;
      const call = calls.get(id) ?? newCall(unknownToolLabel(name), event.parent_tool_use_id);
      if (call.denied !== undefined) return;
      const { line, depth } = call;
      const follows = page.tag === id;
      if (call.failed) counts.failed--;
      counts.denied++;
      call.denied = reason;
      // Older versions tell only at the end: its failure has been shown, with the reason.
      if (call.failed && reason.trim() === "") return;
      enter(call.parent);
      page.begin("tool", depth, follows ? id : undefined);
      if (page.annotate("warning", denialAnnotation(line, reason))) return;
      const about = follows || line.argument === ""
        ? ""
        : ` ${cutEnd(line.argument, SHORT_ARGUMENT)}`;
      const why = reason.trim() === "" ? "" : `: ${sanitizeLine(reason)}`;
      const rows = wrapText(`${line.name}${about} denied${why}`, {
        room: page.room(depth),
        styles,
        mark: follows ? "  ! " : "! ",
        markStyle: styles.yellow,
        style: styles.yellow,
        most: REASON_ROWS,
      });
      for (const row of rows) page.line(row, depth);
    },
    progress(event) {
      const call = calls.get(event.tool_use_id);
      if (call !== undefined) {
        call.startedAt = Math.min(call.startedAt, clock() - event.elapsed_ms);
      }
    },
    said(parent, text) {
      const call = calls.get(parent);
      if (call !== undefined && !call.ended && text.trim() !== "") call.said = text.trim();
    },
    state(id) {
      const call = calls.get(id);
      if (call === undefined) return undefined;
      return call.ended ? "ended" : "running";
    },
    running: () => [...running.values()],
  };
}

/** The line of a call that was shown before, which has told the details. */
function again(line: ToolLabel): ToolLabel {
  return { ...line, detail: "" };
}

function isAbout(text: string, reason: string): boolean {
  const [said, known] = [text.trim(), reason.trim()];
  return known !== "" && (said === known || said.includes(known) || known.includes(said));
}
