import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseCommandLine } from "../../../lib/cli/args.ts";
import { batchPreview } from "../../../lib/cli/batch/preview.ts";
import { createRedactor } from "../../../lib/redact/redactor.ts";
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
    assertEquals(await batchPreview([task], options, host, undefined), `${expected}\n`);
  }
});

Deno.test("the preview shows no secrets if output is redacted", async () => {
  const secret = "sk-ant-api03-0123456789abcdef0123456789";
  const redactor = createRedactor({ ANTHROPIC_API_KEY: secret }, []);
  const host = makeHost({ cwd: "/", env: {} });
  const task = {
    id: "a",
    line: 1,
    prompt: `Use ${secret}`,
    options: new Map([["model", [secret]]]),
  };
  for (const args of [[], ["--json"]]) {
    const { options } = parseCommandLine(["batch", "tasks.txt", "--dry-run", ...args]);
    const preview = await batchPreview([task], options, host, redactor);
    assertEquals(preview.includes(secret), false);
    assertStringIncludes(preview, "Use [redacted]");
  }
});
