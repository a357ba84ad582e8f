/**
 * Programs that do the same work in turns.
 *
 * @module
 */

import type { Bench } from "./bench.ts";
import { median, medianRatio } from "./numbers.ts";
import type { Pipeline, PipelineOptions, PipelineResult } from "./pipeline.ts";
import type { Recording } from "./recording.ts";
import type { Row } from "./rows.ts";
import { checkWhole, type Wanted } from "./whole.ts";

/** One that takes part. */
export interface Contestant {
  readonly name: string;
  /** What it does with a recording. */
  readonly work: (recording: Recording) => Promise<Pipeline>;
  /** What its output must be. */
  readonly wanted: Wanted;
}

/** What each took, by name, in the order of the rounds. */
export type Rounds = ReadonlyMap<string, readonly PipelineResult[]>;

/** How a contest goes. */
interface ContestOptions extends PipelineOptions {
  /** What it is about, for who waits. */
  readonly title: string;
  /** What is worked on. */
  readonly recording: Recording;
  /** What is worked on once before, so that code is compiled and files are read. */
  readonly warmUp: Recording;
  /** How often each takes its turn. */
  readonly rounds: number;
}

/**
 * Runs them all in turns, A B C, A B C ..., so that whatever else the machine does befalls all.
 *
 * @throws when the output of one is not whole
 */
export async function contest(
  bench: Bench,
  contestants: readonly Contestant[],
  options: ContestOptions,
): Promise<Rounds> {
  const { title, rounds } = options;
  const results = new Map<string, PipelineResult[]>(contestants.map(({ name }) => [name, []]));
  const turn = async ({ name, work, wanted }: Contestant, recording: Recording) => {
    const result = await bench.run(await work(recording), options);
    checkWhole(`${title} ${name}`, wanted, result, recording);
    return result;
  };
  for (const contestant of contestants) await turn(contestant, options.warmUp);
  for (let round = 1; round <= rounds; round++) {
    for (const contestant of contestants) {
      bench.say(`${title}: round ${round} of ${rounds}: ${contestant.name}`);
      results.get(contestant.name)?.push(await turn(contestant, options.recording));
    }
  }
  return results;
}

/** The seconds of all rounds of one that took part. */
function secondsOf(results: Rounds, name: string): readonly number[] {
  return (results.get(name) ?? []).map(({ seconds }) => seconds);
}

/** How much is done in a second. */
export function rateRows(
  title: string,
  contestants: readonly Contestant[],
  results: Rounds,
  recording: Recording,
): readonly Row[] {
  return contestants.flatMap(({ name, wanted }): readonly Row[] => {
    const seconds = median(secondsOf(results, name));
    const row: Row = {
      name: `${title} ${name}`,
      value: recording.bytes / 1e6 / seconds,
      unit: "MB/s",
      beside: `${Math.round(recording.lines / seconds).toLocaleString("en")} lines/s`,
    };
    if (!wanted.startsWith("json")) return [row];
    const events = median((results.get(name) ?? []).map(({ out }) => out.lines));
    return [row, { name: `${row.name}, events`, value: events / seconds, unit: "events/s" }];
  });
}

/** How many times as fast one is as the other; none when one has not taken part. */
export function ratioRows(
  title: string,
  results: Rounds,
  pairs: readonly (readonly [name: string, beside: string])[],
): readonly Row[] {
  return pairs.flatMap(([name, beside]): readonly Row[] => {
    const [own, other] = [secondsOf(results, name), secondsOf(results, beside)];
    if (own.length === 0 || other.length === 0) return [];
    return [{
      name: `${title} ${name} / ${beside}`,
      value: medianRatio(other, own),
      unit: "×",
      beside,
    }];
  });
}
