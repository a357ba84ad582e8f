import { assertEquals } from "@std/assert";
import {
  changesInDiff,
  editsFiles,
  givesAnswer,
  readsFiles,
  startsSubagent,
  unwrapToolError,
} from "../../lib/claude/tools.ts";

Deno.test("editsFiles, readsFiles and startsSubagent return what a tool does", () => {
  const rows:
    readonly (readonly [name: string, edits: boolean, reads: boolean, starts: boolean])[] = [
      ["Edit", true, false, false],
      ["Write", true, false, false],
      ["Grep", false, true, false],
      ["Task", false, false, true],
      ["Bash", false, false, false],
      ["constructor", false, false, false],
    ];
  for (const [name, ...expected] of rows) {
    assertEquals([editsFiles(name), readsFiles(name), startsSubagent(name)], expected, name);
  }
});

Deno.test("givesAnswer returns whether a tool is that of the structured output", () => {
  const names = ["StructuredOutput", "Bash", "mcp__a__StructuredOutput", "constructor"];
  assertEquals(names.map(givesAnswer), [true, false, false, false]);
});

Deno.test("changesInDiff returns the changed lines of all hunks", () => {
  const diff = "@@ -1,2 +1,2 @@\n a\n-b\n+c\n@@ -9,1 +9,1 @@\n---\n+++x\n\\ No newline";
  assertEquals(changesInDiff(diff), {
    changes: ["- b", "+ c", "- --", "+ ++x"],
    changedCount: 4,
  });
  const huge = changesInDiff(`+${"x".repeat(1e4)}\n`.repeat(1_000));
  assertEquals([huge.changes.length, huge.changes[0]?.length, huge.changedCount], [
    200,
    2_002,
    1_000,
  ]);
  // No character is cut in two.
  assertEquals(changesInDiff(`+x${"😀".repeat(1_000)}`).changes, [`+ x${"😀".repeat(999)}`]);
});

Deno.test("unwrapToolError removes the tags of Claude Code's own errors", () => {
  assertEquals(unwrapToolError("<tool_use_error>No such tool</tool_use_error>\n"), "No such tool");
  assertEquals(unwrapToolError("Exit code 1"), "Exit code 1");
});
