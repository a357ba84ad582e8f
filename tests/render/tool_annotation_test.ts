import { assertEquals } from "@std/assert";
import { denialAnnotation, failureAnnotation } from "../../lib/render/tool_annotation.ts";

const BASH = { name: "Bash", argument: "npm test" };
const UNKNOWN = { name: "Bash", argument: "" };

Deno.test("failureAnnotation() contains the call and an excerpt of the output", () => {
  const long = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join("\n");
  const rows = [
    [BASH, "exit 1", "Bash failed: npm test", "Bash npm test: exit 1"],
    [UNKNOWN, "", "Bash failed", "Bash failed"],
    [
      BASH,
      long,
      "Bash failed: npm test",
      "Bash npm test: line 1\nline 2\nline 3\nline 4\nline 5\n… +10 lines\n" +
      "line 16\nline 17\nline 18\nline 19\nline 20",
    ],
  ] as const;
  for (const [label, output, title, message] of rows) {
    assertEquals(failureAnnotation(label, output), { title, message });
  }
});

Deno.test("denialAnnotation() contains the call and the reason", () => {
  assertEquals(denialAnnotation(BASH, "requires\napproval"), {
    title: "Bash denied: npm test",
    message: "Bash npm test denied: requires ⏎ approval",
  });
  assertEquals(denialAnnotation(UNKNOWN, " "), { title: "Bash denied", message: "Bash denied" });
});

Deno.test("a long argument is truncated", () => {
  const { title, message } = failureAnnotation({ name: "Bash", argument: "x".repeat(500) }, "no");
  assertEquals(title, `Bash failed: ${"x".repeat(80)}…`);
  assertEquals(message, `Bash ${"x".repeat(80)}…: no`);
});
