/**
 * The one table of ccrun's options: parsing, checking, the environment and the
 * help are all made from it.
 *
 * @module
 */

/** The commands. A command is recognised only as the exact first word. */
export const COMMANDS = [
  "run",
  "replay",
  "doctor",
  "sessions",
  "schema",
  "completions",
  "help",
] as const;

/** A command's name. */
export type Command = (typeof COMMANDS)[number];

/** Commands that later versions will have; as a first word they are no prompt. */
export const RESERVED_COMMANDS: readonly string[] = ["report"];

/** The shells that there are completions for. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** A shell's name. */
export type Shell = (typeof SHELLS)[number];

/** What kind of value an option takes. */
export type ValueKind = "text" | "count" | "amount" | "duration" | "url" | "uuid";

/** One option. */
export interface OptionSpec {
  /** Its name, without the dashes. */
  readonly name: string;
  /** Its one-letter name. */
  readonly short?: string;
  /** Other spellings, which the help does not show. */
  readonly aliases?: readonly string[];
  /** What its value is called; a switch has none. FILE, PATH, DIR and ID are also what shells complete it by. */
  readonly value?: string;
  /** What kind of value that is. @default {"text"} */
  readonly kind?: ValueKind;
  /** The values it takes, when they are few. */
  readonly choices?: readonly string[];
  /** Values that are usual, where others are possible. */
  readonly suggestions?: readonly string[];
  /** It may be given several times. */
  readonly isList?: boolean;
  /** The value may be any text, also one that looks like an option. */
  readonly isAnyText?: boolean;
  /** A switch that `--no-` turns off. */
  readonly isNegatable?: boolean;
  /** Its environment variable. */
  readonly env?: string;
  /** The commands that have it. */
  readonly commands: readonly Command[];
  /** The heading it is under in the help. */
  readonly group: OptionGroup;
  /** What it does, in a line. */
  readonly help: string;
}

/** The headings of the help, in their order. */
export const OPTION_GROUPS = [
  "Prompt",
  "Output",
  "Session and workspace",
  "Agent",
  "Ending",
  "Pipelines",
  "General",
] as const;

/** A heading of the help. */
export type OptionGroup = (typeof OPTION_GROUPS)[number];

const RUN = ["run"] as const;
const SHOWING = ["run", "replay"] as const;
const LISTING = ["run", "replay", "doctor", "sessions"] as const;
const PLACED = ["run", "doctor", "sessions"] as const;
const STARTING = ["run", "doctor"] as const;
const ALL = COMMANDS;

/** Claude's, of which versions have some more. */
const PERMISSION_MODES = ["default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"];

