import { assertEquals } from "@std/assert";
import { isSettingsCommand } from "../../lib/serve/settings_command.ts";

Deno.test("isSettingsCommand recognizes the commands that change settings, and no other prompt", () => {
  const cases: readonly [prompt: string, isCommand: boolean][] = [
    ["/config permissionMode=auto", true],
    ["/config", true],
    ["/config\ntheme=dark", true],
    ["/settings theme=dark", true],
    ["/output-style Concise", true],
    ["/mcp disable all", true],
    ["/autocompact 200k", true],
    ["/auto-mode-setup", true],
    [" \n/CONFIG theme=dark", true],
    ["/configure it", false],
    ["/mcp__server__prompt", false],
    ["/plugin:config", false],
    ["/clear", false],
    ["What does /config do?", false],
    ["/etc/config", false],
  ];
  for (const [prompt, isCommand] of cases) {
    assertEquals(isSettingsCommand(prompt), isCommand, prompt);
  }
});
