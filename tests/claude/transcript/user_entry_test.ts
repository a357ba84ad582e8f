import { assertEquals } from "@std/assert";
import { readUserEntry, type UserEntry } from "../../../lib/claude/transcript/user_entry.ts";
import type { JsonObject } from "../../support/json.ts";

Deno.test("readUserEntry tells prompts from the texts that Claude Code writes", () => {
  const command = "<command-name>/review</command-name><command-args>main.ts</command-args>";
  const rows: [text: string, fields: JsonObject, expected: UserEntry][] = [
    ["Fix the bug.", {}, { kind: "prompt" }],
    [command, {}, { kind: "prompt", command: "/review main.ts" }],
    ["<command-name>/compact</command-name>", {}, { kind: "prompt", command: "/compact" }],
    ["<bash-input>ls</bash-input>", {}, { kind: "prompt", command: "! ls" }],
    ["<system-reminder>Be brief.</system-reminder>", {}, { kind: "hidden" }],
    ["A skill.", { isMeta: true }, { kind: "note" }],
    ["[Request interrupted by user]", {}, { kind: "note" }],
    ["A summary.", { isCompactSummary: true }, { kind: "compaction" }],
    ["<ide_opened_file>main.ts</ide_opened_file>", {}, { kind: "other" }],
  ];
  for (const [content, fields, expected] of rows) {
    assertEquals(readUserEntry({ ...fields, message: { content } }), expected, content);
  }
  for (
    const [text, kind] of [
      ["<local-command-stdout>Done.</local-command-stdout>", "command_output"],
      ["<task-notification><task-id>a1</task-id></task-notification>", "task_notification"],
    ] as const
  ) {
    assertEquals(readUserEntry({ message: { content: text } }), { kind, text });
  }
});
