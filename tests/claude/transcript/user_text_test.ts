import { assertEquals } from "@std/assert";
import { readUserText, type UserText } from "../../../lib/claude/transcript/user_text.ts";

Deno.test("readUserText finds what the user wrote", () => {
  const rows: readonly (readonly [text: string, expected: UserText])[] = [
    ["Fix the tests.", { prompt: "Fix the tests." }],
    ["<command-name>/clear</command-name>", { command: "/clear" }],
    ["<command-name> compact\n</command-name>", { command: "/compact" }],
    [
      "<command-name>/review</command-name>\n<command-args>the parser</command-args>",
      { prompt: "/review the parser" },
    ],
    ["<bash-input>ls -l</bash-input>", { prompt: "! ls -l" }],
    ["<bash-stdout>total 0</bash-stdout>", {}],
    ["<system-reminder>Be brief.</system-reminder>", {}],
    ["[Request interrupted by user]", {}],
    [" \n", {}],
  ];
  for (const [text, expected] of rows) assertEquals(readUserText(text), expected, text);
});

Deno.test("readUserText reads a tag that is not closed as a prompt", () => {
  for (const tag of ["command-name", "bash-input"]) {
    const text = `<${tag}>${" ".repeat(1_900)}`;
    assertEquals(readUserText(text), { prompt: text });
  }
});
