import { assertEquals } from "@std/assert";
import { editsFiles, readsFiles, startsSubagent, unwrapToolError } from "../../lib/claude/tools.ts";

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

Deno.test("unwrapToolError removes the tags of Claude Code's own errors", () => {
  assertEquals(unwrapToolError("<tool_use_error>No such tool</tool_use_error>\n"), "No such tool");
  assertEquals(unwrapToolError("Exit code 1"), "Exit code 1");
});
