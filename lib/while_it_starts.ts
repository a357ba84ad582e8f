/**
 * What a run needs only when claude runs. It is loaded while claude starts, which takes longer:
 * claude itself is started a tenth of a second after ccrun, a sixth of that sooner than with it.
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
