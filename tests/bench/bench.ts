/**
 * The parts that all sections of the benchmarks share.
 *
 * @module
 */

import type { Sandbox } from "../support/sandbox.ts";
import type { Measurement } from "./measure.ts";
import type { Row } from "./results.ts";

/** The settings and the place of the benchmarks. */
export interface Bench {
  /** Holds the files and the processes. */
  readonly sandbox: Sandbox;
  /** The size of the recordings, in MB. */
  readonly megabytes: number;
  /** How often each program is measured. */
  readonly rounds: number;
  /** How many tasks a batch has. */
  readonly tasks: number;
  /** Reports progress. */
  log(line: string): void;
}

/** Measures one section. */
export type Section = (bench: Bench) => Promise<readonly Row[]>;

/**
 * Measures programs in turns (A B C, A B C, ...), so that a slow moment of the machine affects all
 * of them. The first round is not counted.
 */
export async function measureInTurns<Name extends string>(
  bench: Bench,
  programs: { readonly [N in Name]: () => Promise<Measurement> },
): Promise<{ readonly [N in Name]: readonly Measurement[] }> {
  const names = Object.keys(programs) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Measurement[]])) as {
    [N in Name]: Measurement[];
  };
  for (let round = 0; round <= bench.rounds; round++) {
    for (const name of names) {
      bench.log(round === 0 ? `${name}: warm-up` : `${name}: round ${round} of ${bench.rounds}`);
      const result = await programs[name]();
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}

/** Returns the seconds of measurements. */
export function secondsOf(measurements: readonly Measurement[]): readonly number[] {
  return measurements.map(({ seconds }) => seconds);
}
