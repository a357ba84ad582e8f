import type { EventOf, ModelUsage } from "../events.ts";
import type { ExitReason } from "../exit_codes.ts";
import { codeBlock, codeSpan, htmlCode, plainText } from "./markdown.ts";
import type { Notice } from "../render/pretty/notices.ts";
import { type PathContext, shortPath } from "../util/display_path.ts";
import { quoteMarkdown } from "./quoted_markdown.ts";
import { containsText } from "../util/contains_text.ts";
import type { ToolLabel } from "../render/pretty/tool_label.ts";
import { formatCost, formatCount, formatSeconds, formatTokens } from "../util/units.ts";

/** A tool call, as far as it is kept. */
export interface SummaryCall {
  readonly line: ToolLabel;
  state: "running" | "done" | "failed" | "denied" | "interrupted";
  ms: number | null;
  /** Why it was refused. */
  reason: string;
  /** What it said. */
  output: Excerpt | undefined;
  /** Whether that was let go, for there was too much of it. */
  isDropped: boolean;
}

/** A row of the table of steps: what the model said, or a call. */
export interface SummaryRow {
  /** How deep in sub-agents it is. */
  readonly depth: number;
  /** What the model said, shortened. */
  readonly said?: string;
  readonly call?: SummaryCall;
}

/** A text, or its beginning and its end. */
export interface Excerpt {
  readonly head: string;
  /** Empty when the head is all. */
  readonly tail: string;
  /** How many characters are between them. */
  readonly hidden: number;
}

/** A note, and how often it came in succession. */
export interface CountedNote {
  readonly note: Notice;
  count: number;
  /** What else may say the same: a call's outcome, or the run's. */
  readonly about: SummaryCall | "run" | undefined;
}

/** All that is kept of a run. */
export interface SummaryData {
  readonly rows: readonly SummaryRow[];
  /** Where rows were taken out, and how many: calls, and texts. */
  readonly hidden: { readonly at: number; readonly calls: number; readonly texts: number };
  readonly notes: readonly CountedNote[];
  readonly hiddenNotes: number;
  readonly counts: Readonly<Record<"all" | SummaryCall["state"], number>>;
  readonly start: EventOf<"start"> | undefined;
  readonly session: {
    readonly id?: string;
    readonly model?: string;
    readonly cwd?: string;
    readonly version?: string;
  };
  readonly places: PathContext;
  /** What the model said last outside of sub-agents. */
  readonly said: Excerpt | undefined;
  readonly result: {
    readonly ok: boolean;
    readonly text: Excerpt;
    /** As JSON over several lines. */
    readonly structured: Excerpt | undefined;
    readonly models: readonly (readonly [string, ModelUsage])[];
  } | undefined;
  readonly error: { readonly message: string; readonly hint: string } | undefined;
  readonly exit: EventOf<"exit"> | undefined;
}

/** How much of everything is shown; the first that fits is taken. */
interface Measure {
  readonly answer: number;
  readonly rows: number;
  readonly notes: number;
}

const MEASURES: readonly Measure[] = [
  { answer: 200_000, rows: 500, notes: 40 },
  { answer: 100_000, rows: 200, notes: 40 },
  { answer: 30_000, rows: 50, notes: 20 },
  { answer: 5_000, rows: 10, notes: 5 },
  { answer: 500, rows: 0, notes: 1 },
];

/** Longer tables and lists of outputs are folded, so that the page is seen at a glance. */
const OPEN_ROWS = 30;
const OPEN_OUTPUTS = 10;

/** What a reason means. */
const IN_WORDS: { readonly [reason in ExitReason]: string } = {
  success: "done",
  failed: "the agent ended with an error",
  usage: "it was not called as it can be",
  auth: "key, login or billing refused",
  api: "the API failed",
  limit: "turns or budget used up",
  output: "no structured output",
  denied: "a tool was refused",
  internal: "a fault of ccrun's own",
  timeout: "the time was up",
  not_executable: "claude cannot be executed",
  not_found: "claude was not found",
  hangup: "hung up",
  interrupt: "interrupted",
  quit: "told to quit",
  pipe: "the reader of stdout went away",
  terminate: "told to end",
};

