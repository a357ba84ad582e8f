import { assertEquals } from "@std/assert";
import { type BrokenConfig, findBrokenConfig } from "../../lib/claude/broken_config.ts";

const path = "/home/ada/.claude.json";
const backup = "/home/ada/.claude/backups/.claude.json.backup.1";

Deno.test("findBrokenConfig finds the file and its backup in what each version writes", () => {
  const rows: readonly (readonly [string, BrokenConfig | undefined])[] = [
    [
      `Configuration error in ${path}: JSON Parse error: Expected '}'\nA backup file exists at: ${backup}\n` +
      `You can manually restore it by running: cp -f "${backup}" "${path}"`,
      { path, backup },
    ],
    [`Configuration error in ${path}: x\nNo backup of this file was found.`, { path }],
    // 2.0.25, on stdout.
    [
      `\nClaude configuration file at ${path} is corrupted: Expected property name\n` +
      `The corrupted file has been backed up to: ${path}.corrupted.1\n`,
      { path },
    ],
    ["I fixed a Configuration error in /etc/app.json: a comma", undefined],
    ["Configuration error in the schema: x", undefined],
    ["", undefined],
    // A reader pastes a command that overwrites the file.
    ["Configuration error in /home/ada/.bashrc: x", undefined],
    [`Configuration error in ${path}: x\nA backup file exists at: /tmp/.claude.json.backup`, {
      path,
    }],
    [`Configuration error in ${path}: x\nA backup file exists at: /home/ada/evil`, { path }],
  ];
  for (const [text, expected] of rows) assertEquals(findBrokenConfig(text), expected, text);
});

Deno.test("findBrokenConfig takes linear time on hostile text", () => {
  for (const unit of ["\n", " ", `\nConfiguration error in ${path}`]) {
    assertEquals(findBrokenConfig(`${unit.repeat(200_000)}x`), undefined);
  }
});