/** All options. */
export const OPTIONS: readonly OptionSpec[] = [
  {
    name: "prompt",
    short: "p",
    value: "TEXT",
    isAnyText: true,
    commands: RUN,
    group: "Prompt",
    help: "the prompt, any text, also one that begins with a dash",
  },
  {
    name: "prompt-file",
    value: "FILE",
    commands: RUN,
    group: "Prompt",
    help: "read the prompt from a file",
  },
  {
    name: "no-stdin",
    commands: RUN,
    group: "Prompt",
    help: "do not read stdin, even when it is not a terminal",
  },
  {
    name: "format",
    short: "f",
    value: "FORMAT",
    choices: ["pretty", "text", "json", "raw", "result"],
    env: "CCRUN_FORMAT",
    commands: SHOWING,
    group: "Output",
    help:
      "what stdout carries: pretty or text (the answer), json (events), raw (claude's own lines) or result (one JSON object)",
  },
  {
    name: "json",
    commands: LISTING,
    group: "Output",
    help: "print JSON; of a run or a replay its events, as --format json",
  },
  {
    name: "quiet",
    short: "q",
    commands: SHOWING,
    group: "Output",
    help: "the same as --format text: the final answer alone",
  },
  {
    name: "progress",
    isNegatable: true,
    env: "CCRUN_PROGRESS",
    commands: SHOWING,
    group: "Output",
    help: "progress on stderr (default: with pretty only)",
  },
  {
    name: "partial",
    isNegatable: true,
    env: "CCRUN_PARTIAL",
    commands: SHOWING,
    group: "Output",
    help: "text as it is generated (default: when a person watches)",
  },
  {
    name: "color",
    value: "WHEN",
    choices: ["auto", "always", "never"],
    env: "CCRUN_COLOR",
    commands: SHOWING,
    group: "Output",
    help: "colours: auto, always or never",
  },
  {
    name: "output",
    short: "o",
    value: "FILE",
    commands: SHOWING,
    group: "Output",
    help: "also write the final answer there, on success only",
  },
  {
    name: "record",
    value: "FILE",
    commands: RUN,
    group: "Output",
    help: "also keep claude's stream there, as it came",
  },
  {
    name: "result",
    value: "FILE",
    commands: SHOWING,
    group: "Output",
    help: "write the last result and the ending there, as one JSON object, also on failure",
  },
  {
    name: "cwd",
    short: "C",
    value: "DIR",
    commands: PLACED,
    group: "Session and workspace",
    help: "the workspace, where claude works",
  },
  {
    name: "add-dir",
    value: "DIR",
    isList: true,
    env: "CCRUN_ADD_DIR",
    commands: RUN,
    group: "Session and workspace",
    help: "a further directory that tools may use (repeatable)",
  },
  {
    name: "plans-dir",
    value: "DIR",
    env: "CCRUN_PLANS_DIR",
    commands: RUN,
    group: "Session and workspace",
    help: "where plan files go",
  },
  {
    name: "resume",
    aliases: ["r"],
    value: "ID",
    commands: RUN,
    group: "Session and workspace",
    help: "go on with a session: its id, the beginning of it, its title, or last",
  },
  {
    name: "continue",
    aliases: ["c"],
    commands: RUN,
    group: "Session and workspace",
    help: "go on with the newest session of the workspace",
  },
  {
    name: "fork",
    aliases: ["fork-session"],
    commands: RUN,
    group: "Session and workspace",
    help: "branch off that session instead of going on in it",
  },
  {
    name: "session-id",
    value: "UUID",
    kind: "uuid",
    commands: RUN,
    group: "Session and workspace",
    help: "the id of the new session",
  },
  {
    name: "api-url",
    value: "URL",
    kind: "url",
    env: "CCRUN_API_URL",
    commands: STARTING,
    group: "Agent",
    help: "a proxy or gateway, with or without /v1 at its end",
  },
  {
    name: "claude",
    value: "PATH",
    env: "CCRUN_CLAUDE",
    commands: STARTING,
    group: "Agent",
    help: "which claude (default: the one in PATH, or where it is installed)",
  },
  {
    name: "model",
    value: "MODEL",
    env: "CCRUN_MODEL",
    commands: RUN,
    group: "Agent",
    help: "the model",
  },
  {
    name: "fallback-model",
    value: "MODEL",
    env: "CCRUN_FALLBACK_MODEL",
    commands: RUN,
    group: "Agent",
    help: "the model to use when the first is overloaded",
  },
  {
    name: "max-turns",
    value: "N",
    kind: "count",
    env: "CCRUN_MAX_TURNS",
    commands: RUN,
    group: "Agent",
    help: "how many turns the agent may take",
  },
  {
    name: "max-budget-usd",
    value: "AMOUNT",
    kind: "amount",
    env: "CCRUN_MAX_BUDGET_USD",
    commands: RUN,
    group: "Agent",
    help: "how much the run may cost, in US dollars",
  },
  {
    name: "max-retries",
    value: "N",
    kind: "count",
    env: "CCRUN_MAX_RETRIES",
    commands: RUN,
    group: "Agent",
    help: "API retries after the first attempt (claude's own 10 take minutes)",
  },
  {
    name: "allowed-tools",
    aliases: ["allowedTools"],
    value: "TOOLS",
    isList: true,
    env: "CCRUN_ALLOWED_TOOLS",
    commands: RUN,
    group: "Agent",
    help: "tools that need no permission, as 'Bash(git log:*)' (repeatable)",
  },
  {
    name: "disallowed-tools",
    aliases: ["disallowedTools"],
    value: "TOOLS",
    isList: true,
    env: "CCRUN_DISALLOWED_TOOLS",
    commands: RUN,
    group: "Agent",
    help: "tools that are refused (repeatable)",
  },
  {
    name: "permission-mode",
    value: "MODE",
    suggestions: PERMISSION_MODES,
    env: "CCRUN_PERMISSION_MODE",
    commands: RUN,
    group: "Agent",
    help: PERMISSION_MODES.join(", "),
  },
  {
    name: "dangerously-skip-permissions",
    isNegatable: true,
    env: "CCRUN_DANGEROUSLY_SKIP_PERMISSIONS",
    commands: RUN,
    group: "Agent",
    help: "allow every tool; only where nothing can be lost",
  },
  {
    name: "fail-on-denied",
    isNegatable: true,
    env: "CCRUN_FAIL_ON_DENIED",
    commands: SHOWING,
    group: "Agent",
    help: "a refused tool makes the run fail (exit code 7)",
  },
  {
    name: "system-prompt",
    value: "TEXT",
    commands: RUN,
    group: "Agent",
    help: "replace the system prompt",
  },
  {
    name: "append-system-prompt",
    value: "TEXT",
    env: "CCRUN_APPEND_SYSTEM_PROMPT",
    commands: RUN,
    group: "Agent",
    help: "add to the system prompt",
  },
  {
    name: "mcp-config",
    value: "FILE|JSON",
    isList: true,
    env: "CCRUN_MCP_CONFIG",
    commands: RUN,
    group: "Agent",
    help: "MCP servers (repeatable)",
  },
  {
    name: "settings",
    value: "FILE|JSON",
    env: "CCRUN_SETTINGS",
    commands: RUN,
    group: "Agent",
    help: "further settings",
  },
  {
    name: "json-schema",
    value: "FILE|JSON",
    commands: RUN,
    group: "Agent",
    help: "the answer is JSON that fits this schema",
  },
  {
    name: "timeout",
    value: "D",
    kind: "duration",
    env: "CCRUN_TIMEOUT",
    commands: RUN,
    group: "Ending",
    help: "how long the run may take, as 90s, 10m or 1h30m; 0 for no limit (default: none)",
  },
  {
    name: "idle-timeout",
    value: "D",
    kind: "duration",
    env: "CCRUN_IDLE_TIMEOUT",
    commands: RUN,
    group: "Ending",
    help: "how long claude may say nothing; 0 for no limit (default: none, in CI 30m)",
  },
  {
    name: "grace",
    value: "D",
    kind: "duration",
    env: "CCRUN_GRACE",
    commands: RUN,
    group: "Ending",
    help: "how long what is stopped has to end by itself before it is killed (default: 5s)",
  },
  {
    name: "keep-background",
    isNegatable: true,
    env: "CCRUN_KEEP_BACKGROUND",
    commands: RUN,
    group: "Ending",
    help: "what a good run left running may stay",
  },
  {
    name: "isolate",
    isNegatable: true,
    env: "CCRUN_ISOLATE",
    commands: RUN,
    group: "Ending",
    help: "claude in a PID namespace of its own (Linux)",
  },
  {
    name: "ci",
    value: "SYSTEM",
    choices: ["auto", "github", "gitlab", "none"],
    env: "CCRUN_CI",
    commands: SHOWING,
    group: "Pipelines",
    help: "the CI system whose log, summary and outputs to serve: auto, github, gitlab or none",
  },
  {
    name: "summary",
    value: "FILE",
    commands: SHOWING,
    group: "Pipelines",
    help: "also write a summary of the run there, as Markdown",
  },
  {
    name: "redact",
    isNegatable: true,
    env: "CCRUN_REDACT",
    commands: SHOWING,
    group: "Pipelines",
    help:
      "secrets become [redacted] in what CI publishes (default: in CI), and with --redact in --record and --summary anywhere",
  },
  {
    name: "debug",
    isNegatable: true,
    env: "CCRUN_DEBUG",
    commands: RUN,
    group: "General",
    help: "diagnostics on stderr: sizes and kinds only",
  },
  {
    name: "debug-raw",
    isNegatable: true,
    env: "CCRUN_DEBUG_RAW",
    commands: RUN,
    group: "General",
    help: "the same with their content, which may be secret",
  },
  { name: "help", short: "h", commands: ALL, group: "General", help: "say how to use it" },
  { name: "version", short: "V", commands: ALL, group: "General", help: "say which version it is" },
];

