/**
 * What a run needs only when claude runs. It is loaded while claude starts: with it, and with what
 * shows the run, claude would be started 9 ms later (46 instead of 37 from the start of Deno).
 *
 * @module
 */

export { explainRefusal, lastWords } from "./claude/explain.ts";
export { apiFailureReason, isFixedKey } from "./claude/failure_kinds.ts";
export { impostorFailure } from "./claude/impostor.ts";
export { Normalizer } from "./claude/normalizer.ts";
export { endingEvents, failureOf } from "./ending.ts";
export { describeLeft } from "./left_behind.ts";
export { readLines } from "./stream/read_lines.ts";
