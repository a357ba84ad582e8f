import { stderrExcerpt } from "../claude/failures.ts";
import { formatDuration } from "../util/duration.ts";
import type { EventOf } from "../events.ts";
import { ClaudeSession } from "../session.ts";
import { type Finding, findingsOf } from "./finding.ts";
import { startLoopbackApi } from "./loopback_api.ts";
import type { Env } from "../util/env.ts";

/** Options of {@linkcode runTrialSession}. */
export interface SessionCheckOptions {
  /** The claude. */
  readonly path: string;
  /** An environment that leads to nobody's account. */
  readonly env: Env;
  /** An empty folder to work in. */
  readonly workspace: string;
  /** How long it may take, in milliseconds. @default {15_000} */
  readonly limitMs?: number | undefined;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
}

/** What the API answers. */
const ANSWER = "ready";

/** A session takes a second; from here on something is wrong, or the machine has too much to do. */
const SLOW_MS = 5000;

/** Who has not answered by then hangs. */
const LIMIT_MS = 15_000;

/** What a claude may take to end that is stopped; nothing of what it does is to be kept. */
const GRACE_MS = 1000;

/**
 * Tries a session: the real claude, one turn, and an API of our own on 127.0.0.1 that no account is
 * needed for.
 */
export async function runTrialSession(options: SessionCheckOptions): Promise<Finding> {
  const { path, env, workspace, limitMs = LIMIT_MS, signal } = options;
  const { ok, warning, problem } = findingsOf("session");
  await using api = startLoopbackApi(ANSWER);
  const session = new ClaudeSession({
    workspace,
    env,
    claudePath: path,
    apiUrl: api.url,
    maxRetries: 0,
    timeoutMs: limitMs,
    graceMs: GRACE_MS,
  });
  let result: EventOf<"result"> | undefined;
  let error: EventOf<"error"> | undefined;
  let exit: EventOf<"exit"> | undefined;
  for await (const event of session.run("Answer with one word.", { signal })) {
    if (event.type === "result") result = event;
    if (event.type === "error") error = event;
    if (event.type === "exit") exit = event;
  }
  const time = formatDuration(exit?.duration_ms ?? 0);
  if (exit?.ok && result?.text.trim() === ANSWER) {
    const how = "against an API on 127.0.0.1, without an account";
    return exit.duration_ms !== null && exit.duration_ms > SLOW_MS
      ? warning(
        `a session works, but took ${time}, ${how}`,
        "a second is usual: see what else this machine has to do",
      )
      : ok(`a session works: ${time}, ${how}`);
  }
  const said = stderrExcerpt(exit?.stderr ?? "");
  const words = said === "" || error?.error.message.includes(said) ? "" : `; claude says: ${said}`;
  const asked = api.asked > 0 ? "" : "; it has not asked the API on 127.0.0.1 anything";
  if (exit?.reason === "timeout") {
    return problem(
      `a session does not come to its end within ${formatDuration(limitMs)}${asked}${words}`,
      `see where it hangs: ${path} -p --debug "hi" </dev/null`,
    );
  }
  if (exit?.ok) {
    return problem(`a session gives another answer than the API's${words}`, UPDATE_HINT);
  }
  return problem(
    `a session fails: ${error?.error.message ?? "without a reason"}${asked}${words}`,
    api.asked > 0 ? error?.error.hint : error?.error.hint ?? UPDATE_HINT,
  );
}

const UPDATE_HINT = "install Claude Code anew: npm install -g @anthropic-ai/claude-code";