const STATES: { readonly [state in SummaryCall["state"]]: { mark: string; word: string } } = {
  running: { mark: "⏳", word: "no result" },
  done: { mark: "✅", word: "" },
  failed: { mark: "❌", word: "failed" },
  denied: { mark: "🚫", word: "refused" },
  interrupted: { mark: "⏹️", word: "interrupted" },
};

/** What a session id looks like that can stand in a command. */
const SESSION_ID = /^[\w-]{1,100}$/;

const encoder = new TextEncoder();

function sizeOf(text: string): number {
  return encoder.encode(text).length;
}

/** Between two blocks of Markdown: nothing goes from one over to the other. */
const GAP = "\n\n";

/**
 * Lays out what is known of a run as Markdown, in blocks that each stand for themselves.
 *
 * @param maxBytes what the page may take; outputs go first when it is too little, then rows and
 * the end of the answer
 */
export function renderPage(data: SummaryData, maxBytes: number): string {
  for (const measure of MEASURES) {
    const before = [...layOutcome(data), ...layAnswer(data, measure), ...laySteps(data, measure)];
    const after = [...layNotes(data, measure), ...layTokens(data), ...layEnd(data)];
    const size = sizeOf([...before, ...after].join(GAP)) + 1;
    if (size > maxBytes) continue;
    return `${[...before, ...layOutputs(data, maxBytes - size), ...after].join(GAP)}\n`;
  }
  // Somebody has left next to no room.
  let page = "";
  for (const block of layOutcome(data)) {
    if (sizeOf(page) + sizeOf(block) + GAP.length > maxBytes) break;
    page += `${page === "" ? "" : "\n"}${block}\n`;
  }
  return page;
}

/** What is foreign in money and numbers is nothing; a dollar sign may begin a formula. */
function money(usd: number): string {
  return `\\${formatCost(usd)}`;
}

/** All tokens of a run, in and out: with those of its sub-agents, as the cost has them too. */
function tokensOf({ exit, result }: SummaryData): { input: number; output: number } {
  const models = result?.models ?? [];
  const all = models.length > 0 ? models.map(([, usage]) => usage) : exit ? [exit.usage] : [];
  return {
    input: all.reduce((sum, usage) => sum + usage.input + usage.cache_read + usage.cache_write, 0),
    output: all.reduce((sum, usage) => sum + usage.output, 0),
  };
}

function layOutcome(data: SummaryData): string[] {
  const { exit, error, counts } = data;
  if (exit === undefined) return ["## ⏳ ccrun: not at its end"];
  const { reason, code, duration_ms: ms, turns } = exit;
  const trouble = (["failed", "denied", "interrupted"] as const)
    .filter((state) => counts[state] > 0)
    .map((state) => `${counts[state]} ${STATES[state].word}`).join(", ");
  const { input, output } = tokensOf(data);
  const facts = [
    exit.ok ? "" : `exit code ${code}, \`${reason}\``,
    ms === null ? "" : formatSeconds(ms),
    turns > 0 ? formatCount(turns, "turn") : "",
    counts.all > 0
      ? formatCount(counts.all, "tool call") + (trouble === "" ? "" : ` (${trouble})`)
      : "",
    input + output === 0 ? "" : `${formatTokens(input)} tokens in, ${formatTokens(output)} out`,
    money(exit.cost_usd),
  ].filter((part) => part !== "");
  const blocks = [
    `## ${exit.ok ? "✅" : "❌"} ccrun: ${IN_WORDS[reason]}`,
    facts.join(" · "),
  ];
  if (error === undefined || exit.ok) return blocks;
  blocks.push(codeBlock(error.message));
  if (error.hint.trim() !== "") blocks.push("What to do:", codeBlock(error.hint));
  const command = resumeCommand(data);
  if (command !== undefined && error.hint.includes(command)) blocks.push(WHERE_KEPT);
  return blocks;
}

