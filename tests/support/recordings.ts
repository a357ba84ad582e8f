/**
 * Streams of the real Claude Code that are kept in the repository.
 *
 * @module
 */

import { REPOSITORY } from "./paths.ts";

/** A recorded stream. */
export interface Recording {
  /** Its file's name, without `.jsonl`: the version of Claude Code and what happened. */
  readonly name: string;
  /** What claude wrote. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same as lines, without their ends. */
  readonly lines: readonly string[];
}

/** The folder that they are in. */
export const RECORDINGS = `${REPOSITORY}/tests/recordings`;

/** All of them, by name. */
export function readRecordings(): readonly Recording[] {
  const files = [...Deno.readDirSync(RECORDINGS)].map(({ name }) => name);
  return files.filter((file) => file.endsWith(".jsonl")).sort().map((file) => {
    const bytes = Deno.readFileSync(`${RECORDINGS}/${file}`);
    const lines = new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "");
    return { name: file.slice(0, -".jsonl".length), bytes, lines };
  });
}
