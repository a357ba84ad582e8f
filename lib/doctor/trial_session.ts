import { outputExcerpt } from "../claude/failures.ts";
import type { EventOf } from "../events.ts";
import { ClaudeSession } from "../session.ts";
import { formatDuration } from "../util/duration.ts";
import type { Env } from "../util/env.ts";
import { shellQuote } from "../util/shell_quote.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";
import { startLoopbackApi } from "./loopback_api.ts";

/** Options for {@linkcode runTrialSession}. */
export interface TrialSessionOptions {
  /** The executable of Claude Code. */
  readonly path: string;
  /** An environment that leads to no account; see `isolatedEnv`. */
  readonly env: Env;
  /** An empty directory. */
  readonly workspace: string;
  /** How long the session may take, in milliseconds. @default {15_000} */
  readonly timeoutMs?: number | undefined;
  /** Stops the session. */
  readonly signal?: AbortSignal | undefined;
}

const ANSWER = "ready";

/** A session takes about a second. After this time, it is reported as slow. */
const SLOW_MS = 5000;

/** After this time, claude is assumed to hang. */
const TIMEOUT_MS = 15_000;

/** The grace period of the session. It is short because nothing needs to be saved. */
export const TRIAL_GRACE_MS = 1000;

const REINSTALL_HINT = "reinstall Claude Code: npm install -g @anthropic-ai/claude-code";

/** Runs one turn of the real claude against an API on 127.0.0.1, which needs no account. */
export async function runTrialSession(options: TrialSessionOptions): Promise<Finding> {
  const { path, env, workspace, timeoutMs = TIMEOUT_MS, signal } = options;
  await using api = startLoopbackApi(ANSWER);
  const session = new ClaudeSession({
    workspace,
    env,
    claudePath: path,
    apiUrl: api.url,
    maxRetries: 0,
    timeoutMs,
    graceMs: TRIAL_GRACE_MS,
    // The temporary directory can be below files of other users.
    extraArgs: ["--setting-sources", "user", "--strict-mcp-config"],
  });
  let result: EventOf<"result"> | undefined;
  let error: EventOf<"error">["error"] | undefined;
  let exit: EventOf<"exit"> | undefined;
  for await (const event of session.run("Answer with one word.", { signal })) {
    if (event.type === "result") result = event;
    if (event.type === "error") error = event.error;
    if (event.type === "exit") exit = event;
  }
  if (exit?.ok && result?.text.trim() === ANSWER) return workingSession(exit.duration_ms ?? 0);

  const stderr = outputExcerpt(exit?.stderr ?? "");
  const details = [
    ...(api.requestCount > 0 ? [] : ["claude sent no request to the API on 127.0.0.1"]),
    ...(stderr === "" || error?.message.includes(stderr) ? [] : [`stderr: ${stderr}`]),
  ];
  const failed = (reason: string, hint?: string) =>
    problem("session", ["cannot complete a session: " + reason, ...details].join("; "), hint);
  if (exit?.reason === "timeout") {
    const debug = `${shellQuote(path)} -p --debug hi </dev/null`;
    return failed(`no result within ${formatDuration(timeoutMs)}`, `find out why: ${debug}`);
  }
  if (exit?.ok) return failed("the answer is not the one that the API gave", REINSTALL_HINT);
  const hint = error?.hint ?? (api.requestCount > 0 ? undefined : REINSTALL_HINT);
  return failed(error?.message ?? "unknown reason", hint);
}

function workingSession(durationMs: number): Finding {
  const message = `a session works (${formatDuration(durationMs)}, without an account)`;
  return durationMs > SLOW_MS
    ? warning(
      "session",
      `${message}, but it usually takes a second`,
      "check the load of this machine",
    )
    : ok("session", message);
}
