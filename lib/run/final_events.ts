import { isHookDenial } from "../claude/denials.ts";
import type { Failure } from "../errors.ts";
import type { EventBody, EventFactory, RunEvent } from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { oneLine } from "../util/one_line.ts";
import { formatCount } from "../util/units.ts";
import { explainMissingResult, explainResult, explainRetry } from "./failures.ts";
import { joinHints, resumeHint } from "./hints.ts";
import { permissionHint } from "./permission_hint.ts";
import type { RunState } from "./run_state.ts";
import { failureOfStop, type Stop } from "./stop_policy.ts";

/** What the outcome of a run or a replay depends on. */
export interface RunOutcomeInput {
  /** What the events add up to. */
  readonly state: RunState;
  /** ccrun's own failure. */
  readonly internal?: Failure | undefined;
  /** Why ccrun stopped the run. */
  readonly stop?: Stop | undefined;
  /** A failure before there could be a result, for example that claude was not found. */
  readonly failed?: Failure | undefined;
  /** The end of what claude wrote to stderr. */
  readonly stderr?: string | undefined;
  /** claude's exit code. */
  readonly claudeExitCode?: number | undefined;
  /** The signal that killed claude. */
  readonly claudeSignal?: string | undefined;
  /** Whether structured output was requested. */
  readonly wantsOutput?: boolean;
  /** Whether a denied tool call fails the run. */
  readonly failOnDenied?: boolean;
  /** The time of the whole run in milliseconds; null in a replay. */
  readonly durationMs: number | null;
}

/** How many denied calls are named; more are counted. */
const MAX_NAMED_DENIALS = 20;

const HOOK_HINT = "a hook denied it; see the hooks in the settings";

/** Yields the last events of a run: the denied calls, the error if there is one, and `exit`. */
export function* finalEvents(
  createEvent: EventFactory,
  input: RunOutcomeInput,
): Generator<RunEvent> {
  const denials = denialNotice(input.state);
  if (denials !== undefined) yield createEvent(denials);
  const failure = resolveFailure(input);
  if (failure !== undefined) {
    const { kind, hint } = failure;
    const error = { kind, message: oneLine(failure.message), ...(hint !== undefined && { hint }) };
    yield createEvent({ type: "error", error });
  }
  yield createEvent(exitEvent(input, failure));
}

/**
 * Returns the failure of a run, or undefined for a success. What ccrun did comes before what claude
 * reported, because claude can report a success after it was stopped.
 */
export function resolveFailure(input: RunOutcomeInput): Failure | undefined {
  const { state, internal, stop, failed } = input;
  // Nothing can resume a replay.
  const resumable = input.durationMs === null ? undefined : state.sessionId;
  if (internal?.kind === "internal") return internal;
  return withResumeHint(internal ?? failureOfStop(stop), resumable) ?? failed ??
    claudeFailure(input, resumable) ?? missingOutput(input) ?? deniedCalls(input);
}

function missingOutput({ state: { result }, wantsOutput }: RunOutcomeInput): Failure | undefined {
  if (!wantsOutput || !result?.ok || result.structured_output !== undefined) return undefined;
  return {
    kind: "output",
    message: "the run succeeded without structured output",
    hint: "ask for the answer in that form in the prompt",
  };
}

function deniedCalls({ state: { denied }, failOnDenied }: RunOutcomeInput): Failure | undefined {
  if (!failOnDenied || denied.size === 0) return undefined;
  return {
    kind: "denied",
    message: `${countDenials(denied.size)}, and --fail-on-denied is set`,
    hint: "allow the calls with the options named above",
  };
}

/** Returns why the result is missing or not a success. */
function claudeFailure(
  { state, claudeExitCode, claudeSignal, stderr = "" }: RunOutcomeInput,
  resumable: string | undefined,
): Failure | undefined {
  const { result, openRetry, rawLines } = state;
  if (result !== undefined) return result.ok ? undefined : explainResult(result, state.sessionId);
  if (openRetry !== undefined && claudeSignal === undefined) return explainRetry(openRetry);
  return explainMissingResult({
    code: claudeExitCode,
    signal: claudeSignal,
    stderr,
    rawLines: rawLines.join("\n"),
    sessionId: resumable,
  });
}

/** Adds how to resume the session, unless the failure has a better hint. A timeout has room for both. */
function withResumeHint(
  failure: Failure | undefined,
  sessionId: string | undefined,
): Failure | undefined {
  if (failure === undefined) return undefined;
  const { kind, message } = failure;
  const hint = kind === "timeout"
    ? joinHints(failure.hint, resumeHint(sessionId))
    : failure.hint ?? resumeHint(sessionId);
  return hint === undefined ? { kind, message } : { kind, message, hint };
}

function countDenials(count: number): string {
  return `${formatCount(count, "tool call")} denied`;
}

/** Lists the denied calls and what would allow each. */
function denialNotice({ denied, cwd }: RunState): EventBody<"notice"> | undefined {
  if (denied.size === 0) return undefined;
  const hints = new Set<string>();
  for (const { name, input, denialText } of denied.values()) {
    hints.add(
      isHookDenial(denialText) ? `${name}: ${HOOK_HINT}` : permissionHint(name, input, cwd),
    );
  }
  const named = [...hints].slice(0, MAX_NAMED_DENIALS);
  const more = hints.size > named.length ? `, and ${hints.size - named.length} more` : "";
  const them = denied.size === 1 ? "it" : "them";
  const text = `${countDenials(denied.size)}. To allow ${them}: ${named.join(", ")}${more}`;
  return { type: "notice", level: "warning", kind: "denied", text };
}

function exitEvent(input: RunOutcomeInput, failure: Failure | undefined): EventBody<"exit"> {
  const { state, stop, claudeExitCode, claudeSignal, stderr, durationMs } = input;
  const { sessionId, turns, usage, result } = state;
  const signal = stop?.reason.signal;
  const reason = failure?.kind ?? "success";
  return {
    type: "exit",
    code: EXIT_CODES[reason],
    reason,
    ok: reason === "success",
    ...(sessionId !== undefined ? { session_id: sessionId } : {}),
    ...(signal !== undefined ? { signal } : {}),
    ...(claudeExitCode !== undefined ? { claude_exit_code: claudeExitCode } : {}),
    ...(claudeSignal !== undefined ? { claude_signal: claudeSignal } : {}),
    ...(failure !== undefined && stderr ? { stderr } : {}),
    turns,
    cost_usd: result?.cost_usd ?? 0,
    usage,
    duration_ms: durationMs,
  };
}
