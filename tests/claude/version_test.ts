import { assertEquals } from "@std/assert";
import {
  compareVersions,
  isAtLeast,
  isClaudeVersion,
  parseVersion,
  TESTED_VERSIONS,
  versionAge,
} from "../../lib/claude/version.ts";

Deno.test("isClaudeVersion recognizes the output of Claude Code", () => {
  assertEquals(isClaudeVersion("2.1.197 (Claude Code)\n"), true);
  assertEquals(isClaudeVersion("GNU bash, version 5.2.15\n"), false);
  assertEquals(isClaudeVersion(""), false);
});

Deno.test("parseVersion finds the version, even among other lines", () => {
  assertEquals(parseVersion("2.1.330 (Claude Code)\n"), "2.1.330");
  assertEquals(parseVersion("warning: old config\n2.0.25 (Claude Code)\n"), "2.0.25");
  assertEquals(parseVersion("3.0.0-beta.1 (Claude Code)\n"), "3.0.0");
  const blank = "\n".repeat(1_000_000);
  for (const none of ["", "(Claude Code)", "version 2", "2.1 (Claude Code)", blank]) {
    assertEquals(parseVersion(none), undefined, none.trim());
  }
});

Deno.test("versionAge compares a version with those that ccrun is tested with", () => {
  const { oldest, newest } = TESTED_VERSIONS;
  assertEquals(["1.0.44", "2.0.24"].map(versionAge), ["older", "older"]);
  assertEquals([oldest, "2.1.90", newest].map(versionAge), ["tested", "tested", "tested"]);
  assertEquals(["2.1.999", "2.2.0", "10.0.0"].map(versionAge), ["newer", "newer", "newer"]);
});

Deno.test("compareVersions compares numbers, not letters", () => {
  assertEquals(Math.sign(compareVersions("2.1.90", "2.1.197")), -1);
  assertEquals(Math.sign(compareVersions("2.10.0", "2.9.9")), 1);
  assertEquals(compareVersions("2.6.0", "2.6"), 0);
});

Deno.test("isAtLeast takes an unknown version for the newest", () => {
  assertEquals(isAtLeast("2.1.90", "2.1.197"), false);
  assertEquals(isAtLeast("2.1.197", "2.1.197"), true);
  assertEquals(isAtLeast(undefined, "2.1.197"), true);
});
