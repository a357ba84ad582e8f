import { ClaudeProcess, type StartOptions } from "./claude_process.ts";
import type { Launch } from "./launch.ts";
import type { ProcessKeeper } from "./process_keeper.ts";
import type { RunRequest } from "./request.ts";

/** Options for {@linkcode openProcess}. */
export interface OpenProcessOptions extends Omit<StartOptions, "isKept"> {
  /** Keeps the claude of the session between its runs. @default none is kept */
  readonly keeper: ProcessKeeper | undefined;
}

/**
 * Takes the claude that was kept for the session, or starts one.
 *
 * @returns undefined if the run was stopped before
 * @throws {CcrunError} as {@linkcode ClaudeProcess.start}
 */
export async function openProcess(
  launch: Launch,
  request: RunRequest,
  { keeper, ...options }: OpenProcessOptions,
): Promise<ClaudeProcess | undefined> {
  const kept = await keeper?.take(launch, request, options.listener);
  if (kept !== undefined) return kept;
  return await ClaudeProcess.start(launch, request, {
    ...options,
    isKept: keeper?.isKeeping ?? false,
  });
}
