import type { Failure } from "../errors.ts";
import { MAX_ADVICE_LENGTH, sanitizeLine } from "../terminal/sanitize.ts";

/** Nothing else repeats the message of an error, so it may be longer than other lines. */
const MAX_MESSAGE_LENGTH = 4_000;

/**
 * Returns the message and the hint of a failure, each on one line and sanitized. The hint is cut late,
 * because it may contain a command.
 */
export function failureText({ message, hint = "" }: Failure): { message: string; hint: string } {
  return {
    message: sanitizeLine(message, MAX_MESSAGE_LENGTH),
    hint: sanitizeLine(hint, MAX_ADVICE_LENGTH),
  };
}
