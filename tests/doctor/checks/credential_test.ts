import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Credential } from "../../../lib/claude/credentials.ts";
import { checkCredential } from "../../../lib/doctor/checks/credential.ts";

const files = { directory: "/home/ada/.claude" };
const KEY: Credential = { kind: "api_key", name: "ANTHROPIC_API_KEY" };
const LOGIN: Credential = { kind: "login", name: "claudeAiOauth", file: "/login.json" };

Deno.test("checkCredential reports a missing credential, unless --api-url may supply one", () => {
  const missing = checkCredential({ credentials: [], files });
  assertEquals(missing.status, "problem");
  for (const words of ["ANTHROPIC_API_KEY", "/login", "setup-token"]) {
    assertStringIncludes(missing.hint ?? "", words);
  }
  assertEquals(checkCredential({ credentials: [], files, apiUrl: "http://p" }).status, "ok");
  const unknownHome = { credentials: [], files: { directory: undefined } };
  assertEquals(checkCredential(unknownHome).status, "warning");
});

Deno.test("checkCredential names the credential that claude uses, and warns about others", () => {
  assertEquals(checkCredential({ credentials: [KEY], files }), {
    name: "credential",
    status: "ok",
    message: "ANTHROPIC_API_KEY from the environment",
  });
  const bedrock: Credential = { kind: "bedrock", name: "CLAUDE_CODE_USE_BEDROCK" };
  assertEquals(
    checkCredential({ credentials: [bedrock], files }).message,
    "Amazon Bedrock (CLAUDE_CODE_USE_BEDROCK) from the environment",
  );
  assertEquals(checkCredential({ credentials: [KEY, LOGIN], files }), {
    name: "credential",
    status: "warning",
    message: "ANTHROPIC_API_KEY from the environment; also set: login in /login.json",
    hint: "use one credential; to remove the first: unset ANTHROPIC_API_KEY",
  });
});

Deno.test("checkCredential warns about a flaw, and reports an expired login as a problem", () => {
  const flawed = { ...KEY, flaw: "quotes" } as const;
  assertEquals(checkCredential({ credentials: [flawed], files }).status, "warning");
  const expired = { ...LOGIN, isExpired: true };
  assertEquals(checkCredential({ credentials: [expired], files }).status, "problem");
});
