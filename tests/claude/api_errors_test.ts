import { assertEquals } from "@std/assert";
import { isAuthError, isStaticKey } from "../../lib/claude/api_errors.ts";

Deno.test("isAuthError recognizes a rejected credential by the name of the error", () => {
  const auth = [
    "authentication_failed",
    "oauth_org_not_allowed",
    "account_on_hold",
    "verification_required",
    "billing_error",
    "cloud_credential_error",
  ];
  const api = [
    "rate_limit",
    "overloaded",
    "invalid_request",
    "model_not_found",
    "server_error",
    "unknown",
    "max_output_tokens",
    "constructor",
  ];
  for (const error of auth) assertEquals(isAuthError(error, undefined), true, error);
  for (const error of api) assertEquals(isAuthError(error, undefined), false, error);
});

Deno.test("isAuthError recognizes a rejected credential by the HTTP status", () => {
  for (const status of [401, 402, 403]) assertEquals(isAuthError("unknown", status), true);
  for (const status of [400, 404, 408, 413, 429, 500, 529]) {
    assertEquals(isAuthError(undefined, status), false);
  }
  assertEquals(isAuthError("billing_error", 400), true);
  assertEquals(isAuthError(undefined, undefined), false);
});

Deno.test("isStaticKey is true for the one source that nothing renews", () => {
  assertEquals(isStaticKey("ANTHROPIC_API_KEY"), true);
  for (const source of ["apiKeyHelper", "/login managed key", "none", "", undefined]) {
    assertEquals(isStaticKey(source), false, source);
  }
});
