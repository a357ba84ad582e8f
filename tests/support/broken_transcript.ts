/**
 * The parts of transcripts that are broken, incomplete or impossible.
 *
 * @module
 */

import { text } from "./api_reply.ts";
import type { StoredSubagent } from "./stored_sessions.ts";
import {
  assistant,
  type Entry,
  prompt,
  transcript,
  type TranscriptOptions,
} from "./transcripts.ts";

/** A transcript that is not as Claude Code writes it. */
export interface BrokenTranscript {
  /** What is wrong with it. */
  readonly name: string;
  /** Texts that a reader can still find. */
  readonly shown: readonly string[];
  /** Returns the file. Some files are large. */
  bytes(): Uint8Array<ArrayBuffer>;
  readonly subagents?: readonly StoredSubagent[];
}

/** Where the sessions were. */
export const PLACE: TranscriptOptions = {
  sessionId: "11111111-2222-4333-8444-555555555555",
  cwd: "/home/me/project",
};

const PROMPT = "What is it?";
const ANSWER = "It is this.";

/** What a reader finds in most of the transcripts. */
export const TURN = [PROMPT, ANSWER];

/** A prompt and its answer. */
export function turn(): Entry[] {
  return [prompt(PROMPT), ...assistant([text(ANSWER)])];
}

/** Returns the lines of a session. */
export function lines(...entries: readonly (Entry | readonly Entry[])[]): readonly string[] {
  return transcript(entries, PLACE).map((entry) => JSON.stringify(entry));
}

/** Encodes a text as UTF-8. */
export function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Returns a file with these lines. */
export function file(lines: readonly string[], newline = "\n"): Uint8Array<ArrayBuffer> {
  return encode(lines.map((line) => line + newline).join(""));
}
