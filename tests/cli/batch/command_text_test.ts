import { assertEquals } from "@std/assert";
import { parseCommandLine } from "../../../lib/cli/args.ts";
import { batchCommandText } from "../../../lib/cli/batch/command_text.ts";
import { addEnvironment } from "../../../lib/cli/environment.ts";

Deno.test("batchCommandText returns the command with its options, so that it can be pasted", () => {
  const table: readonly [args: readonly string[], command: string][] = [
    [["t.txt", "--results", "r.jsonl"], "ccrun batch t.txt --results r.jsonl"],
    [["-", "--results=my results"], "... | ccrun batch - --results 'my results'"],
    [["t.txt", "-p", "Don't {}"], String.raw`ccrun batch t.txt --prompt 'Don'\''t {}'`],
    [["t.txt", "-p", "-x"], "ccrun batch t.txt --prompt=-x"],
    [["t.txt", "--dry-run", "--worktrees"], "ccrun batch t.txt --worktrees"],
    [["t.txt", "--no-redact"], "ccrun batch t.txt --no-redact"],
    [
      ["t.txt", "--allowed-tools", "Edit", "--allowed-tools", "Bash(ls:*)"],
      "ccrun batch t.txt --allowed-tools Edit --allowed-tools 'Bash(ls:*)'",
    ],
    [["t.txt", "--settings", '{"env":{"KEY":"s3cret"}}'], "ccrun batch t.txt --settings ..."],
    [["t.txt", "--settings", "s.json"], "ccrun batch t.txt --settings s.json"],
    [["t.txt", "--api-url", "https://me:pw@host/"], "ccrun batch t.txt --api-url ..."],
    [["t.txt", "--", "--x", "a b"], "ccrun batch t.txt -- --x 'a b'"],
    [["t.txt", "--", "--x", '{"key":"s3cret"}'], "ccrun batch t.txt -- --x ..."],
    [["t.txt", "--", '--x={"key":"s3cret"}'], "ccrun batch t.txt -- --x=..."],
  ];
  for (const [args, command] of table) {
    assertEquals(batchCommandText(parseCommandLine(["batch", ...args])), command);
  }
});

Deno.test("batchCommandText leaves out what variables set", () => {
  const typed = parseCommandLine(["batch", "t.txt", "--model", "opus"]);
  const { commandLine } = addEnvironment(typed, { CCRUN_TIMEOUT: "5m" });
  assertEquals(batchCommandText(commandLine), "ccrun batch t.txt --model opus");
});
