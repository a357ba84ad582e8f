import {
  type ClaudeFailure,
  missingResultFailure,
  reportedFailure,
  retryFailure,
  usageLimitReset,
} from "../claude/failures.ts";
import { STRUCTURED_OUTPUT_TOOL } from "../claude/tools.ts";
import type { Failure } from "../errors.ts";
import type { StopSignal } from "../exit_codes.ts";
import type { ChildExit } from "../process/child.ts";
import { formatCount } from "../util/units.ts";
import { denialHint } from "./denial_notice.ts";
import { joinHints, resumeHint, withHint, withHintForCause } from "./hints.ts";
import type { RunState } from "./run_state.ts";

/** What the outcome of a run or a replay depends on. */
export interface OutcomeInput {
  /** What the events add up to. */
  readonly state: RunState;
  /** Why ccrun stopped claude or could not start it, or what failed in ccrun itself. */
  readonly failure?: Failure | undefined;
  /** The signal that ccrun received, if the run was stopped for it. */
  readonly signal?: StopSignal | undefined;
  /** How claude exited. */
  readonly claudeExit?: ChildExit | undefined;
  /** The end of what claude wrote to stderr. */
  readonly stderr?: string | undefined;
  /** Whether a missing result tells nothing, as in the transcript of a session. */
  readonly mayLackResult?: boolean | undefined;
  /** Whether structured output was requested. */
  readonly wantsOutput?: boolean | undefined;
  /** Whether a denied tool call fails the run. */
  readonly failOnDenied?: boolean | undefined;
  /** The command that resumes the session, without a prompt; undefined if the session is not stored. */
  readonly resume?: string | undefined;
  /** The time of the whole run in milliseconds; null in a replay. */
  readonly durationMs: number | null;
}

/**
 * Returns the failure of a run, or undefined for a success. What ccrun did comes before what claude
 * reported, because claude can report a success after it was stopped.
 */
export function resolveFailure(input: OutcomeInput): Failure | undefined {
  return ccrunFailure(input) ?? claudeFailure(input) ?? missingOutputFailure(input) ??
    denialFailure(input);
}

/** Returns whether nothing tells how claude ended the run. */
export function isOutcomeUnknown({ state, mayLackResult = false }: OutcomeInput): boolean {
  return mayLackResult && !state.hasResult;
}

/** Returns why ccrun ended the run. */
function ccrunFailure({ failure, resume }: OutcomeInput): Failure | undefined {
  // The same claude cannot resume the session either.
  if (failure?.kind === "not_executable") return failure;
  return failure && withHint(failure, joinHints(failure.hint, resumeHint(resume)));
}

/** Returns why the result is missing or not a success, and what to do about it. */
function claudeFailure(input: OutcomeInput): Failure | undefined {
  const { state, resume } = input;
  if (isOutcomeUnknown(input)) return undefined;
  const failure = state.hasResult ? state.resultFailure : explainMissingResult(input);
  if (failure === undefined) return undefined;
  const resets_at = failure.cause === "usage_limit"
    ? usageLimitReset(failure.message) ?? state.rejectedLimit?.resets_at
    : undefined;
  if (resets_at === undefined) return withHintForCause(failure, resume, state.apiRoute);
  const hint = joinHints(`wait until ${resets_at} and try again`, resumeHint(resume));
  return { ...withHint({ kind: "quota", message: failure.message }, hint), resets_at };
}

/** Returns why claude exited without a result. */
function explainMissingResult({ state, claudeExit, stderr = "" }: OutcomeInput): ClaudeFailure {
  const { openRetry, reportedError, rejectedLimit, rawLines } = state;
  const exit = { ...claudeExit, stderr, rawLines: rawLines.join("\n") };
  if (exit.signal !== undefined) return missingResultFailure(exit);
  if (openRetry !== undefined) {
    const failure = retryFailure(openRetry);
    const isLimited = failure.cause === "rate_limit" && rejectedLimit !== undefined;
    return isLimited ? { ...failure, cause: "usage_limit" } : failure;
  }
  return reportedError === undefined ? missingResultFailure(exit) : reportedFailure(reportedError);
}

function missingOutputFailure(
  { state, wantsOutput, resume }: OutcomeInput,
): Failure | undefined {
  // A recording shows only the tool.
  const isWanted = wantsOutput || state.hasOutputTool;
  if (!isWanted || state.result?.structured_output !== undefined) return undefined;
  const denied = state.deniedCalls.values().find(({ name }) => name === STRUCTURED_OUTPUT_TOOL);
  const hint = denied === undefined
    ? "ask in the prompt for an answer that matches the schema"
    : denialHint(denied, state.cwd, state.home);
  const failure = {
    kind: "output",
    message: "the run succeeded without structured output",
  } as const;
  return withHint(failure, joinHints(hint, resumeHint(resume)));
}

/** What the failure because of denied calls depends on. */
export interface DenialInput extends Pick<OutcomeInput, "failOnDenied" | "resume"> {
  readonly state: Pick<RunState, "deniedCount">;
}

/** Returns the failure because of denied calls, if they fail the run. */
export function denialFailure(
  { state: { deniedCount }, failOnDenied, resume }: DenialInput,
): Failure | undefined {
  if (!failOnDenied || deniedCount === 0) return undefined;
  const count = formatCount(deniedCount, "tool call");
  const message = `${count} denied, and --fail-on-denied is set`;
  const hint = joinHints("allow the calls as described above", resumeHint(resume));
  return withHint({ kind: "denied", message }, hint);
}
