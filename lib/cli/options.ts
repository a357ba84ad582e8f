/**
 * The table of options. Parsing, validation, environment variables, help, and completions are all
 * derived from it.
 *
 * @module
 */

import { PASSED_ON_OPTIONS, REFUSED_OPTIONS } from "./claude_options.ts";
import { type Command, COMMANDS } from "./commands.ts";
import { optionGroup, type OptionSpec } from "./option_spec.ts";
import { PERMISSION_MODES } from "../claude/permission_modes.ts";

const RUN = ["run"] as const;
const BATCH = ["batch"] as const;
const SERVE = ["serve"] as const;
const RUNNING = ["run", "batch", "serve"] as const;
const REPLAY = ["replay"] as const;
const RENDERING = ["run", "replay"] as const;
const RUN_OR_BATCH = ["run", "batch"] as const;
const REPORTING = ["run", "batch", "replay"] as const;
const SHOWING_EVENTS = ["run", "batch", "replay", "serve"] as const;
const STARTING_CLAUDE = ["run", "batch", "serve", "doctor"] as const;
const IN_WORKSPACE = ["run", "batch", "replay", "serve", "doctor", "sessions"] as const;
const PRINTING_JSON = ["run", "batch", "replay", "doctor", "sessions"] as const;

/** The formats of stdout. The first is the default. */
export const FORMATS = ["pretty", "text", "json", "raw", "result"] as const;

/** The formats that show a whole session, which only `ccrun replay` has. */
export const PAGE_FORMATS = ["html", "markdown"] as const;

/** A format that shows a whole session. */
export type PageFormat = (typeof PAGE_FORMATS)[number];

/** A format of stdout. */
export type Format = (typeof FORMATS)[number] | PageFormat;

/** Returns whether a format shows a whole session. */
export function isPageFormat(format: Format): format is PageFormat {
  return PAGE_FORMATS.some((other) => other === format);
}

/** Returns whether stdout carries the answer as text. */
export function printsAnswer(format: Format): boolean {
  return format === "pretty" || format === "text";
}

const ANSWER_SCOPES = ["all", "last"];
const COLORS = ["auto", "always", "never"];
const CI_SYSTEMS = ["auto", "github", "gitlab", "none"];
/** What `ccrun sessions` groups totals by. */
export const GROUPINGS = ["day", "model", "workspace"] as const;

/** The aliases in `claude --help`, and haiku. */
const MODELS = ["fable", "opus", "sonnet", "haiku"];

