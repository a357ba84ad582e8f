/**
 * Reads the file of a session. Its lines are JSON: the messages of the conversation, and between them
 * records of Claude Code (`custom-title`, `queue-operation` ...).
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../../util/json.ts";
import { isAbsolutePath } from "../../util/plausible.ts";
import { getNonEmptyString, getPlausible, getString } from "../json_fields.ts";
import { blocksOf } from "../transcript/entries.ts";
import { isTaskNotification } from "../transcript/notifications.ts";
import { readEntries } from "./read_entries.ts";
import type { UsageCollector } from "./usage_steps.ts";
import { preview, readUserText } from "../transcript/user_text.ts";

/** What a transcript contains. */
export interface SessionRecord {
  /** The directory that the session started in. */
  readonly cwd?: string | undefined;
  /** The start of the first prompt, on one line; empty if there is none. */
  readonly prompt: string;
  /** The number of prompts, tool results and ends of tasks; null if only the start was read. */
  readonly turns: number | null;
  /** The title that the user or Claude Code chose. */
  readonly title?: string | undefined;
}

/** Options for {@linkcode readTranscript}. */
export interface ReadTranscriptOptions {
  /** Whether to stop at the first prompt, before turns and title are known. @default {false} */
  readonly stopAtPrompt?: boolean;
  /** Collects the tokens and costs. */
  readonly usage?: UsageCollector | undefined;
  /** Stops the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** The types of entries that are read. */
const PATTERN =
  /"(?:type|role)": ?"(?:user|assistant|custom-title|ai-title|queue-operation|cost-state)"/;

/**
 * Reads the file of a session.
 *
 * @returns undefined if it contains no conversation
 * @throws if the file cannot be read
 */
export async function readTranscript(
  path: string,
  { stopAtPrompt = false, usage, signal }: ReadTranscriptOptions = {},
): Promise<SessionRecord | undefined> {
  const builder = new SessionRecordBuilder();
  for await (const entry of readEntries(path, { pattern: PATTERN, signal })) {
    builder.read(entry);
    usage?.read(entry);
    if (stopAtPrompt && builder.hasPrompt) break;
  }
  return builder.record(!stopAtPrompt);
}

/** Collects what is known about a session from the lines of its transcript. */
class SessionRecordBuilder {
  #isConversation = false;
  #cwd: string | undefined;
  #prompt: string | undefined;
  /** Replaces the prompt if there is none: a slash command, or a queued prompt. */
  #fallbackPrompt: string | undefined;
  #turns = 0;
  #customTitle = "";
  #aiTitle = "";

  /** Whether a prompt was found. */
  get hasPrompt(): boolean {
    return this.#prompt !== undefined;
  }

  /** Reads the next entry. */
  read(entry: JsonObject): void {
    switch (entry["type"]) {
      case "user":
      case "assistant":
        return this.#readMessage(entry);
      case "custom-title":
        // An empty title removes the previous one.
        this.#customTitle = getString(entry, "customTitle") ?? this.#customTitle;
        return;
      case "ai-title":
        this.#aiTitle = getString(entry, "aiTitle") ?? this.#aiTitle;
        return;
      case "queue-operation":
        if (entry["operation"] === "enqueue") {
          this.#fallbackPrompt ??= getNonEmptyString(entry, "content");
        }
    }
  }

  #readMessage(entry: JsonObject): void {
    // Versions before 2.1 keep the messages of subagents in the same file.
    if (entry["isSidechain"] === true || !isJsonObject(entry["message"])) return;
    this.#isConversation = true;
    this.#cwd ??= getPlausible(entry, "cwd", isAbsolutePath);
    const isGenerated = entry["isMeta"] === true || entry["isCompactSummary"] === true;
    if (entry["type"] === "user" && !isGenerated) this.#readUser(entry);
  }

  #readUser(entry: JsonObject): void {
    const blocks = blocksOf(entry);
    if (blocks.some(({ type }) => type === "tool_result")) {
      this.#turns++;
      return;
    }
    for (const block of blocks) {
      const text = (block["type"] === "text" ? getString(block, "text") : undefined) ?? "";
      const { prompt, command } = readUserText(text);
      this.#fallbackPrompt ??= command;
      if (prompt === undefined && !isTaskNotification(text)) continue;
      this.#turns++;
      this.#prompt ??= prompt;
      return;
    }
  }

  /** Returns what was found; undefined if there was no conversation. */
  record(isComplete: boolean): SessionRecord | undefined {
    if (!this.#isConversation) return undefined;
    return {
      cwd: this.#cwd,
      prompt: preview(this.#prompt ?? this.#fallbackPrompt ?? ""),
      turns: isComplete ? this.#turns : null,
      title: preview(this.#customTitle) || preview(this.#aiTitle) || undefined,
    };
  }
}
