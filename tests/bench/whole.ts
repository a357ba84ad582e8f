/**
 * Whether a program has done all of its work: one that does not could be as fast as it likes.
 *
 * @module
 */

import type { PipelineResult } from "./pipeline.ts";
import type { FormName } from "./programs.ts";
import type { Recording } from "./recording.ts";

/** Something that a program must have written. */
type Check = (result: Pick<PipelineResult, "out" | "err">, recording: Recording) => boolean;

/** start, session_info, result and exit. */
const FRAME_EVENTS = 4;

/** What came in goes out, and ccrun's session_info and exit. */
const OWN_RAW_LINES = 2;

const answers: Check = ({ out }) => out.lines >= 1;

const CHECKS: Readonly<Record<FormName | "copy" | "lines", Check>> = {
  copy: ({ out }, { bytes }) => out.bytes === bytes,
  lines: ({ out }, { lines }) => out.lines === lines,
  json: ({ out }, { blocks }) => out.lines === blocks + FRAME_EVENTS,
  "json --partial": ({ out }, { blocks, deltas }) => out.lines >= blocks + deltas + FRAME_EVENTS,
  raw: ({ out }, { bytes, lines }) => out.lines === lines + OWN_RAW_LINES && out.bytes > bytes,
  // A line for each thing that happens is less than there is.
  pretty: (result, { blocks }) => answers(result, ANY) && result.err.lines >= blocks,
  "pretty --partial": (result, { blocks }) => answers(result, ANY) && result.err.lines >= blocks,
  text: answers,
};

const ANY: Recording = { path: "", bytes: 0, lines: 0, blocks: 0, deltas: 0 };

/** What the output of a program must be: that of a form, the bytes or as many lines as came in. */
export type Wanted = keyof typeof CHECKS;

/** Throws when the output is not whole. */
export function checkWhole(
  name: string,
  wanted: Wanted,
  result: Pick<PipelineResult, "out" | "err">,
  recording: Recording,
): void {
  if (CHECKS[wanted](result, recording)) return;
  const { path: _, ...had } = recording;
  const { out, err } = result;
  throw new Error(
    `${name}: its output is not whole: of ${JSON.stringify(had)} came ${
      JSON.stringify({ out, err })
    }`,
  );
}
