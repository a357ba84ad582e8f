import { assertEquals } from "@std/assert";
import { hideConfigContent } from "../../lib/claude/config_error.ts";

const path = "/home/ada/.claude.json";

Deno.test("hideConfigContent replaces what the JSON parser of claude quotes, and nothing else", () => {
  const rows: readonly (readonly [string, string])[] = [
    [
      `Configuration error in ${path}: JSON Parse error: Unexpected identifier "hunter2"\nNo backup`,
      `Configuration error in ${path}: invalid JSON\nNo backup`,
    ],
    [
      `x\nClaude configuration file at ${path} is corrupted: Unexpected token 'h', "hunter2" is not`,
      `x\nClaude configuration file at ${path} is corrupted: invalid JSON`,
    ],
    ["I fixed a Configuration error in /etc/app.json: a comma", ""],
    [`Claude configuration file at ${path} is corrupted\nIt was moved`, ""],
  ];
  for (const [text, expected] of rows) assertEquals(hideConfigContent(text), expected || text);
});

Deno.test("hideConfigContent takes linear time on hostile text", () => {
  for (const unit of ["\n", " ", `\nConfiguration error in ${path}`]) {
    hideConfigContent(`${unit.repeat(200_000)}x`);
  }
});
