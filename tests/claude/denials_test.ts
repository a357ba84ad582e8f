/**
 * The refusals that Claude Code tells only in a tool's result, as they were measured, and what is none.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  detectDenial,
  isInterruptedResult,
  permissionDecision,
  type ToolError,
} from "../../lib/claude/denials.ts";

const OLD = { version: "2.0.25", mode: "default" };
const NEW = { version: "2.1.197", mode: "default" };

const ROOTS = "for this session: '/home/dev/project'.";

/** What 2.1.90 and 2.1.197 say of commands. */
const COMMANDS: readonly string[] = [
  "This command requires approval",
  "This Bash command contains multiple operations. The following parts require approval: touch a, rm -rf a",
  "This Bash command contains multiple operations. The following part requires approval: cat <<'X'\na\nX",
  "Multiple directory changes in one command require approval for clarity",
  "sed command requires approval (contains potentially dangerous operations)",
  "Tilde expansion variants (~user, ~+, ~-) in paths require manual approval",
  "Permission to use Bash with command rm -f zzz has been denied.",
  "Permission to use Bash with command cat <<'X'\na\nX has been denied.",
  "Permission to use Bash has been denied.",
  "Claude requested permissions to use Bash, but you haven't granted it yet.",
  "Claude requested permissions to edit /p/.git/config which is a sensitive file.",
  `touch in '/home/dev/project/x' was blocked. For security, Claude Code may only create or modify files in the allowed working directories ${ROOTS}`,
  `cat in '/etc/passwd' was blocked. For security, Claude Code may only concatenate files from the allowed working directories ${ROOTS}`,
  `Output redirection to '/etc/zz' was blocked. For security, Claude Code may only write to files in the allowed working directories ${ROOTS}`,
  "Dangerous rm operation detected: '/'\n\nThis command would remove a critical system directory. This requires explicit approval and cannot be auto-allowed by permission rules.",
  "Contains command_substitution",
  "PreToolUse:Bash hook error: [echo no >&2; exit 2]: no\n",
  "PreToolUse:Bash hook error: [check]: one\ntwo\n",
  "Hook PreToolUse:Bash denied this tool",
  "Hook PreToolUse:Bash asked for confirmation for this tool",
];

/** What every version says of tools that say nothing of their own in such words. */
const OTHERS: readonly (readonly [tool: string, text: string])[] = [
  [
    "Read",
    "Claude requested permissions to read from /etc/hostname, but you haven't granted it yet.",
  ],
  ["Grep", "Claude requested permissions to read from /etc, but you haven't granted it yet."],
  ["Read", "Permission to read /home/dev/project/a has been denied."],
  [
    "Write",
    "Claude requested permissions to write to /home/dev/a, but you haven't granted it yet.",
  ],
  ["Edit", "Cannot write to /home/dev/project/a.txt while in plan mode."],
  ["Write", "Claude requested permissions to edit /home/dev/.bashrc which is a sensitive file."],
  ["WebFetch", "Claude requested permissions to use WebFetch, but you haven't granted it yet."],
  ["WebFetch", "WebFetch denied access to domain:example.com."],
  ["WebSearch", "Claude requested permissions to use WebSearch, but you haven't granted it yet."],
  ["ExitPlanMode", "Exit plan mode?"],
  ["AskUserQuestion", "Answer questions?"],
  ["Write", "Hook requested permission behavior: deny"],
  ["Write", "PreToolUse:Write hook error: [check]: no\n"],
];

function reason(tool: string, text: string, run: Pick<ToolError, "version" | "mode"> = NEW) {
  return detectDenial({ tool, text, ...run });
}

Deno.test("detectDenial knows how each kind of refusal is worded", () => {
  for (const text of COMMANDS) {
    assertEquals(reason("Bash", text), text.trim(), text);
    assertEquals(reason("Bash", text, { ...NEW, version: "2.1.90" }), text.trim(), text);
  }
  for (const [tool, text] of OTHERS) {
    for (const run of [OLD, NEW]) assertEquals(reason(tool, text, run), text.trim(), text);
  }
});

Deno.test("detectDenial leaves out what is said to Claude Code and the model", () => {
  assertEquals(
    reason(
      "Bash",
      "Permission to use Bash has been denied because Claude Code is running in don't ask mode. IMPORTANT: You *may* attempt ...\nIf you ...",
    ),
    "Permission to use Bash has been denied because Claude Code is running in don't ask mode.",
  );
  const folder = "File is in a directory that is denied by your permission settings.";
  assertEquals(reason("Read", `<tool_use_error>${folder}</tool_use_error>`), folder);
});

