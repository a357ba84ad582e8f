import type { FailureReason } from "../exit_codes.ts";

/** The names of API errors that a retry with the same credential cannot fix. */
const AUTH_ERRORS: ReadonlySet<string | undefined> = new Set([
  "authentication_failed",
  "oauth_org_not_allowed",
  "account_on_hold",
  "verification_required",
  "billing_error",
  "cloud_credential_error",
]);

/** The HTTP statuses of a rejected key, login or payment. */
const AUTH_STATUSES: ReadonlySet<number | undefined> = new Set([401, 402, 403]);

/**
 * Returns which kind of failure an API error is.
 *
 * @param name the name that Claude Code has for the error
 * @param status the HTTP status of the error
 */
export function classifyApiError(
  name: string | undefined,
  status: number | undefined,
): Extract<FailureReason, "auth" | "api"> {
  return AUTH_ERRORS.has(name) || AUTH_STATUSES.has(status) ? "auth" : "api";
}

/**
 * Returns whether nothing renews the API key during a run, so that its rejection is final. A key
 * helper or a login can provide another one.
 *
 * @param apiKeySource the source of the key, as the init message states it
 */
export function isStaticKey(apiKeySource: string | undefined): boolean {
  return apiKeySource === "ANTHROPIC_API_KEY";
}
