/**
 * What `deno task bench` is told.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type SectionName, SECTIONS } from "./goals.ts";

/** How to measure. */
export interface BenchOptions {
  /** The sections to measure, in their order. */
  readonly only: readonly SectionName[];
  /** The size of the recording. */
  readonly megabytes: number;
  /** How much goes through ccrun in small lines while its memory is watched. */
  readonly memoryMegabytes: number;
  /** How often each program takes its turn. */
  readonly rounds: number;
  /** Whether the rows come as JSON. */
  readonly json: boolean;
}

/** What is wrong with the options, in one line. */
export class BadOptions extends Error {}

/**
 * Reads the options.
 *
 * @throws {BadOptions} with what is wrong
 */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { mb, "memory-mb": memoryMb, rounds, json, only } = given(args);
  return {
    only: only === undefined ? SECTIONS : sections(only),
    megabytes: positive("--mb", mb),
    memoryMegabytes: positive("--memory-mb", memoryMb),
    rounds: whole("--rounds", rounds),
    json,
  };
}

function given(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        mb: { type: "string", default: "200" },
        "memory-mb": { type: "string", default: "2000" },
        rounds: { type: "string", default: "3" },
        only: { type: "string" },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
    throw new BadOptions(line);
  }
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new BadOptions(`${option} must be a number above 0, not ${JSON.stringify(text)}`);
}

function whole(option: string, text: string): number {
  const value = positive(option, text);
  if (Number.isInteger(value)) return value;
  throw new BadOptions(`${option} must be a whole number, not ${text}`);
}

function sections(text: string): readonly SectionName[] {
  const names = text.split(",").map((name) => name.trim());
  const wrong = names.find((name) => !SECTIONS.some((section) => section === name));
  if (wrong !== undefined) {
    throw new BadOptions(
      `--only knows no section ${JSON.stringify(wrong)}: there are ${SECTIONS.join(", ")}`,
    );
  }
  return SECTIONS.filter((section) => names.includes(section));
}