/** All options that a command accepts, by heading. */
export const OPTIONS: readonly OptionSpec[] = [
  ...optionGroup("Batch", BATCH, [
    ["--results FILE", "append the results here, and skip what succeeded"],
    ["--worktrees", "give each task a git worktree and a branch ccrun/ID"],
    ["--dry-run", "print what would run"],
    ["--shard I/N", "run only the part I of N, from 1/N to N/N", { valueKind: "shard" }],
    ["--max-failures N", "start no task after N failures", { valueKind: "positive" }],
    ["--max-total-budget-usd X", "start no task when all have cost X", { valueKind: "amount" }],
    ["--logs DIR", "keep the stream of each task for replay"],
  ]),
  ...optionGroup("Jobs", ["batch", "serve"], [
    ["--jobs N", "tasks or requests at the same time (default: 4)", { valueKind: "positive" }],
  ]),
  ...optionGroup("Service", SERVE, [
    ["--max-processes N", "claude processes at the same time (default: 8)", {
      valueKind: "positive",
    }],
    ["--keep-alive D", "keep an idle claude for that long (default: 5m)", {
      valueKind: "duration",
    }],
    ["--state FILE", "keep the names of conversations in FILE"],
    ["--allow-cwd DIR", "another directory that requests can work in (repeatable)", {
      isRepeatable: true,
    }],
  ]),
  ...optionGroup("Sessions", ["sessions"], [
    ["--all", "sessions of all directories"],
    ["--since D|DATE", "changed since: 7d, 2026-11-20, RFC 3339", { valueKind: "since" }],
    ["--limit N", "print at most N rows", { valueKind: "positive" }],
    ["--total", "print what the sessions used together"],
    ["--by GROUP", "print totals by day, model or workspace", { choices: GROUPINGS }],
  ]),
  ...optionGroup("Prompt", RUN, [
    ["-p, --prompt TEXT", "prompt; the text may start with a dash", {
      commands: RUN_OR_BATCH,
      allowsAnyText: true,
    }],
    ["--prompt-file FILE", "read the prompt from a file", { commands: RUN_OR_BATCH }],
    ["--image FILE", "add an image to the prompt (repeatable)", {
      commands: RUN_OR_BATCH,
      isRepeatable: true,
    }],
    ["--no-stdin", "do not read stdin"],
    ["--require-stdin", "fail if stdin is empty"],
  ]),
  ...optionGroup("Output", RENDERING, [
    ["-f, --format FORMAT", choicesHelp(FORMATS), {
      choices: FORMATS,
      hasVariable: true,
      inReplay: {
        help: "pretty (default), text, json, raw, result, html, markdown",
        choices: [...FORMATS, ...PAGE_FORMATS],
      },
    }],
    ["--follow", "replay a run while it goes on, until it ends", { commands: REPLAY }],
    ["--json", "print JSON (run, replay: same as -f json)", { commands: PRINTING_JSON }],
    ["-q, --quiet", "print only the answer, same as --format text"],
    ["--[no-]progress", "progress on stderr (default: with pretty)", { hasVariable: true }],
    ["--[no-]partial", "stream text (default: on a terminal)", {
      commands: SHOWING_EVENTS,
      hasVariable: true,
    }],
    ["--color WHEN", choicesHelp(COLORS), {
      commands: REPORTING,
      choices: COLORS,
      hasVariable: true,
    }],
    ["--answer TURNS", `turns of the answer: ${choicesHelp(ANSWER_SCOPES)}`, {
      commands: SHOWING_EVENTS,
      choices: ANSWER_SCOPES,
    }],
    ["-o, --output FILE", "also write the answer to FILE, on success only"],
    ["--record FILE", "save claude's output stream unchanged", { commands: RUN }],
    ["--result FILE", "write the result to FILE as JSON, even on failure"],
  ]),
  ...optionGroup("Session and workspace", RUN, [
    ["-C, --cwd DIR", "workspace (default: .)", { commands: IN_WORKSPACE }],
    ["--add-dir DIR", "another directory that tools may use (repeatable)", {
      commands: RUNNING,
      isRepeatable: true,
      hasVariable: true,
      claudeOption: true,
    }],
    ["--plans-dir DIR", "directory for plan files", { commands: RUNNING, hasVariable: true }],
    ["--resume ID", "resume a session: ID, prefix, title, or last", {
      commands: RUN_OR_BATCH,
      aliases: ["r"],
      claudeOption: true,
    }],
    ["--continue", "resume the newest session of the workspace", {
      aliases: ["c"],
      claudeOption: true,
    }],
    ["--fork", "branch off the resumed session", {
      commands: RUN_OR_BATCH,
      aliases: ["fork-session"],
      claudeOption: "fork-session",
    }],
    ["--session-id UUID", "ID of the new session", { valueKind: "uuid", claudeOption: true }],
  ]),
  ...optionGroup("Agent", RUNNING, [
    ["--api-url URL", "proxy or gateway, with or without a trailing /v1", {
      valueKind: "url",
      commands: STARTING_CLAUDE,
      hasVariable: true,
    }],
    ["--claude PATH", "claude executable (default: in PATH or installed)", {
      commands: STARTING_CLAUDE,
      hasVariable: true,
    }],
    ["--model MODEL", "model", { suggestions: MODELS, hasVariable: true, claudeOption: true }],
    ["--fallback-model MODEL", "model if the first is overloaded", {
      suggestions: MODELS,
      hasVariable: true,
      claudeOption: true,
    }],
    ["--max-turns N", "maximum number of turns", {
      valueKind: "positive",
      hasVariable: true,
      claudeOption: true,
    }],
    ["--max-budget-usd AMOUNT", "maximum cost in US dollars", {
      valueKind: "amount",
      hasVariable: true,
      claudeOption: true,
    }],
    ["--max-retries N", "retries of an API request (default: 10)", {
      valueKind: "count",
      hasVariable: true,
    }],
    ["--allowed-tools TOOLS", "allow tools: 'Bash(git log:*)' (repeatable)", {
      aliases: ["allowedTools"],
      isRepeatable: true,
      hasVariable: true,
      claudeOption: true,
    }],
    ["--disallowed-tools TOOLS", "deny tools (repeatable)", {
      aliases: ["disallowedTools"],
      isRepeatable: true,
      hasVariable: true,
      claudeOption: true,
    }],
    ["--permission-mode MODE", PERMISSION_MODES.join(", "), {
      choices: PERMISSION_MODES,
      hasVariable: true,
      claudeOption: true,
    }],
    ["--[no-]dangerously-skip-permissions", "allow every tool; use only in a sandbox", {
      hasVariable: true,
      claudeOption: true,
    }],
    ["--[no-]require-trusted-settings", "fail if the workspace is not trusted and sets anything", {
      hasVariable: true,
    }],
    ["--[no-]fail-on-denied", "exit with code 7 if a tool call is denied", {
      commands: SHOWING_EVENTS,
      hasVariable: true,
    }],
    ["--system-prompt TEXT", "replace the system prompt", { claudeOption: true }],
    ["--append-system-prompt TEXT", "append to the system prompt", {
      hasVariable: true,
      claudeOption: true,
    }],
    ["--system-prompt-file FILE", "replace the system prompt with a file", { claudeOption: true }],
    ["--append-system-prompt-file FILE", "append a file to the system prompt", {
      claudeOption: true,
    }],
    ["--append-subagent-system-prompt TEXT", "append to the system prompt of subagents", {
      claudeOption: true,
    }],
    ["--agents FILE|JSON", "additional subagents", { claudeOption: true }],
    ["--mcp-config FILE|JSON", "MCP servers (repeatable)", {
      isRepeatable: true,
      hasVariable: true,
      claudeOption: true,
    }],
    ["--settings FILE|JSON", "additional settings", { hasVariable: true, claudeOption: true }],
    ["--json-schema FILE|JSON", "answer with JSON that matches this schema", {
      claudeOption: true,
    }],
  ]),
  ...optionGroup("Timeouts and cleanup", RUNNING, [
    ["--timeout D", "time limit, such as 90s or 1h30m (default: 0)", {
      valueKind: "duration",
      hasVariable: true,
    }],
    ["--idle-timeout D", "time limit without output (default: 0, in CI: 30m)", {
      valueKind: "duration",
      hasVariable: true,
    }],
    ["--wait-for-limit D", "wait up to D until a usage limit is reset (default: 0)", {
      valueKind: "duration",
      hasVariable: true,
    }],
    ["--attempts N", "resume after an API failure, N - 1 times (default: 1)", {
      valueKind: "positive",
      hasVariable: true,
    }],
    ["--grace D", "time to exit before being killed (default: 5s)", {
      valueKind: "duration",
      hasVariable: true,
    }],
    ["--[no-]keep-background", "keep background processes after a successful run", {
      hasVariable: true,
    }],
    ["--[no-]isolate", "run claude in its own PID namespace (Linux)", { hasVariable: true }],
  ]),
  ...optionGroup("CI", REPORTING, [
    ["--ci SYSTEM", choicesHelp(CI_SYSTEMS), { choices: CI_SYSTEMS, hasVariable: true }],
    ["--summary FILE", "write a Markdown summary to FILE"],
    ["--[no-]redact", "replace secrets with [redacted] (default: in CI)", {
      commands: SHOWING_EVENTS,
      hasVariable: true,
    }],
  ]),
  ...PASSED_ON_OPTIONS,
  ...optionGroup("General", COMMANDS, [
    ["--[no-]debug", "diagnostics on stderr: sizes and kinds only", {
      aliases: ["d"],
      commands: RUNNING,
      hasVariable: true,
      claudeOption: true,
    }],
    ["--[no-]debug-raw", "diagnostics with contents, which may be secret", {
      commands: RUNNING,
      hasVariable: true,
    }],
    ["-h, --help", "print help (-h: the essentials, --help: everything)", { claudeOption: true }],
    ["-V, --version", "print the version", { aliases: ["v"], claudeOption: true }],
  ]),
];

