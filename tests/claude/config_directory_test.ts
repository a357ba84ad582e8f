import { assertEquals } from "@std/assert";
import { configDirectory, stateFile } from "../../lib/claude/config_directory.ts";

Deno.test("configDirectory and stateFile follow CLAUDE_CONFIG_DIR, or the home directory", () => {
  const rows = [
    [{}, "/home/ada", "/home/ada/.claude", "/home/ada/.claude.json"],
    [{}, undefined, undefined, undefined],
    [{ CLAUDE_CONFIG_DIR: "/c" }, "/home/ada", "/c", "/c/.claude.json"],
    [{ CLAUDE_CONFIG_DIR: "c" }, undefined, "/project/c", "/project/c/.claude.json"],
    [{ CLAUDE_CONFIG_DIR: "" }, "/home/ada", "/project", "/home/ada/.claude.json"],
  ] as const;
  for (const [env, home, directory, state] of rows) {
    const location = { env, home, cwd: "/project" };
    assertEquals(configDirectory(location), directory);
    assertEquals(stateFile(location), state);
  }
});
