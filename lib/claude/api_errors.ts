import type { FailureReason } from "../exit_codes.ts";

/** Claude Code's names of API failures that a retry with the same credential cannot mend. */
const AUTH_ERRORS = new Set([
  "authentication_failed",
  "oauth_org_not_allowed",
  "account_on_hold",
  "verification_required",
  "billing_error",
  "cloud_credential_error",
]);

/** HTTP statuses that say that the key, the login or the payment was refused. */
const AUTH_STATUSES = new Set([401, 402, 403]);

/**
 * Which failure an API error is.
 *
 * @param error Claude Code's name of it
 * @param status its HTTP status
 */
export function classifyApiError(
  error: string | undefined,
  status: number | undefined,
): Extract<FailureReason, "auth" | "api"> {
  if (error !== undefined && AUTH_ERRORS.has(error)) return "auth";
  return status !== undefined && AUTH_STATUSES.has(status) ? "auth" : "api";
}

/**
 * Where the key comes from, as system/init says it, when it is one that nothing
 * renews during the run: then a refusal is final. A helper or a login can still
 * come up with another one.
 */
export function isStaticKey(apiKeySource: string | undefined): boolean {
  return apiKeySource === "ANTHROPIC_API_KEY";
}
