import { missingResultFailure, retryFailure, usageLimitReset } from "../claude/failures.ts";
import type { Failure } from "../errors.ts";
import type { StopSignal } from "../exit_codes.ts";
import type { ChildExit } from "../process/child.ts";
import { formatCount } from "../util/units.ts";
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
  /** Whether structured output was requested. */
  readonly wantsOutput?: boolean | undefined;
  /** Whether a denied tool call fails the run. */
  readonly failOnDenied?: boolean | undefined;
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

/** Returns why ccrun ended the run. Adds how to resume the session if there is no better hint. */
function ccrunFailure(input: OutcomeInput): Failure | undefined {
  const { failure } = input;
  if (failure === undefined) return undefined;
  const { kind, hint } = failure;
  const resume = resumeHint(resumableSession(input));
  // A timeout needs both: its own hint raises the limit.
  return withHint(failure, kind === "timeout" ? joinHints(hint, resume) : hint ?? resume);
}

/** Returns why the result is missing or not a success. */
function claudeFailure(input: OutcomeInput): Failure | undefined {
  const { state, claudeExit, stderr = "" } = input;
  const { resultFailure, openRetry, rawLines, sessionId, apiRoute } = state;
  if (resultFailure !== undefined) {
    const failure = withHintForCause(resultFailure, sessionId, apiRoute);
    return failure.kind === "quota" ? { ...failure, ...limitReset(state) } : failure;
  }
  if (state.hasResult) return undefined;
  if (openRetry !== undefined && claudeExit?.signal === undefined) {
    return withHintForCause(retryFailure(openRetry), undefined, apiRoute);
  }
  const exit = { ...claudeExit, stderr, rawLines: rawLines.join("\n") };
  return withHintForCause(missingResultFailure(exit), resumableSession(input), apiRoute);
}

/** Returns when the usage limit is reset, if that is known. */
function limitReset({ result, rejectedLimit }: RunState): Pick<Failure, "resets_at"> {
  const time = usageLimitReset(result?.text ?? "") ?? rejectedLimit?.resets_at;
  return time === undefined ? {} : { resets_at: time };
}

function missingOutputFailure(
  { state: { result }, wantsOutput }: OutcomeInput,
): Failure | undefined {
  if (!wantsOutput || result?.structured_output !== undefined) return undefined;
  return {
    kind: "output",
    message: "the run succeeded without structured output",
    hint: "ask in the prompt for an answer that matches the schema",
  };
}

/** Returns the failure because of denied calls, if they fail the run. */
export function denialFailure(
  { state: { deniedCalls }, failOnDenied }: OutcomeInput,
): Failure | undefined {
  if (!failOnDenied || deniedCalls.size === 0) return undefined;
  return {
    kind: "denied",
    message: `${formatCount(deniedCalls.size, "tool call")} denied, and --fail-on-denied is set`,
    hint: "allow the calls with the options named above",
  };
}

/**
 * Returns the session that a run without a result can resume; undefined in a replay, which can be stopped
 * or incomplete without its session being so.
 */
function resumableSession({ state, durationMs }: OutcomeInput): string | undefined {
  return durationMs === null ? undefined : state.sessionId;
}