function layAnswer(data: SummaryData, measure: Measure): string[] {
  const { exit, result, said, error } = data;
  if (exit?.ok) {
    if (result === undefined) return [];
    if (result.structured !== undefined) {
      return [
        "### Answer",
        ...cutBlock(result.structured, measure, (text) => codeBlock(text, "json")),
      ];
    }
    if (result.text.head.trim() === "") return ["### Answer", "The answer is empty."];
    return ["### Answer", ...cutBlock(result.text, measure, quoteMarkdown)];
  }
  const texts = [result?.text, said && { ...said, head: said.tail }];
  const last = texts.find((text) =>
    text !== undefined && text.head.trim() !== "" && !containsText(error?.message ?? "", text.head)
  );
  const blocks: string[] = [];
  if (last !== undefined) {
    blocks.push("### What claude said last", ...cutBlock(last, measure, quoteMarkdown));
  }
  if (exit?.stderr !== undefined) {
    blocks.push(...folded("What claude wrote on stderr", [codeBlock(exit.stderr)]));
  }
  return blocks;
}

/** A text as far as there is room, and how much is missing. */
function cutBlock(
  { head, hidden }: Excerpt,
  measure: Measure,
  lay: (text: string) => string,
): string[] {
  const kept = head.length <= measure.answer
    ? head
    : head.slice(0, measure.answer).replace(/[\ud800-\udbff]$/, "");
  const missing = hidden + head.length - kept.length;
  if (missing === 0) return [lay(kept)];
  return [lay(kept), `… ${formatNumber(missing)} more characters; \`--output FILE\` keeps all`];
}

function formatNumber(count: number): string {
  return count.toLocaleString("en-US");
}

function folded(summary: string, blocks: readonly string[]): string[] {
  return [`<details><summary>${summary}</summary>`, ...blocks, "</details>"];
}

/** Quicker calls are not worth a time. */
const LEAST_MS = 100;

function timeOf({ ms }: SummaryCall): string {
  return ms === null || ms < LEAST_MS ? "" : formatSeconds(ms);
}

/** A call in a line of Markdown. */
function callText({ line }: SummaryCall): string {
  const argument = codeSpan(line.argument, { inTable: true, limit: 200 });
  const detail = plainText(line.suffix);
  return [plainText(line.name), argument, detail].filter((part) => part !== "").join(" ");
}

function layRow({ depth, said, call }: SummaryRow, hasTimes: boolean): string {
  const arrow = depth === 0 ? "" : `${"↳".repeat(depth)} `;
  const what = call === undefined ? plainText(said ?? "") : callText(call);
  const { mark, word } = call === undefined ? { mark: "", word: "" } : STATES[call.state];
  const cells = [arrow + what, [mark, word].filter((part) => part !== "").join(" ")];
  if (hasTimes) cells.push(call === undefined ? "" : timeOf(call));
  return tableRow(cells);
}

function tableRow(cells: readonly string[]): string {
  return `|${cells.map((cell) => cell === "" ? " |" : ` ${cell} |`).join("")}`;
}

/** What is missing in a table, in its place. */
function missingRow(calls: number, texts: number, hasTimes: boolean): string[] {
  const parts = [
    calls > 0 ? `${formatNumber(calls)} more ${calls === 1 ? "call" : "calls"}` : "",
    texts > 0 ? `${formatNumber(texts)} more ${texts === 1 ? "text" : "texts"}` : "",
  ].filter((part) => part !== "");
  if (parts.length === 0) return [];
  return [tableRow([`… ${parts.join(", ")}`, "", ...(hasTimes ? [""] : [])])];
}

/** Without the last row where it is the answer, which stands above. */
function rowsBeforeAnswer({ rows, exit, said, result }: SummaryData): readonly SummaryRow[] {
  const last = rows.at(-1);
  const isAnswer = exit?.ok === true && last?.said !== undefined && last.depth === 0 &&
    said?.hidden === 0 && said.tail.trim() === result?.text.head.trim();
  return isAnswer ? rows.slice(0, -1) : rows;
}

