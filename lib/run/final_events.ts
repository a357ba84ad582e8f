import { explainMissingResult, explainResult, explainRetry } from "./failures.ts";
import { joinHints, resumeHint } from "./hints.ts";
import { oneLine } from "../util/one_line.ts";
import { isHookRefusal, permissionHint } from "./permission_hint.ts";
import type { EventBody, EventFactory, RunEvent } from "../events.ts";
import type { RunState } from "./run_state.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import type { Failure } from "../errors.ts";
import { type OutcomeInput, resolveOutcome } from "./outcome.ts";

/** How a run ended, besides what its events say. */
export interface RunOutcomeInput {
  /** What the events add up to. */
  facts: RunState;
  /** A failure that is known already: claude was not found, ccrun is at fault, ccrun stopped it. */
  known?: Pick<OutcomeInput, "internal" | "stopped" | "failed">;
  /** The end of claude's stderr. */
  stderr?: string;
  /** claude's exit code. */
  claudeExitCode?: number | undefined;
  /** The signal that ended claude. */
  claudeSignal?: string | undefined;
  /** Whether a structured output was asked for. */
  wantsOutput?: boolean;
  /** Whether a refused tool makes the run fail. */
  failOnDenied?: boolean;
  /** Time of the whole run in milliseconds; null in a replay. */
  durationMs: number | null;
}

/** The last events of a run: what was refused, the error if there is one, and `exit`. */
export function* finalEvents(stamp: EventFactory, ending: RunOutcomeInput): Generator<RunEvent> {
  const { facts } = ending;
  const refusals = describeRefusals(facts);
  if (refusals !== undefined) yield stamp(refusals);
  const failure = resolveFailure(ending);
  if (failure !== undefined) {
    const { kind, hint } = failure;
    // It may repeat a path or a word of claude's, which can have anything in it.
    const message = oneLine(failure.message);
    yield stamp({
      type: "error",
      error: hint === undefined ? { kind, message } : { kind, message, hint },
    });
  }
  yield stamp(exitOf(ending, failure));
}

/** What went wrong, if anything did. */
export function resolveFailure(ending: RunOutcomeInput): Failure | undefined {
  const { facts, known } = ending;
  const { result, sessionId } = facts;
  const failed = known?.failed ??
    (result === undefined
      ? missingResultFailure(ending)
      : result.ok
      ? undefined
      : explainResult(result, sessionId));
  const { stopped, internal } = known ?? {};
  // A replay has no session that could go on because of it.
  const resumable = ending.durationMs === null ? undefined : sessionId;
  return resolveOutcome({
    // What ccrun is at fault for is to be reported first.
    internal: internal?.kind === "internal"
      ? internal
      : internal && withResume(internal, resumable),
    stopped: stopped && {
      ...stopped,
      cause: { ...stopped.cause, failure: withResume(stopped.cause.failure, resumable) },
    },
    failed,
    missingOutput: ending.wantsOutput && result?.ok && result.structured_output === undefined
      ? {
        kind: "output",
        message: "the run succeeded, but no structured output came",
        hint: "say in the prompt that the answer is to be given in that form",
      }
      : undefined,
    denied: ending.failOnDenied && facts.denied.size > 0
      ? {
        kind: "denied",
        message: `${count(facts.denied.size, "tool use")} refused, and --fail-on-denied was given`,
        hint: "allow what is needed with the options that the warning before this names",
      }
      : undefined,
  });
}

/** A stopped run can go on; how is said where nothing better is, and beside how it takes longer. */
function withResume({ kind, message, hint }: Failure, sessionId: string | undefined): Failure {
  const given = kind === "timeout"
    ? joinHints(hint, resumeHint(sessionId))
    : hint ?? resumeHint(sessionId);
  return given === undefined ? { kind, message } : { kind, message, hint: given };
}

function missingResultFailure(ending: RunOutcomeInput): Failure {
  const { facts } = ending;
  if (facts.openRetry !== undefined && ending.claudeSignal === undefined) {
    return explainRetry(facts.openRetry);
  }
  return explainMissingResult({
    code: ending.claudeExitCode,
    signal: ending.claudeSignal,
    stderr: ending.stderr ?? "",
    rawLines: facts.rawLines.join("\n"),
    // A replay has no session that could go on.
    sessionId: ending.durationMs === null ? undefined : facts.sessionId,
  });
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? " was" : "s were"}`;
}

/** How many refused tools are named; more are counted. */
const MAX_NAMED_REFUSALS = 20;

/** What is said where no option would help. */
const HOOK_HINT = "a hook refused it: see the hooks in the settings";

/** The line that lists what was refused, and the option that would allow each. */
function describeRefusals(facts: RunState): EventBody<"notice"> | undefined {
  if (facts.denied.size === 0) return undefined;
  const lines = new Set<string>();
  for (const { name, input, said } of facts.denied.values()) {
    const hint = isHookRefusal(said) ? HOOK_HINT : permissionHint(name, input, facts.cwd);
    lines.add(`${name} (${hint})`);
  }
  const named = [...lines].slice(0, MAX_NAMED_REFUSALS);
  const more = lines.size > named.length ? `, and ${lines.size - named.length} more` : "";
  return {
    type: "notice",
    level: "warning",
    kind: "denied",
    text: `${count(facts.denied.size, "tool use")} refused; what would allow it: ${
      named.join(", ")
    }${more}`,
  };
}

function exitOf(ending: RunOutcomeInput, failure: Failure | undefined): EventBody<"exit"> {
  const { facts, known, claudeExitCode, claudeSignal, stderr } = ending;
  const signal = known?.stopped?.cause.signal;
  const reason = failure?.kind ?? "success";
  return {
    type: "exit",
    code: EXIT_CODES[reason],
    reason,
    ok: reason === "success",
    ...(facts.sessionId !== undefined ? { session_id: facts.sessionId } : {}),
    ...(signal !== undefined ? { signal } : {}),
    ...(claudeExitCode !== undefined ? { claude_exit_code: claudeExitCode } : {}),
    ...(claudeSignal !== undefined ? { claude_signal: claudeSignal } : {}),
    ...(failure !== undefined && stderr ? { stderr } : {}),
    turns: facts.turns,
    cost_usd: facts.result?.cost_usd ?? 0,
    usage: facts.usage,
    duration_ms: ending.durationMs,
  };
}
