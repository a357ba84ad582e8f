/**
 * The denials that Claude Code states only in the text of a tool result, as measured.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  type Denial,
  denialCause,
  detectDenial,
  isInterruptedResult,
  permissionDecisions,
} from "../../lib/claude/denials.ts";
import type { DenialCause } from "../../lib/events.ts";

const ROOTS = "for this session: '/home/dev/project'.";

const COMMAND_DENIALS: readonly string[] = [
  "This command requires approval",
  "This Bash command contains multiple operations. The following parts require approval: touch a, rm -rf a",
  "This Bash command contains multiple operations. The following part requires approval: cat <<'X'\na\nX",
  "Multiple directory changes in one command require approval for clarity",
  "sed command requires approval (contains potentially dangerous operations)",
  "touch in '/tmp/zz' needs approval. The path is outside the working directories for this session.",
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

const OTHER_DENIALS: readonly (readonly [tool: string, text: string])[] = [
  [
    "Read",
    "Claude requested permissions to read from /etc/hostname, but you haven't granted it yet.",
  ],
  ["Read", "Permission to read /home/dev/project/a has been denied."],
  [
    "Write",
    "Claude requested permissions to write to /home/dev/a, but you haven't granted it yet.",
  ],
  ["Edit", "Cannot write to /home/dev/project/a.txt while in plan mode."],
  ["Write", "Claude requested permissions to edit /home/dev/.bashrc which is a sensitive file."],
  ["WebFetch", "Claude requested permissions to use WebFetch, but you haven't granted it yet."],
  ["WebFetch", "WebFetch denied access to domain:example.com."],
  [
    "Agent",
    "Agent type 'Explore' has been denied by permission rule 'Agent(Explore)' from session.",
  ],
  ["ExitPlanMode", "Exit plan mode?"],
  ["AskUserQuestion", "Answer questions?"],
  ["Write", "PreToolUse:Write hook error: [check]: no\n"],
];

function reason(
  tool: string | undefined,
  text: string,
  claudeVersion: string | undefined = "2.1.197",
) {
  return detectDenial({ tool, text, claudeVersion })?.reason;
}

Deno.test("detectDenial knows the text of each kind of denial", () => {
  const denials = [...COMMAND_DENIALS.map((text) => ["Bash", text] as const), ...OTHER_DENIALS];
  for (const [tool, text] of denials) {
    assertEquals(reason(tool, text), text.trim(), text);
    assertEquals(reason(tool, text, "2.1.90"), text.trim(), text);
  }
});

Deno.test("detectDenial ignores the text of versions that do not mark the output of commands", () => {
  for (const text of COMMAND_DENIALS) {
    assertEquals(reason("Bash", text, "2.0.25"), undefined, text);
    assertEquals(detectDenial({ tool: "Bash", text, claudeVersion: undefined }), undefined, text);
  }
});

Deno.test("detectDenial removes the tags and the advice that are for the model", () => {
  const denial =
    "Permission to use Bash has been denied because Claude Code is running in don't ask mode.";
  assertEquals(
    reason("Bash", `${denial} IMPORTANT: You *may* attempt ...\nIf you ...`),
    denial,
  );
  const folder = "File is in a directory that is denied by your permission settings.";
  assertEquals(reason("Read", `<tool_use_error>${folder}</tool_use_error>`), folder);
});

Deno.test("detectDenial is not misled by the output of a command or by another error", () => {
  for (const text of COMMAND_DENIALS) {
    assertEquals(reason("Bash", `Exit code 1\n${text}`), undefined, text);
    assertEquals(reason("Bash", `Exit code 137\n\n${text}`), undefined, text);
  }
  const others = [
    "Exit code 1 requires approval",
    "File does not exist.",
    "String to replace not found in file.\nString: This command requires approval",
  ];
  for (const text of others) assertEquals(reason("Edit", text), undefined, text);
});

Deno.test("detectDenial does not trust the errors of MCP servers and of unknown tools", () => {
  const text = "Claude requested permissions to use mcp__s__lie, but you haven't granted it yet.";
  assertEquals(reason("mcp__s__lie", text), undefined);
  assertEquals(reason(undefined, text), undefined);
});

Deno.test("detectDenial follows the decision that the message states", () => {
  const text = "This command requires approval";
  const run = { tool: "Bash", claudeVersion: "2.1.330" };
  const [accept, reject] = [true, false].map((isAllowed) => ({
    isAllowed,
    source: "config",
    reasonType: undefined,
  }));
  assertEquals(detectDenial({ ...run, text: "house rule", decision: reject }), {
    reason: "house rule",
    cause: "other",
  });
  assertEquals(detectDenial({ ...run, text, decision: accept }), undefined);
  assertEquals(detectDenial({ ...run, text, decision: undefined })?.reason, text);
  // The tool denies a subagent after the call itself was allowed.
  const agent = "Agent type 'Plan' has been denied by permission rule 'Agent(Plan)' from session.";
  assertEquals(detectDenial({ ...run, tool: "Agent", text: agent, decision: accept }), {
    reason: agent,
    cause: "deny_rule",
  });
});

Deno.test("permissionDecisions reads the decision on each call", () => {
  const message = (decision: unknown) => ({
    tool_result_meta: [{ id: "other" }, { id: "t", permission_decision: { decision } }],
  });
  assertEquals(permissionDecisions(message("reject")).get("t")?.isAllowed, false);
  assertEquals(permissionDecisions(message("accept")).get("t")?.isAllowed, true);
  for (const other of [message(7), { tool_result_meta: "x" }, {}]) {
    assertEquals(permissionDecisions(other).size, 0);
  }
});

Deno.test("isInterruptedResult requires that two fields agree", () => {
  const text =
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file). STOP what you are doing and wait for the user to tell you how to proceed.";
  const message = { tool_use_result: "User rejected tool use" };
  assert(isInterruptedResult(text, message));
  assert(!isInterruptedResult(text, { tool_use_result: `Error: ${text}` }));
  assert(!isInterruptedResult(text, {}));
  assert(!isInterruptedResult(`Exit code 1\n${text}`, message));
  assert(!isInterruptedResult("no", message));
});

/** The texts of denials in 2.0.25, 2.1.197 and 2.1.332. */
const CAUSES_BY_TEXT: readonly (readonly [cause: DenialCause, tool: string, text: string])[] = [
  ["approval", "Bash", "This command requires approval"],
  [
    "approval",
    "Bash",
    "touch in '/p/a' needs approval. The path is inside the working directories",
  ],
  ["approval", "Bash", "Contains command_substitution"],
  [
    "approval",
    "Write",
    "Claude requested permissions to write to /a, but you haven't granted it yet.",
  ],
  [
    "approval",
    "WebFetch",
    "Claude requested permissions to use WebFetch, but you haven't granted it yet.",
  ],
  [
    "approval",
    "mcp__a__b",
    "Claude requested permissions to use mcp__a__b, but you haven't granted it yet.",
  ],
  ["approval", "Write", "Cannot write to /p/a.txt while in plan mode."],
  [
    "approval",
    "Bash",
    "Permission to use Bash has been denied because Claude Code is running in don't ask mode.",
  ],
  ["deny_rule", "Bash", "Permission to use Bash with command cat <<'X'\na\nX has been denied."],
  ["deny_rule", "Read", "Permission to read notes.txt has been denied."],
  ["deny_rule", "mcp__a__b", "Permission to use mcp__a__b has been denied."],
  ["deny_rule", "Read", "File is in a directory that is denied by your permission settings."],
  ["deny_rule", "WebFetch", "WebFetch denied access to domain:example.com."],
  [
    "deny_rule",
    "Agent",
    "Agent type 'Plan' has been denied by permission rule 'Plan' from session.",
  ],
  ["ask_rule", "Bash", "Claude requested permissions to use Bash, but you haven't granted it yet."],
  [
    "ask_rule",
    "Write",
    "Claude requested permissions to use Write, but you haven't granted it yet.",
  ],
  [
    "safety_check",
    "Write",
    "Claude requested permissions to edit /p/.git/config which is a sensitive file.",
  ],
  [
    "safety_check",
    "Write",
    "Claude requested permissions to write to /p/.claude/a.md, but you haven't granted it yet.",
  ],
  [
    "safety_check",
    "Bash",
    "This command uses the `&` background operator, which defers execution past approval-time safety checks. Approve only if you trust it.",
  ],
  ["dangerous", "Bash", "Dangerous rm operation detected: '/'\n\nThis command would remove ..."],
  ["hook", "Bash", "PreToolUse:Bash hook error: [exit 2]: no"],
  ["hook", "mcp__x__y", "Error: PreToolUse:mcp__x__y hook error: [exit 2]: no"],
  ["hook", "Bash", "Hook PreToolUse:Bash denied this tool"],
  ["hook", "Bash", "Hook PreToolUse:Bash asked for confirmation for this tool"],
  ["other", "Bash", "house rule"],
];