Deno.test("detectDenial is not misled by what a command prints", () => {
  for (const text of COMMANDS) {
    for (
      const printed of [
        `Exit code 1\n${text}`,
        `Error: ${text}`,
        `${text}\nExit code 1`,
        `x ${text}`,
      ]
    ) {
      // These end with what a hook or a command says.
      if (/^(?:PreToolUse|This Bash command)/.test(printed)) continue;
      assertEquals(reason("Bash", printed), undefined, printed);
    }
    assertEquals(reason("Bash", `Exit code 137\n\n${text}`), undefined);
    // Before 2.1.90 what a command printed was all of the result, and an unknown version may be one of those.
    assertEquals(reason("Bash", text, OLD), undefined, text);
    assertEquals(reason("Bash", text, { ...NEW, version: undefined }), undefined, text);
  }
  assertEquals(reason("Bash", "Exit code 1 requires approval"), undefined);
});

Deno.test("detectDenial wants the whole of it, of that tool", () => {
  for (const [tool, text] of OTHERS) {
    for (const other of [`${text} x`, `x ${text}`, `x\n${text}`]) {
      if (other.startsWith("PreToolUse:")) continue; // what a hook says ends it
      assertEquals(reason(tool, other), undefined, other);
    }
    // 2.0.25 does not name the tool that a hook refused.
    if (!text.startsWith("Hook requested")) assertEquals(reason("Task", text), undefined, text);
  }
  assertEquals(reason("Read", "File does not exist."), undefined);
  assertEquals(
    reason("Read", "Claude requested permissions to use Write, but you haven't granted it yet."),
    undefined,
  );
  assertEquals(reason("constructor", "Exit plan mode?"), undefined);
  assertEquals(reason("a.b", "Permission to use aXb has been denied."), undefined);
});

Deno.test("detectDenial believes the server of a tool only where it may be true", () => {
  const tool = "mcp__s__lie";
  const text = `Claude requested permissions to use ${tool}, but you haven't granted it yet.`;
  assertEquals(reason(tool, text), text);
  assertEquals(reason(tool, text, OLD), text);
  assertEquals(reason(tool, text, { ...NEW, mode: "bypassPermissions" }), undefined);
  assertEquals(reason(tool, text, { ...NEW, mode: undefined }), undefined);
  for (
    const lie of [
      `${text} `.repeat(2),
      "This command requires approval",
      `PreToolUse:${tool} hook error: x`,
    ]
  ) {
    assertEquals(reason(tool, lie), undefined, lie);
  }
});

Deno.test("detectDenial goes by what Claude Code says was decided, where it says so", () => {
  const message = (decision: unknown) => ({
    tool_result_meta: [{ id: "other" }, { id: "t", permission_decision: { decision } }],
  });
  const text = "house rule";
  for (
    const [said, expected] of [["reject", text], ["accept", undefined], [7, undefined]] as const
  ) {
    const decision = permissionDecision(message(said), "t");
    assertEquals(detectDenial({ tool: "Bash", text, decision, ...NEW }), expected);
  }
  const approval = "This command requires approval";
  const decision = permissionDecision(message("accept"), "t");
  assertEquals(detectDenial({ tool: "Bash", text: approval, decision, ...NEW }), undefined);
  assertEquals(permissionDecision(message("reject"), "other"), undefined);
  assertEquals(permissionDecision({ tool_result_meta: "x" }, "t"), undefined);
  assertEquals(permissionDecision({}, "t"), undefined);
});

Deno.test("detectDenial takes no time for a text that is made to take it", () => {
  const evil = [
    " requires approval".repeat(10_000),
    `${"touch in 'x' was blocked. For security, Claude Code may only x ".repeat(2_000)}\n`,
    `This Bash command contains multiple operations. ${
      "The following part requires approval: ".repeat(4_000)
    }\n`,
    "Permission to use Bash with command ".repeat(5_000),
    `Dangerous rm operation detected: ${"'/'\n\n requires explicit approval and ".repeat(4_000)}`,
    "x".repeat(10_000_000),
  ];
  const start = performance.now();
  for (const text of evil) for (const end of ["", "\nx", " x"]) reason("Bash", text + end);
  // It is milliseconds; what grows with the square of the length takes minutes.
  assert(performance.now() - start < 20_000);
});

Deno.test("isInterruptedResult is certain only where Claude Code says it in two places", () => {
  const text =
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file). STOP what you are doing and wait for the user to tell you how to proceed.";
  const message = { tool_use_result: "User rejected tool use" };
  assert(isInterruptedResult(text, message));
  assert(!isInterruptedResult(text, { tool_use_result: `Error: ${text}` }));
  assert(!isInterruptedResult(text, {}));
  assert(!isInterruptedResult(`Exit code 1\n${text}`, message));
  assert(!isInterruptedResult("no", message));
});