function laySteps(data: SummaryData, measure: Measure): string[] {
  const { hidden, counts } = data;
  // A run that only answered has its answer above.
  if (counts.all === 0) return [];
  const rows = rowsBeforeAnswer(data);
  const excess = rows.length - measure.rows;
  const from = excess > 0 ? Math.floor(measure.rows / 5) : Math.min(hidden.at, rows.length);
  const to = from + Math.max(0, excess);
  const cutCalls = rows.slice(from, to).filter(({ call }) => call !== undefined).length;
  // A replay knows no times, and where all was quick there are none to tell.
  const hasTimes = rows.some(({ call }) => call !== undefined && timeOf(call) !== "");
  const lay = (row: SummaryRow) => layRow(row, hasTimes);
  const table = [
    tableRow(["What claude did", "Outcome", ...(hasTimes ? ["Time"] : [])]),
    tableRow([":---", ":---", ...(hasTimes ? ["---:"] : [])]),
    ...rows.slice(0, from).map(lay),
    ...missingRow(cutCalls + hidden.calls, to - from - cutCalls + hidden.texts, hasTimes),
    ...rows.slice(to).map(lay),
  ].join("\n");
  const title = formatCount(counts.all, "tool call");
  return ["### Steps", ...(rows.length <= OPEN_ROWS ? [table] : folded(title, [table]))];
}

function layOutput(call: SummaryCall): string {
  const { line, output, state, reason } = call;
  const { mark, word } = STATES[state];
  const time = timeOf(call);
  const about = [`${mark} ${htmlText(line.name)}`, htmlCode(line.argument, 120)].join(" ").trim();
  const title = [about, word, time].filter((part) => part !== "").join(" · ");
  const blocks: string[] = [];
  if (state === "done" && line.output === "changes" && line.changes.length > 0) {
    blocks.push(codeBlock(line.changes.join("\n"), "diff"));
    const more = line.changedCount - line.changes.length;
    if (more > 0) blocks.push(`… ${formatCount(more, "more line")}`);
  } else if (output !== undefined) {
    blocks.push(codeBlock(output.head));
    if (output.hidden > 0) {
      blocks.push(`… ${formatNumber(output.hidden)} characters left out …`);
    }
    if (output.tail !== "") blocks.push(codeBlock(output.tail));
  } else if (reason !== "") blocks.push(codeBlock(reason));
  return folded(title, blocks).join(GAP);
}

function htmlText(text: string): string {
  return htmlCode(text).replace(/^<code>|<\/code>$/g, "");
}

function hasOutput(call: SummaryCall): boolean {
  return call.output !== undefined || (call.state === "denied" && call.reason !== "");
}

/** The outputs that there is room for: failures first, then the newest. They stand in their order. */
function layOutputs({ rows, hidden }: SummaryData, room: number): string[] {
  const calls = rows.flatMap(({ call }) => call !== undefined && hasOutput(call) ? [call] : []);
  const wanted = [
    ...calls.filter(({ state }) => state !== "done").toReversed(),
    ...calls.filter(({ state }) => state === "done").toReversed(),
  ];
  // For what stands around them.
  let left = room - 500;
  const laid = new Map<SummaryCall, string>();
  for (const call of wanted) {
    const block = layOutput(call);
    const size = sizeOf(block) + GAP.length;
    if (size > left) continue;
    left -= size;
    laid.set(call, block);
  }
  if (laid.size === 0) return [];
  const blocks = calls.flatMap((call) => laid.get(call) ?? []);
  const dropped = rows.filter(({ call }) => call?.isDropped).length;
  const missing = calls.length - laid.size + dropped + hidden.calls;
  if (missing > 0) {
    blocks.push(`… and of ${formatNumber(missing)} more ${missing === 1 ? "call" : "calls"}`);
  }
  const title = "### Tool outputs";
  if (laid.size <= OPEN_OUTPUTS) return [title, ...blocks];
  return [title, ...folded(`Outputs of ${formatCount(laid.size, "tool call")}`, blocks)];
}