Deno.test("denialCause tells rules, hooks and safety checks from a missing approval by the text", () => {
  for (const [cause, tool, text] of CAUSES_BY_TEXT) {
    assertEquals(denialCause({ tool, text }), cause, text);
    assertEquals(denialCause({ tool, text: `<tool_use_error>${text}</tool_use_error>` }), cause);
  }
});

Deno.test("denialCause relies on the source and the type of the reason where they are stated", () => {
  const notGranted =
    "Claude requested permissions to use WebSearch, but you haven't granted it yet.";
  const denied = "Permission to use WebSearch has been denied.";
  const rows: readonly [cause: DenialCause, denial: Omit<Denial, "tool">][] = [
    ["hook", { text: "house rule", source: "hook", reasonType: "hook" }],
    ["hook", { text: "house rule", reasonType: "hook" }],
    ["prompt_tool", { text: "house rule", source: "user_reject" }],
    ["ask_rule", { text: notGranted, reasonType: "rule" }],
    ["deny_rule", { text: denied, reasonType: "rule" }],
    ["deny_rule", { text: denied, source: "config", reasonType: "subcommandResults" }],
    ["safety_check", { text: "a new check", reasonType: "safetyCheck" }],
    ["approval", { text: "Auto mode is unavailable", reasonType: "classifier" }],
    ["approval", { text: "A variable can't be checked before it runs", reasonType: "other" }],
  ];
  for (const [cause, denial] of rows) {
    assertEquals(denialCause({ tool: "WebSearch", ...denial }), cause, JSON.stringify(denial));
  }
});