/** Lists the values of a choice. The first is the default. */
function choicesHelp(values: readonly string[]): string {
  return `${values.join(", ")} (default: ${values[0]})`;
}

/** Returns a name with its dashes. */
export function withDashes(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`;
}

/** An option with one of its spellings. */
export interface SpelledOption {
  readonly spec: OptionSpec;
  /** The value that the spelling sets, if the option is a switch. */
  readonly switchValue: "1" | "0";
}

const SPELLINGS = new Map<string, SpelledOption>();
for (const spec of [...OPTIONS, ...REFUSED_OPTIONS]) {
  const { name, short, aliases = [], isNegatable } = spec;
  for (const spelling of [name, ...(short === undefined ? [] : [short]), ...aliases]) {
    SPELLINGS.set(withDashes(spelling), { spec, switchValue: "1" });
  }
  if (isNegatable) SPELLINGS.set(`--no-${name}`, { spec, switchValue: "0" });
}

/** Returns the option with this spelling, including its dashes. */
export function findOption(spelling: string): SpelledOption | undefined {
  return SPELLINGS.get(spelling);
}

/** Returns the options of a command. */
export function optionsOf(command: Command): readonly OptionSpec[] {
  const specs = OPTIONS.filter(({ commands }) => commands.includes(command));
  return command === "replay" ? specs.map((spec) => ({ ...spec, ...spec.inReplay })) : specs;
}
