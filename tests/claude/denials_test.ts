/**
 * The denials that Claude Code states only in the text of a tool result, as measured in 2.0.25, 2.1.197
 * and 2.1.332.
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

/** A denied call: what denied it, the tool, and the text of its result. */
type Row = readonly [cause: DenialCause, tool: string, text: string];

/** The denials of commands, by their causes. */
const COMMAND_DENIALS: readonly Row[] = Object.entries(
  {
    approval: [
      "This command requires approval",
      "This Bash command contains multiple operations. The following parts require approval: touch a, rm -rf a",
      "This Bash command contains multiple operations. The following part requires approval: cat <<'X'\na\nX",
      "Multiple directory changes in one command require approval for clarity",
      "sed command requires approval (contains potentially dangerous operations)",
      "touch in '/tmp/zz' needs approval. The path is outside the working directories for this session.",
      "touch in '/p/a' needs approval. The path is inside the working directories",
      "Tilde expansion variants (~user, ~+, ~-) in paths require manual approval",
      "Permission to use Bash has been denied because Claude Code is running in don't ask mode.",
      `touch in '/home/dev/project/x' was blocked. For security, Claude Code may only create or modify files in the allowed working directories ${ROOTS}`,
      `cat in '/etc/passwd' was blocked. For security, Claude Code may only concatenate files from the allowed working directories ${ROOTS}`,
      `Output redirection to '/etc/zz' was blocked. For security, Claude Code may only write to files in the allowed working directories ${ROOTS}`,
      "Contains command_substitution",
    ],
    deny_rule: [
      "Permission to use Bash with command rm -f zzz has been denied.",
      "Permission to use Bash with command cat <<'X'\na\nX has been denied.",
      "Permission to use Bash has been denied.",
    ],
    ask_rule: [
      "Claude requested permissions to use Bash, but you haven't granted it yet.",
    ],
    safety_check: [
      "Claude requested permissions to edit /p/.git/config which is a sensitive file.",
    ],
    dangerous: [
      "Dangerous rm operation detected: '/'\n\nThis command would remove a critical system directory. This requires explicit approval and cannot be auto-allowed by permission rules.",
    ],
    hook: [
      "PreToolUse:Bash hook error: [echo no >&2; exit 2]: no\n",
      "PreToolUse:Bash hook error: [check]: one\ntwo\n",
      "Hook PreToolUse:Bash denied this tool",
      "Hook PreToolUse:Bash asked for confirmation for this tool",
    ],
  } satisfies { [cause in DenialCause]?: readonly string[] },
).flatMap(([cause, texts]) => texts.map((text): Row => [cause as DenialCause, "Bash", text]));

const OTHER_DENIALS: readonly Row[] = [
  [
    "approval",
    "Read",
    "Claude requested permissions to read from /etc/hostname, but you haven't granted it yet.",
  ],
  [
    "approval",
    "Write",
    "Claude requested permissions to write to /home/dev/a, but you haven't granted it yet.",
  ],
  [
    "approval",
    "WebFetch",
    "Claude requested permissions to use WebFetch, but you haven't granted it yet.",
  ],
  ["approval", "Edit", "Cannot write to /home/dev/project/a.txt while in plan mode."],
  ["approval", "ExitPlanMode", "Exit plan mode?"],
  ["approval", "AskUserQuestion", "Answer questions?"],
  ["deny_rule", "Read", "Permission to read /home/dev/project/a has been denied."],
  ["deny_rule", "Read", "File is in a directory that is denied by your permission settings."],
  ["deny_rule", "WebFetch", "WebFetch denied access to domain:example.com."],
  [
    "deny_rule",
    "Agent",
    "Agent type 'Explore' has been denied by permission rule 'Agent(Explore)' from session.",
  ],
  [
    "ask_rule",
    "Write",
    "Claude requested permissions to use Write, but you haven't granted it yet.",
  ],
  [
    "safety_check",
    "Write",
    "Claude requested permissions to edit /home/dev/.bashrc which is a sensitive file.",
  ],
  [
    "safety_check",
    "Write",
    "Claude requested permissions to write to /p/.claude/a.md, but you haven't granted it yet.",
  ],
  ["hook", "Write", "PreToolUse:Write hook error: [check]: no\n"],
];

/** Denials that the text alone does not prove: of MCP servers, and in words that a tool may use. */
const UNCERTAIN_DENIALS: readonly Row[] = [
  [
    "approval",
    "mcp__a__b",
    "Claude requested permissions to use mcp__a__b, but you haven't granted it yet.",
  ],
  ["deny_rule", "mcp__a__b", "Permission to use mcp__a__b has been denied."],
  ["hook", "mcp__x__y", "Error: PreToolUse:mcp__x__y hook error: [exit 2]: no"],
  [
    "safety_check",
    "Bash",
    "This command uses the `&` background operator, which defers execution past approval-time safety checks. Approve only if you trust it.",
  ],
  ["other", "Bash", "house rule"],
];

const CERTAIN_DENIALS = [...COMMAND_DENIALS, ...OTHER_DENIALS];

function reason(
  tool: string | undefined,
  text: string,
  claudeVersion: string | undefined = "2.1.197",
) {
  return detectDenial({ tool, text, claudeVersion })?.reason;
}

Deno.test("detectDenial knows the text of each kind of denial", () => {
  for (const [, tool, text] of CERTAIN_DENIALS) {
    assertEquals(reason(tool, text), text.trim(), text);
    assertEquals(reason(tool, text, "2.1.90"), text.trim(), text);
  }
});

Deno.test("detectDenial ignores the text of versions that do not mark the output of commands", () => {
  for (const [, , text] of COMMAND_DENIALS) {
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
  for (const [, , text] of COMMAND_DENIALS) {
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

Deno.test("detectDenial does not trust uncertain texts, and those of MCP servers and of unknown tools", () => {
  for (const [, tool, text] of UNCERTAIN_DENIALS) assertEquals(reason(tool, text), undefined, text);
  for (const [, , text] of CERTAIN_DENIALS) assertEquals(reason(undefined, text), undefined, text);
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

Deno.test("denialCause tells rules, hooks and safety checks from a missing approval by the text", () => {
  for (const [cause, tool, text] of [...CERTAIN_DENIALS, ...UNCERTAIN_DENIALS]) {
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
