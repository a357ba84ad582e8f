/**
 * The usage limit of a plan, as the API reports it.
 *
 * @module
 */

import { apiError, type Reply } from "./api_reply.ts";

/** Claude Code reports the limit of a plan only if it uses the login of one. */
export const PLAN_ENV = {
  ANTHROPIC_API_KEY: undefined,
  CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-placeholder",
} as const;

/**
 * Returns the answer of the API if the limit of a plan is reached.
 *
 * @param resetsAt when it is reset, in milliseconds since 1970
 */
export function limitReached(resetsAt: number): Reply {
  return apiError(429, "rate_limit_error", "This request would exceed your rate limit.", {
    "anthropic-ratelimit-unified-status": "rejected",
    "anthropic-ratelimit-unified-reset": String(Math.ceil(resetsAt / 1000)),
    "anthropic-ratelimit-unified-representative-claim": "five_hour",
  });
}
