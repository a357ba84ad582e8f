/**
 * What the sections of the benchmarks share.
 *
 * @module
 */

import { denoVariables } from "../support/ccrun.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import type { BenchOptions } from "./options.ts";
import {
  type Pipeline,
  type PipelineOptions,
  type PipelineResult,
  runPipeline,
} from "./pipeline.ts";
import type { Row } from "./rows.ts";

/** Where a section measures, and how. */
export interface Bench {
  readonly options: BenchOptions;
  /** Holds all files; its processes end with it. */
  readonly sandbox: Sandbox;
  /** For every program. */
  readonly env: Readonly<Record<string, string>>;
  /** Is aborted when the benchmarks are to end. */
  readonly signal: AbortSignal | undefined;
  /** Says on stderr what is being done. */
  say(what: string): void;
  /** Says why something is not measured. */
  leaveOut(what: string, why: string): void;
  /** Runs a pipeline in the sandbox. */
  run(pipeline: Pipeline, options?: PipelineOptions): Promise<PipelineResult>;
}

/** Measures one section. */
export type Section = (bench: Bench) => Promise<readonly Row[]>;

/** How to make a {@linkcode Bench}. */
interface MakeBenchOptions {
  readonly options: BenchOptions;
  readonly signal?: AbortSignal;
  readonly say?: (line: string) => void;
}

/** Makes a place to measure in. Disposing of it leaves no file and no process. */
export async function makeBench(
  { options, signal, say = () => {} }: MakeBenchOptions,
): Promise<Bench & AsyncDisposable> {
  // What is made first, so that nothing is left when it fails.
  const variables = await denoVariables();
  const sandbox = await makeSandbox();
  const env = { ...sandbox.env(), ...variables };
  return {
    options,
    sandbox,
    env,
    signal,
    say,
    leaveOut: (what, why) => say(`left out: ${what}: ${why}`),
    run: (pipeline, options) =>
      runPipeline(pipeline, { ...options, sandbox, signal, env: { ...env, ...options?.env } }),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}
