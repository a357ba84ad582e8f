import { assertEquals } from "@std/assert";
import { isClaudeVersion } from "../../lib/claude/probe.ts";

Deno.test("isClaudeVersion knows Claude Code by what it says of its version", () => {
  assertEquals(isClaudeVersion("2.1.197 (Claude Code)\n"), true);
  assertEquals(isClaudeVersion("2.0.25 (Claude Code)"), true);
});

Deno.test("isClaudeVersion takes nothing else for it", () => {
  assertEquals(isClaudeVersion(""), false);
  assertEquals(isClaudeVersion("GNU bash, version 5.2.15\n"), false);
  assertEquals(isClaudeVersion("Usage: claude [options]\n"), false);
});
