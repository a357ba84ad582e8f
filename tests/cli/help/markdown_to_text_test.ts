import { assertEquals } from "@std/assert";
import { markdownToText } from "../../../lib/cli/help/markdown_to_text.ts";

const CASES: readonly (readonly [name: string, markdown: string, text: string])[] = [
  ["writes headings in capitals", "# A b\n\n## C\n", "A B\n\nC\n"],
  ["wraps paragraphs", "one two\nthree four five six\n", "one two three four\nfive six\n"],
  [
    "keeps a word that is too long",
    "a 123456789012345678901234 b\n",
    [
      "a",
      "123456789012345678901234",
      "b\n",
    ].join("\n"),
  ],
  [
    "indents code and keeps its lines",
    "```sh\nif **x**; then\n\n  `y`\n```\n",
    [
      "    if **x**; then",
      "",
      "      `y`\n",
    ].join("\n"),
  ],
  [
    "indents wrapped list items",
    "- one two three four five\n- six\n  seven\n",
    [
      "- one two three four",
      "  five",
      "- six seven\n",
    ].join("\n"),
  ],
  [
    "aligns tables and wraps the last column",
    [
      "| id | what |",
      "| -- | ---- |",
      "| `1` | one two three four |",
      "| 200 | **x** |\n",
    ].join("\n"),
    ["ID   WHAT", "1    one two three", "     four", "200  x\n"].join("\n"),
  ],
  ["replaces a link by its text", "see [`help ci`](ci.md)\n", "see help ci\n"],
  ["keeps stars and brackets in code", "`a ** b` and `[x]`\n", "a ** b and [x]\n"],
];

for (const [name, markdown, text] of CASES) {
  Deno.test(`markdownToText ${name}`, () => assertEquals(markdownToText(markdown, 20), text));
}
