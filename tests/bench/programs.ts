/**
 * The programs that are measured: ccrun, and what it stands beside.
 *
 * @module
 */

import { command } from "../support/ccrun.ts";
import { REPOSITORY } from "../support/paths.ts";

/** The words of a command line. */
export type Argv = readonly [string, ...string[]];

/** Why nothing can be compared here; undefined when it can. */
export function whyNotCompared(): string | undefined {
  // Everything stands beside programs that the same Deno runs the same way.
  return Deno.env.get("CCRUN_TEST_BINARY")
    ? "CCRUN_TEST_BINARY is set, and the source is what is measured"
    : undefined;
}

/** ccrun, from source. */
export async function ccrun(...args: readonly string[]): Promise<Argv> {
  return [...await command(), ...args];
}

/** A program of this folder, with the flags and permissions that ccrun is run with. */
export async function denoProgram(name: string, ...args: readonly string[]): Promise<Argv> {
  const [deno, ...words] = await command();
  return [deno, ...words.slice(0, -1), `${REPOSITORY}/tests/bench/${name}`, ...args];
}

/** Lines, and nothing else, as a program. */
export const LINES_FLOOR = "lines floor";

/** Lines that are parsed and written again, as a program. */
export const PARSE_FLOOR = "parse floor";

/** One of the two, which reads a file, or stdin. */
export async function floor(
  which: typeof LINES_FLOOR | typeof PARSE_FLOOR,
  ...path: readonly string[]
): Promise<Argv> {
  return await denoProgram("floor.ts", which === LINES_FLOOR ? "lines" : "parse", ...path);
}

/** A form in which ccrun shows a stream. */
export interface Form {
  readonly name: string;
  /** ccrun's options for it. */
  readonly options: readonly string[];
}

/** The forms that are measured. */
export const FORMS = [
  { name: "json", options: ["--format", "json"] },
  { name: "json --partial", options: ["--format", "json", "--partial"] },
  { name: "pretty", options: ["--format", "pretty"] },
  { name: "pretty --partial", options: ["--format", "pretty", "--partial"] },
  { name: "raw", options: ["--format", "raw"] },
  { name: "text", options: ["--format", "text"] },
] as const satisfies readonly Form[];

/** The name of one of them. */
export type FormName = typeof FORMS[number]["name"];
