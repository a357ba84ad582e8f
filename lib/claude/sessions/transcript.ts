/**
 * Reading one of the files in which Claude Code keeps its sessions, as it needs for
 * a list of them. They are JSON lines: the messages of the conversation, each with
 * a `uuid`, and between them notes of claude's own (`custom-title`, `queue-operation`,
 * `last-prompt` ...). Versions before 2.1 have the messages of sub-agents and of
 * warm-ups in the same file, marked `isSidechain`.
 *
 * @module
 */

import { truncate } from "../../util/truncate.ts";
import {
  getNonEmptyString,
  getObject,
  getObjects,
  getString,
  isObject,
  type Json,
} from "../json_fields.ts";

/** What is learnt from a session's file. */
export interface SessionRecord {
  /** The directory that it was begun in. */
  readonly cwd?: string | undefined;
  /** How its first prompt begins, on one line; empty where there is none to be seen. */
  readonly prompt: string;
  /** Its prompts and tool results, which is what claude counts as turns; null when it is too long to be counted. */
  readonly turns: number | null;
  /** What the person called it, or claude did. */
  readonly title?: string | undefined;
  /** The message that it ends with. */
  readonly leaf?: string | undefined;
  /** Titles that versions before 2.1 gave to conversations, by the message that these end with. */
  readonly summaries: ReadonlyMap<string, string>;
}

/** How {@linkcode readSessionFile} reads. */
export interface ReadSessionOptions {
  /**
   * Stop at the first prompt: then there are no turns and no title.
   *
   * @default {false}
   */
  readonly isBrief?: boolean;
}

/** What is read at a time. */
const CHUNK_BYTES = 64 * 1024;

/** Longer lines are cut here: large tool results, of which only the kind matters, and large prompts. */
const LINE_BYTES = 256 * 1024;

/** No line's kind is further from its beginning: before it there are ids, and a path. */
const HEAD_BYTES = 8 * 1024;

/** A line's `uuid` is no further from its end. */
const TAIL_BYTES = 512;

/** What is read of a file: a few tenths of a second, and far more than claude itself could take up again. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Of the end of a file that is larger, for its title. */
const END_BYTES = 64 * 1024;

/** What is shown of a prompt or title. */
const TEXT_LENGTH = 200;

/** How much of a text is looked at for that. */
const LOOKED_AT = 10 * TEXT_LENGTH;

/** A bound on notes that nobody reads. */
const MOST_SUMMARIES = 1_000;

const NEWLINE = 0x0a;

const KINDS = /"type": ?"(?:user|assistant|custom-title|ai-title|summary|queue-operation)"/;

