import { assertEquals } from "@std/assert";
import { parseCommandLine } from "../../../lib/cli/args.ts";
import { batchPreview } from "../../../lib/cli/batch/preview.ts";
import { makeHost } from "../hosts.ts";

Deno.test("the preview of hostile ids and prompts is safe in a terminal and in the log of a job", async () => {
  const { options } = parseCommandLine(["batch", "tasks.txt", "--dry-run"]);
  const host = makeHost({ cwd: "/", env: {} });
  const table = [
    ["::error::x", "::error::x", "\\::error::x"],
    ["##[group]", "a\n::error::b\x1b[31m", "#\\#[group]\ta ⏎ ::error::b"],
    ["a.js", "Explain a.js", "a.js\tExplain a.js"],
  ] as const;
  for (const [id, prompt, expected] of table) {
    const task = { id, line: 1, prompt, options: new Map<string, readonly string[]>() };
    assertEquals(await batchPreview([task], options, host), `${expected}\n`);
  }
});