/** Options that claude has, too, so that they may also follow `--`. */
export const CLAUDE_OPTIONS: ReadonlySet<string> = new Set([
  "add-dir",
  "allowed-tools",
  "append-system-prompt",
  "continue",
  "dangerously-skip-permissions",
  "debug",
  "disallowed-tools",
  "fallback-model",
  "fork", // as --fork-session
  "help",
  "json-schema",
  "max-budget-usd",
  "max-turns",
  "mcp-config",
  "model",
  "permission-mode",
  "resume",
  "session-id",
  "settings",
  "system-prompt",
  "version",
]);

/** Options of claude's that ccrun must own, and what to do instead. */
export const OWNED_OPTIONS: { readonly [option: string]: string } = {
  "--print": "leave it out: ccrun always runs claude that way",
  "--output-format": "use ccrun's --format",
  "--input-format": "give the prompt on stdin, or with -p",
  "--verbose": "leave it out: ccrun sets it itself",
  "--include-partial-messages": "use ccrun's --partial",
};

/** The topics of `ccrun help TOPIC`. */
export const HELP_TOPICS = [
  "ci",
  "security",
  "cleanup",
  "exit-codes",
  "environment",
  "events",
] as const;

/** The name of a help topic. */
export type HelpTopic = (typeof HELP_TOPICS)[number];
