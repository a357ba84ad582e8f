/**
 * Explains failures: what happened, and what to do about it.
 *
 * @module
 */

import {
  classifyMissingResult,
  classifyRejectedCredential,
  classifyResult,
  classifyRetry,
  type ClaudeExit,
  type ClaudeFailure,
} from "../claude/failures.ts";
import type { Failure } from "../errors.ts";
import type { EventOf } from "../events.ts";
import { hintFor } from "./hints.ts";

/** Explains why a result is not a success. */
export function explainResult(result: EventOf<"result">, sessionId: string | undefined): Failure {
  return withHint(classifyResult(result), sessionId);
}

/** Explains why claude exited without a result. */
export function explainMissingResult(
  exit: ClaudeExit & { sessionId?: string | undefined },
): Failure {
  return withHint(classifyMissingResult(exit), exit.sessionId);
}

/** Explains the API error that was still being retried when claude exited. */
export function explainRetry(retry: EventOf<"retry">): Failure {
  return withHint(classifyRetry(retry));
}

/** Explains that the API rejected the credential. */
export function explainRejectedCredential(retry: EventOf<"retry">): Failure {
  return withHint(classifyRejectedCredential(retry));
}

function withHint({ kind, cause, message }: ClaudeFailure, sessionId?: string): Failure {
  const hint = hintFor(cause, sessionId);
  return hint === undefined ? { kind, message } : { kind, message, hint };
}