/** Whether a note says what stands on the page already: the answer, the error, or a call's outcome. */
function isSaid({ note, about }: CountedNote, { rows, exit, result, error }: SummaryData): boolean {
  if (about === undefined) return false;
  if (about === "run") {
    const said = exit?.ok ? result?.text.head : error?.message;
    return note.text.trim() !== "" && containsText(said ?? "", note.text);
  }
  return (about.state === "failed" || about.state === "interrupted") &&
    rows.some(({ call }) => call === about);
}

function layNotes(data: SummaryData, measure: Measure): string[] {
  const notes = data.notes.filter((note) => !isSaid(note, data));
  if (notes.length === 0) return [];
  const kept = notes.slice(-measure.notes);
  const missing = data.hiddenNotes + notes.length - kept.length;
  const lines = kept.map(({ note: { level, label, text }, count }) => {
    const mark = level === "error" ? "❌" : "⚠️";
    const times = count === 1 ? "" : ` (${count} times)`;
    return `- ${mark} ${plainText(label)}: ${plainText(text, 1_000)}${times}`;
  });
  if (missing > 0) lines.unshift(`- … ${formatNumber(missing)} more before these`);
  return ["### Worth knowing", lines.join("\n")];
}

function layTokens({ result, exit }: SummaryData): string[] {
  const models = result?.models ?? [];
  if (models.length === 0 || exit === undefined) return [];
  const rows = models.map(([name, usage]) =>
    `| ${codeSpan(name, { inTable: true })} | ${formatTokens(usage.input)} | ` +
    `${formatTokens(usage.cache_read)} | ${formatTokens(usage.cache_write)} | ` +
    `${formatTokens(usage.output)} | ${money(usage.cost_usd)} |`
  );
  return [
    "### Tokens and cost",
    [
      "| Model | Input | Cache read | Cache write | Output | Cost |",
      "| :--- | ---: | ---: | ---: | ---: | ---: |",
      ...rows,
    ].join("\n"),
  ];
}

/** How the session goes on, where it has an id that can stand in a command. */
function resumeCommand({ exit, session }: SummaryData): string | undefined {
  const id = exit?.session_id ?? session.id;
  return id !== undefined && SESSION_ID.test(id) ? `ccrun --resume ${id} "..."` : undefined;
}

/** A runner is gone when somebody reads the page. */
const WHERE_KEPT = "claude keeps the session on the machine where it ran, in `~/.claude`: " +
  "it goes on only there, in the same directory, or where that folder is kept.";

function layEnd(data: SummaryData): string[] {
  const { session, start, exit, places, error, result } = data;
  const id = exit?.session_id ?? session.id;
  const command = resumeCommand(data);
  // A run that failed may have told it as what to do.
  const isTold = exit?.ok === false && command !== undefined && error?.hint.includes(command);
  // The table of tokens names it.
  const isOnlyModel = result?.models.length === 1 && result.models[0]?.[0] === session.model;
  const version = session.version ?? start?.claude?.version;
  const cwd = places.home === undefined
    ? session.cwd
    : session.cwd && shortPath(session.cwd, { home: places.home });
  const facts = [
    id === undefined || command !== undefined ? "" : `session ${codeSpan(id)}`,
    session.model === undefined || isOnlyModel ? "" : `model ${codeSpan(session.model)}`,
    version === undefined ? "" : `Claude Code ${codeSpan(version)}`,
    start === undefined ? "" : `ccrun ${codeSpan(start.ccrun)}`,
    cwd === undefined ? "" : `in ${codeSpan(cwd)}`,
  ].filter((part) => part !== "");
  return [
    ...(command === undefined || isTold ? [] : ["### Go on", codeBlock(command, "sh"), WHERE_KEPT]),
    ...(facts.length === 0 ? [] : [facts.join(" · ")]),
  ];
}
