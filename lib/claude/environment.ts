import type { Env } from "../util/env.ts";

/**
 * Variables that Claude Code sets for its tools. A nested claude must not consider itself part of
 * the outer session. The other CLAUDE variables are settings of the user.
 */
const SESSION_VARIABLES = [
  "CLAUDECODE",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_SSE_PORT",
  "CLAUDE_CODE_CHILD_SESSION",
  "CLAUDE_CODE_SESSION_ID",
  "CLAUDE_CODE_REMOTE_SESSION_ID",
  "CLAUDE_CODE_SESSION_ATTENDED",
  "CLAUDE_CODE_EXECPATH",
  "CLAUDE_CODE_CHILD_NOTES_DIR",
  "CLAUDE_CODE_MESSAGING_SOCKET",
  "CLAUDE_CODE_MESSAGING_TOKEN",
  "CLAUDE_PID",
  "CLAUDE_EFFORT",
  "AI_AGENT",
] as const;

/** Claude Code does not start without a key, even if a proxy adds the real one. */
const PLACEHOLDER_KEY = "sk-placeholder-key-for-proxy";

/** Options for {@linkcode claudeEnvironment}. */
export interface EnvironmentOptions {
  /** The environment of the caller. */
  env: Env;
  /** The address of a proxy or gateway. */
  apiUrl?: string | undefined;
  /** Whether Claude Code finds a credential. @default {false} */
  hasCredential?: boolean | undefined;
  /** How many times a failed API request is retried. */
  maxRetries?: number | undefined;
}

/** Returns the environment that claude is started with. */
export function claudeEnvironment(options: EnvironmentOptions): { [name: string]: string } {
  const { apiUrl, maxRetries } = options;
  const env = { ...options.env };
  for (const name of SESSION_VARIABLES) delete env[name];
  // Tools run without a terminal, and JSON can carry the output of Python only as UTF-8.
  env["TERM"] = "dumb";
  env["PYTHONIOENCODING"] = "utf-8";
  if (apiUrl !== undefined) {
    Object.assign(env, apiUrlVariables(apiUrl));
    if (!options.hasCredential) env["ANTHROPIC_API_KEY"] = PLACEHOLDER_KEY;
  }
  if (maxRetries !== undefined) env["CLAUDE_CODE_MAX_RETRIES"] = String(maxRetries);
  return env;
}

/** Returns the variables that make Claude Code use a proxy or gateway. */
export function apiUrlVariables(apiUrl: string): Env {
  return {
    ANTHROPIC_API_URL: apiUrl,
    ANTHROPIC_BASE_URL: apiUrl.replace(/\/+$/, "").replace(/\/v1$/, ""),
  };
}
