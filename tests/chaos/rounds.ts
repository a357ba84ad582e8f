import { parseArgs } from "node:util";

const SEED_LIMIT = 1_000_000;

/** The rounds that the arguments `[ROUNDS] [--seed S] [--only ROUND]` select. */
export interface Rounds {
  readonly seed: number;
  /** The numbers of the rounds, from 1. */
  readonly numbers: number[];
}

/** Reads the arguments of a chaos test, and exits where it cannot run. */
export function readRounds(defaultCount: number): Rounds {
  if (Deno.build.os !== "linux") {
    console.error("chaos reads /proc, so it needs Linux");
    Deno.exit(2);
  }
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seed: { type: "string" }, only: { type: "string" } },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * SEED_LIMIT));
  const count = Number(positionals[0] ?? defaultCount);
  const numbers = values.only === undefined
    ? Array.from({ length: count }, (_, index) => index + 1)
    : [Number(values.only)];
  return { seed, numbers };
}
