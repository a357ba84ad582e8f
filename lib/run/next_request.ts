import type { EventOf } from "../events.ts";
import type { RunRequest } from "./request.ts";

/** The prompt of an attempt that resumes the session of the one before. */
const CONTINUE_PROMPT = "You were interrupted. Continue where you left off.";

/** What the attempts of a run have used so far. Unknown numbers count as 0. */
export interface AttemptUse {
  readonly attempts: number;
  /** How long they took, without the waits, in milliseconds. */
  readonly workedMs: number;
  readonly turns: number;
  readonly costUsd: number;
}

/** The session of an attempt that has ended. */
export interface AttemptSession extends Pick<EventOf<"exit">, "session_id" | "resume"> {
  /** The directory that claude worked in, if it is known. */
  readonly cwd?: string | undefined;
}

/**
 * Returns the request of the next attempt, with what is left of the limits. It resumes the session, or
 * repeats the last request if the session is not stored.
 *
 * @param first the request of the first attempt, which has the limits
 * @param last the request of the attempt that has ended
 * @returns undefined if a limit is used up
 */
export function nextRequest(
  { timeoutMs, claude: { maxTurns, maxBudgetUsd } }: RunRequest,
  last: RunRequest,
  use: AttemptUse,
  { session_id: sessionId, resume, cwd }: AttemptSession,
): RunRequest | undefined {
  const left = {
    timeoutMs: timeoutMs && timeoutMs - use.workedMs,
    maxBudgetUsd: maxBudgetUsd && maxBudgetUsd - use.costUsd,
  };
  if (Object.values(left).some((limit) => limit !== undefined && limit <= 0)) return undefined;
  // claude counts the request that failed as a turn. A used up limit would have been its failure.
  const turns = use.turns - use.attempts;
  const request = {
    ...last,
    timeoutMs: left.timeoutMs,
    claude: {
      ...last.claude,
      maxBudgetUsd: left.maxBudgetUsd,
      maxTurns: maxTurns && Math.max(maxTurns - turns, 1),
    },
  };
  if (resume === undefined || sessionId === undefined) return request;
  return {
    ...request,
    prompt: CONTINUE_PROMPT,
    images: undefined,
    claude: {
      ...request.claude,
      newSessionId: undefined,
      extraArgs: inSameWorktree(request.claude.extraArgs, cwd),
    },
    target: { ...last.target, resume: sessionId, continueLast: false, fork: false },
  };
}

/** Returns the arguments with the name of the worktree that claude has created. Without it, it creates another. */
function inSameWorktree(
  args: readonly string[] | undefined,
  cwd = "",
): readonly string[] | undefined {
  const name = /[/\\]\.claude[/\\]worktrees[/\\]([^/\\]+)$/.exec(cwd)?.[1];
  return name === undefined
    ? args
    : args?.map((arg) => arg === "--worktree" ? `--worktree=${name}` : arg);
}
