/**
 * The options of claude that ccrun only passes on, and those that it refuses. The options of claude
 * that ccrun reads itself are in `options.ts`.
 *
 * @module
 */

import { optionGroup } from "./option_spec.ts";

const EFFORTS = ["low", "medium", "high", "xhigh", "max"];
const THINKING_MODES = ["enabled", "adaptive", "disabled"];
const PROMPT_TARGETS = ["host", "none"];

/** The options that go to claude as they are. A path is relative to the directory of the caller. */
export const PASSED_ON_OPTIONS = optionGroup("Passed on to claude", ["run", "batch", "serve"], [
  ["--agent NAME", "agent for the session"],
  ["--allow-dangerously-skip-permissions", "allow bypassPermissions mode, but do not start in it"],
  ["--autocompact SIZE", "when to compact: auto, or a number of tokens", {
    suggestions: ["auto"],
  }],
  ["--bare", "no hooks, plugins, CLAUDE.md, memory, or login"],
  ["--betas BETA", "beta header of API requests (repeatable)", { isRepeatable: true }],
  ["--brief", "let claude send messages with a tool"],
  ["--[no-]chrome", "use Claude in Chrome"],
  ["--debug-file FILE", "write claude's debug log to FILE"],
  ["--disable-slash-commands", "disable skills and slash commands"],
  ["--effort LEVEL", EFFORTS.join(", "), { choices: EFFORTS, hasVariable: true }],
  ["--exclude-dynamic-system-prompt-sections", "keep the system prompt the same on all machines"],
  ["--file ID:PATH", "download a file at the start (repeatable)", { isRepeatable: true }],
  ["--forward-subagent-text", "report what subagents write"],
  ["--include-hook-events", "report all events of hooks"],
  ["--max-thinking-tokens N", "token limit for thinking (older models)", { valueKind: "positive" }],
  ["-n, --name NAME", "display name of the session"],
  ["--no-session-persistence", "do not store the session", { commands: ["run", "batch"] }],
  ["--permission-prompt-tool TOOL", "MCP tool that answers permission prompts", {
    valueKind: "mcp_tool",
  }],
  ["--permission-prompts TARGET", `what answers permission prompts: ${PROMPT_TARGETS.join(", ")}`, {
    choices: PROMPT_TARGETS,
  }],
  ["--plugin-dir DIR", "plugin directory or .zip (repeatable)", {
    isRepeatable: true,
    hasVariable: true,
  }],
  ["--plugin-url URL", "plugin .zip to download (repeatable)", {
    isRepeatable: true,
    valueKind: "url",
  }],
  ["--prompt-suggestions[=BOOL]", "suggest the next prompt after each turn"],
  ["--restricted", "no tools that run code, no settings files"],
  ["--safe-mode", "no customizations, such as CLAUDE.md or hooks"],
  ["--setting-sources LIST", "settings to load: user, project, local; '' for none", {
    suggestions: ["user", "project", "local"],
    allowsAnyText: true,
    hasVariable: true,
  }],
  ["--strict-mcp-config", "only the MCP servers of --mcp-config", { hasVariable: true }],
  ["--system-prompt-snapshot WHEN", "reuse the recorded system prompt: on, off", {
    choices: ["on", "off"],
  }],
  ["--task-budget TOKENS", "token budget of the task", { valueKind: "positive" }],
  ["--teleport SESSION", "resume a cloud session", { commands: ["run"] }],
  ["--thinking MODE", THINKING_MODES.join(", "), { choices: THINKING_MODES }],
  ["--tools TOOLS", "built-in tools to offer; '' for none (repeatable)", {
    isRepeatable: true,
    allowsAnyText: true,
  }],
  ["-w, --worktree[=NAME]", "work in a new git worktree"],
], { claudeOption: true });

/** The options that no command accepts, each with its advice. */
export const REFUSED_OPTIONS = [
  ...optionGroup("Set by ccrun", [], [
    ["--print", "remove it: ccrun always runs claude this way"],
    ["--output-format FORMAT", "use ccrun's --format"],
    ["--input-format FORMAT", "pass the prompt on stdin or with -p"],
    ["--verbose", "remove it: ccrun always sets it"],
    ["--include-partial-messages", "use ccrun's --partial"],
    ["--replay-user-messages", "remove it: ccrun sends one prompt and needs no echo"],
  ], { refusal: "set_by_ccrun" }),
  ...optionGroup("Interactive", [], [
    ["--ax-screen-reader", "it changes how the screen is drawn"],
    ["--bg", "the session would run in the background", { aliases: ["background"] }],
    ["--cloud", "the session would run in the cloud", { aliases: ["remote"] }],
    ["--desktop", "it opens the desktop app"],
    ["--environment ID", "the session would run in the cloud", { aliases: ["pool"] }],
    ["--from-pr", "without the screen, claude ignores it; use --resume"],
    ["--ide", "only the screen connects to an editor"],
    ["--remote-control", "only an interactive session has it", { aliases: ["rc"] }],
    ["--remote-control-session-name-prefix PREFIX", "only an interactive session has it"],
    ["--tmux", "it opens the screen in tmux"],
  ], { refusal: "interactive" }),
];
