import { assertEquals } from "@std/assert";
import { apiFailureReason, isFixedKey } from "../../lib/claude/api_errors.ts";

Deno.test("apiFailureReason tells a refused credential from other failures, by Claude Code's names", () => {
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
  for (const error of auth) assertEquals(apiFailureReason(error, undefined), "auth", error);
  for (const error of api) assertEquals(apiFailureReason(error, undefined), "api", error);
});

Deno.test("apiFailureReason tells them apart by the HTTP status, too", () => {
  for (const status of [401, 402, 403]) assertEquals(apiFailureReason("unknown", status), "auth");
  for (const status of [400, 404, 408, 413, 429, 500, 529]) {
    assertEquals(apiFailureReason(undefined, status), "api");
  }
  assertEquals(apiFailureReason("billing_error", 400), "auth");
  assertEquals(apiFailureReason(undefined, undefined), "api");
});

Deno.test("isFixedKey is true of the one source that nothing renews", () => {
  assertEquals(isFixedKey("ANTHROPIC_API_KEY"), true);
  for (const source of ["apiKeyHelper", "/login managed key", "none", "", undefined]) {
    assertEquals(isFixedKey(source), false, source);
  }
});
