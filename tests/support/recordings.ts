/**
 * Reads the recorded streams of the real Claude Code.
 *
 * @module
 */

import { REPOSITORY } from "./paths.ts";

/** A recorded stream. */
export interface Recording {
  /** The name of its file without `.jsonl`: the version of Claude Code and the situation. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly lines: readonly string[];
}

/** The directory of the recordings. */
export const RECORDINGS = `${REPOSITORY}/tests/recordings`;

/** Returns all recordings, sorted by name. */
export function readRecordings(): readonly Recording[] {
  const files = [...Deno.readDirSync(RECORDINGS)].map(({ name }) => name);
  return files.filter((file) => file.endsWith(".jsonl")).sort().map((file) => {
    const bytes = Deno.readFileSync(`${RECORDINGS}/${file}`);
    const lines = new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "");
    return { name: file.slice(0, -".jsonl".length), bytes, lines };
  });
}
