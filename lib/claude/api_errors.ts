import type { FailureCause } from "./failures.ts";

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
 * Returns whether an API error is the rejection of a key, a login or a payment.
 *
 * @param name the name that Claude Code has for the error
 * @param status the HTTP status of the error
 */
export function isAuthError(name: string | undefined, status: number | undefined): boolean {
  return AUTH_ERRORS.has(name) || AUTH_STATUSES.has(status);
}

/** Returns the cause of an API error that {@linkcode isAuthError} recognizes. */
export function authErrorCause(name: string | undefined): FailureCause {
  if (name === "billing_error") return "credit";
  if (name === "account_on_hold" || name === "verification_required") return "account";
  return name === "cloud_credential_error" ? "cloud_credential" : "credential";
}

/** Returns the cause of any other API error. */
export function apiErrorCause(name: string | undefined, status = 0): FailureCause | undefined {
  if (name === "model_not_found" || status === 404) return "model_not_found";
  if (name === "rate_limit" || status === 429) return "rate_limit";
  if (name === "overloaded" || name === "server_error" || status >= 500) return "overloaded";
  return name === "max_output_tokens" ? "output_limit" : undefined;
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