/** What begins a text that no person wrote: what commands printed, reminders, notifications. */
const SYNTHETIC =
  /^\s*(?:<(?:local-command-\w+|bash-std\w+|system-reminder|task-notification|user-memory-input|ide_\w+)\b|\[Request interrupted by user)/;

const COMMAND = /<command-name>\s*\/?([^<]*?)\s*<\/command-name>/;
const COMMAND_ARGUMENTS = /<command-args>([^]*?)<\/command-args>/;
const SHELL_COMMAND = /^\s*<bash-input>([^]*?)<\/bash-input>/;

/**
 * Reads a session's file, in bounded memory.
 *
 * @returns undefined when there is no conversation in it, or it cannot be read (any more)
 */
export async function readSessionFile(
  path: string,
  options: ReadSessionOptions = {},
): Promise<SessionRecord | undefined> {
  try {
    using file = await Deno.open(path);
    const record = new Reader(options.isBrief ?? false);
    const isWhole = await eachLine(file, (line, isCut) => record.take(line, isCut));
    if (!isWhole) {
      record.isTooLong = true;
      await file.seek(-END_BYTES, Deno.SeekMode.End);
      await eachLine(file, (line, isCut) => record.take(line, isCut));
    }
    return record.result();
  } catch {
    return undefined;
  }
}

/**
 * Calls `take` with each line, or its beginning, until it gives false.
 *
 * @returns whether that was all there is to be read
 */
async function eachLine(
  file: Deno.FsFile,
  take: (line: Uint8Array, isCut: boolean) => boolean,
): Promise<boolean> {
  const chunk = new Uint8Array(CHUNK_BYTES);
  let held = new Uint8Array(0); // the beginning of a line that goes on in the next chunk
  let isCut = false;
  let total = 0;
  for (;;) {
    const count = await file.read(chunk);
    if (count === null) break;
    let from = 0;
    while (from < count) {
      const newline = chunk.subarray(0, count).indexOf(NEWLINE, from);
      const part = chunk.subarray(from, newline < 0 ? count : newline);
      from += part.length + 1;
      const isAlone = held.length === 0 && newline >= 0;
      if (!isAlone) {
        const kept = part.subarray(0, LINE_BYTES - held.length);
        isCut ||= kept.length < part.length;
        if (kept.length > 0) held = joined(held, kept);
        if (newline < 0) break;
      }
      if (!take(isAlone ? part : held, isCut)) return true;
      held = new Uint8Array(0);
      isCut = false;
    }
    total += count;
    if (total >= MAX_BYTES) return false;
  }
  if (held.length > 0) take(held, isCut);
  return true;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

const decoder = new TextDecoder();

/** Takes the lines of a file and keeps what matters of them. */
class Reader {
  readonly #isBrief: boolean;
  readonly #summaries = new Map<string, string>();
  #isConversation = false;
  #cwd: string | undefined;
  #prompt: string | undefined;
  /** What may stand for a prompt where there is none: a command, or what waited to be read. */
  #instead: string | undefined;
  #turns = 0;
  #customTitle: string | undefined;
  #aiTitle: string | undefined;
  #lastTail: Uint8Array | undefined;
  /** Whether lines were left out. */
  isTooLong = false;

  constructor(isBrief: boolean) {
    this.#isBrief = isBrief;
  }

  /** Takes a line and says whether there is more to be learnt. */
  take(line: Uint8Array, isCut: boolean): boolean {
    const head = decoder.decode(line.subarray(0, HEAD_BYTES));
    const isMessage = /^\{"parentUuid": ?/.test(head) && !/"isSidechain": ?true/.test(head);
    if (isMessage && !isCut) this.#lastTail = line.slice(-TAIL_BYTES);
    if (isCut) {
      if (isMessage) this.#takeCutMessage(line, head);
    } else if (KINDS.test(head)) {
      const entry = parsed(line);
      if (entry !== undefined) this.#takeEntry(entry);
    }
    return !(this.#isBrief && this.#prompt !== undefined);
  }

  #takeEntry(entry: Json): void {
    switch (entry["type"]) {
      case "user":
      case "assistant":
        if (entry["isSidechain"] === true || !isObject(entry["message"])) return;
        this.#isConversation = true;
        this.#cwd ??= getNonEmptyString(entry, "cwd");
        if (entry["type"] === "user") this.#takeUser(entry);
        return;
      case "custom-title":
        // An empty one takes the title away.
        this.#customTitle = getString(entry, "customTitle") ?? this.#customTitle;
        return;
      case "ai-title":
        this.#aiTitle = getString(entry, "aiTitle") ?? this.#aiTitle;
        return;
      case "summary": {
        const leaf = getNonEmptyString(entry, "leafUuid");
        const summary = getNonEmptyString(entry, "summary");
        if (leaf === undefined || summary === undefined) return;
        if (this.#summaries.size < MOST_SUMMARIES) this.#summaries.set(leaf, firstWords(summary));
        return;
      }
      case "queue-operation":
        if (entry["operation"] === "enqueue") this.#instead ??= getNonEmptyString(entry, "content");
    }
  }

  #takeUser(entry: Json): void {
    if (entry["isMeta"] === true || entry["isCompactSummary"] === true) return;
    const content = getObject(entry, "message")["content"];
    const blocks = getObjects({ content }, "content");
    if (blocks.some(({ type }) => type === "tool_result")) {
      this.#turns++;
      return;
    }
    const texts = typeof content === "string" ? [content] : blocks.flatMap((block) => {
      const text = block["type"] === "text" ? getNonEmptyString(block, "text") : undefined;
      return text === undefined ? [] : [text];
    });
    this.#takeTexts(texts);
  }

  #takeTexts(texts: readonly string[]): void {
    for (const text of texts) {
      const { prompt, command } = promptIn(text.slice(0, LOOKED_AT));
      this.#instead ??= command;
      if (prompt === undefined) continue;
      this.#turns++;
      this.#prompt ??= prompt;
      return;
    }
  }

  /** A message that is cut is a large tool result or prompt: its beginning says which. */
  #takeCutMessage(line: Uint8Array, head: string): void {
    const found = /"type": ?"user", ?"message": ?\{/.exec(head);
    if (found === null) return;
    this.#isConversation = true;
    this.#cwd ??= /"cwd": ?("[^"\\]*")/.exec(head)?.[1]?.slice(1, -1);
    const text = decoder.decode(line.subarray(0, HEAD_BYTES + LOOKED_AT)).slice(found.index);
    if (/"type": ?"tool_result"/.test(text)) {
      this.#turns++;
      return;
    }
    const beginning = /"(?:content|text)": ?"((?:[^"\\]|\\.)*)/.exec(text)?.[1];
    if (beginning !== undefined) this.#takeTexts([unescaped(beginning)]);
  }

  result(): SessionRecord | undefined {
    if (!this.#isConversation) return undefined;
    const title = firstWords(this.#customTitle ?? "") || firstWords(this.#aiTitle ?? "");
    const tail = this.#lastTail === undefined ? "" : decoder.decode(this.#lastTail);
    return {
      cwd: this.#cwd,
      prompt: firstWords(this.#prompt ?? this.#instead ?? ""),
      turns: this.isTooLong || this.#isBrief ? null : this.#turns,
      title: title || undefined,
      leaf: [...tail.matchAll(/"uuid": ?"([^"]+)"/g)].at(-1)?.[1],
      summaries: this.#summaries,
    };
  }
}

function parsed(line: Uint8Array): Json | undefined {
  try {
    const entry: unknown = JSON.parse(decoder.decode(line));
    return isObject(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** The text of the beginning of a JSON string, which may end in the middle of an escape. */
function unescaped(json: string): string {
  for (const end of [json.length, json.lastIndexOf("\\")]) {
    try {
      return String(JSON.parse(`"${json.slice(0, Math.max(0, end))}"`));
    } catch {
      // It ends in an escape, or is no JSON.
    }
  }
  return "";
}

/** What a person asked for in a text; commands that take no arguments ask for nothing. */
function promptIn(text: string): { prompt?: string; command?: string } {
  const name = COMMAND.exec(text)?.[1];
  if (name !== undefined) {
    const command = `/${name} ${COMMAND_ARGUMENTS.exec(text)?.[1] ?? ""}`.trim();
    return command.includes(" ") ? { prompt: command } : { command };
  }
  const shell = SHELL_COMMAND.exec(text)?.[1];
  if (shell !== undefined) return { prompt: `! ${shell}` };
  return SYNTHETIC.test(text) || text.trim() === "" ? {} : { prompt: text };
}

/** As much of a text as names it, on one line. */
function firstWords(text: string): string {
  return truncate(text.slice(0, LOOKED_AT).replace(/\s+/g, " ").trim(), TEXT_LENGTH);
}
