/**
 * The table of options. Parsing, validation, environment variables, help, and completions are all
 * derived from it.
 *
 * @module
 */

/** The commands. A command is recognized only as the exact first argument. */
export const COMMANDS = [
  "run",
  "replay",
  "doctor",
  "sessions",
  "schema",
  "completions",
  "help",
] as const;

/** A command name. */
export type Command = (typeof COMMANDS)[number];

/** Commands of later versions. As the first argument they are an error instead of a prompt. */
export const RESERVED_COMMANDS: readonly string[] = ["report"];

/** The topics of `ccrun help` besides the commands. */
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

/** The shells that have completions. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The name of a shell. */
export type Shell = (typeof SHELLS)[number];

/** The headings of the help, in order. */
export const OPTION_GROUPS = [
  "Prompt",
  "Output",
  "Session and workspace",
  "Agent",
  "Timeouts and cleanup",
  "CI",
  "General",
] as const;

/** A heading of the help. */
export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** What the value of an option must be. */
export type ValueKind = "count" | "positive" | "amount" | "duration" | "url" | "uuid";

/** One option. */
export interface OptionSpec {
  /** The name without dashes. */
  readonly name: string;
  /** The one-letter name. */
  readonly short?: string | undefined;
  /** Other names, which the help does not show. */
  readonly aliases?: readonly string[];
  /** The name of the value. A switch has none. Shells complete FILE, PATH, DIR, and ID by this name. */
  readonly value?: string | undefined;
  /** What the value must be. @default {any text} */
  readonly kind?: ValueKind;
  /** The allowed values. */
  readonly choices?: readonly string[];
  /** Common values, if others are allowed. */
  readonly suggestions?: readonly string[];
  /** Whether the option can be repeated. */
  readonly isList?: boolean;
  /** Whether the value can look like an option. */
  readonly isAnyText?: boolean;
  /** Whether `--no-` turns the switch off. */
  readonly isNegatable?: boolean;
  /** The environment variable that sets the option. */
  readonly env?: string;
  /** The commands that have the option. */
  readonly commands: readonly Command[];
  /** The heading in the help. */
  readonly group: OptionGroup;
  /** The line in the help. */
  readonly help: string;
}

const RUN = ["run"] as const;
const RENDERING = ["run", "replay"] as const;
const STARTING = ["run", "doctor"] as const;
const IN_WORKSPACE = ["run", "doctor", "sessions"] as const;
const PRINTING_JSON = ["run", "replay", "doctor", "sessions"] as const;

const FORMATS = ["pretty", "text", "json", "raw", "result"];
const COLORS = ["auto", "always", "never"];
const CI_SYSTEMS = ["auto", "github", "gitlab", "none"];
const PERMISSION_MODES = ["default", "acceptEdits", "plan", "dontAsk", "bypassPermissions"];

/** All options, by heading. */
export const OPTIONS: readonly OptionSpec[] = [
  ...group("Prompt", RUN, [
    option("-p, --prompt TEXT", "prompt; the text may start with a dash", { isAnyText: true }),
    option("--prompt-file FILE", "read the prompt from a file"),
    option("--no-stdin", "do not read stdin"),
  ]),
  ...group("Output", RENDERING, [
    option("-f, --format FORMAT", oneOf(FORMATS), { choices: FORMATS, hasVariable: true }),
    option("--json", "print JSON; for run and replay --format json", { commands: PRINTING_JSON }),
    option("-q, --quiet", "print only the answer, same as --format text"),
    option("--[no-]progress", "progress on stderr (default: with pretty)", { hasVariable: true }),
    option("--[no-]partial", "stream text (default: on a terminal)", { hasVariable: true }),
    option("--color WHEN", oneOf(COLORS), { choices: COLORS, hasVariable: true }),
    option("-o, --output FILE", "also write the answer to FILE, on success only"),
    option("--record FILE", "save claude's output stream unchanged", { commands: RUN }),
    option("--result FILE", "write the result to FILE as JSON, even on failure"),
  ]),
  ...group("Session and workspace", RUN, [
    option("-C, --cwd DIR", "workspace (default: .)", { commands: IN_WORKSPACE }),
    option("--add-dir DIR", "another directory for tools (repeatable)", {
      isList: true,
      hasVariable: true,
    }),
    option("--plans-dir DIR", "directory of the plan files", { hasVariable: true }),
    option("--resume ID", "resume a session: ID, prefix, title, or last", { aliases: ["r"] }),
    option("--continue", "resume the newest session of the workspace", { aliases: ["c"] }),
    option("--fork", "branch off the resumed session", { aliases: ["fork-session"] }),
    option("--session-id UUID", "ID of the new session", { kind: "uuid" }),
  ]),
  ...group("Agent", RUN, [
    option("--api-url URL", "proxy or gateway, with or without a trailing /v1", {
      kind: "url",
      commands: STARTING,
      hasVariable: true,
    }),
    option("--claude PATH", "claude executable (default: from PATH)", {
      commands: STARTING,
      hasVariable: true,
    }),
    option("--model MODEL", "model", { hasVariable: true }),
    option("--fallback-model MODEL", "model if the first is overloaded", { hasVariable: true }),
    option("--max-turns N", "maximum number of turns", { kind: "positive", hasVariable: true }),
    option("--max-budget-usd AMOUNT", "maximum cost in US dollars", {
      kind: "amount",
      hasVariable: true,
    }),
    option("--max-retries N", "retries of an API request (default: 10)", {
      kind: "count",
      hasVariable: true,
    }),
    option("--allowed-tools TOOLS", "tools to allow, as 'Bash(git log:*)' (repeatable)", {
      aliases: ["allowedTools"],
      isList: true,
      hasVariable: true,
    }),
    option("--disallowed-tools TOOLS", "tools to deny (repeatable)", {
      aliases: ["disallowedTools"],
      isList: true,
      hasVariable: true,
    }),
    option("--permission-mode MODE", PERMISSION_MODES.join(", "), {
      suggestions: PERMISSION_MODES,
      hasVariable: true,
    }),
    option("--[no-]dangerously-skip-permissions", "allow every tool; use only in a sandbox", {
      hasVariable: true,
    }),
    option("--[no-]fail-on-denied", "exit with code 7 if a tool call is denied", {
      commands: RENDERING,
      hasVariable: true,
    }),
    option("--system-prompt TEXT", "replace the system prompt"),
    option("--append-system-prompt TEXT", "append to the system prompt", { hasVariable: true }),
    option("--mcp-config FILE|JSON", "MCP servers (repeatable)", {
      isList: true,
      hasVariable: true,
    }),
    option("--settings FILE|JSON", "additional settings", { hasVariable: true }),
    option("--json-schema FILE|JSON", "answer with JSON that matches this schema"),
  ]),
  ...group("Timeouts and cleanup", RUN, [
    option("--timeout D", "limit of the run, such as 90s, 10m, or 1h30m (default: 0)", {
      kind: "duration",
      hasVariable: true,
    }),
    option("--idle-timeout D", "limit without output from claude (default: 0, in CI 30m)", {
      kind: "duration",
      hasVariable: true,
    }),
    option("--grace D", "time to exit before being killed (default: 5s)", {
      kind: "duration",
      hasVariable: true,
    }),
    option("--[no-]keep-background", "keep background processes after a successful run", {
      hasVariable: true,
    }),
    option("--[no-]isolate", "run claude in its own PID namespace (Linux)", { hasVariable: true }),
  ]),
  ...group("CI", RENDERING, [
    option("--ci SYSTEM", oneOf(CI_SYSTEMS), { choices: CI_SYSTEMS, hasVariable: true }),
    option("--summary FILE", "write a Markdown summary to FILE"),
    option("--[no-]redact", "replace secrets with [redacted] (default: in CI)", {
      hasVariable: true,
    }),
  ]),
  ...group("General", COMMANDS, [
    option("--[no-]debug", "diagnostics on stderr: sizes and kinds only", {
      commands: RUN,
      hasVariable: true,
    }),
    option("--[no-]debug-raw", "diagnostics with contents, which may be secret", {
      commands: RUN,
      hasVariable: true,
    }),
    option("-h, --help", "print help: -h the essentials, --help everything"),
    option("-V, --version", "print the version"),
  ]),
];

/** Options that claude has, too. They can also follow `--`. */
export const CLAUDE_OPTIONS: ReadonlySet<string> = new Set([
  "add-dir",
  "allowed-tools",
  "append-system-prompt",
  "continue",
  "dangerously-skip-permissions",
  "debug",
  "disallowed-tools",
  "fallback-model",
  "fork", // claude spells it --fork-session
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

/** Options of claude that ccrun sets itself, with the hint for each. */
export const OWNED_OPTIONS: ReadonlyMap<string, string> = new Map([
  ["--print", "remove it: ccrun always runs claude this way"],
  ["--output-format", "use ccrun's --format"],
  ["--input-format", "pass the prompt on stdin or with -p"],
  ["--verbose", "remove it: ccrun always sets it"],
  ["--include-partial-messages", "use ccrun's --partial"],
]);

/** The details of an option beyond its signature and help. */
interface OptionDetails extends
  Pick<
    OptionSpec,
    "aliases" | "kind" | "choices" | "suggestions" | "isList" | "isAnyText"
  > {
  /** The commands that have the option. @default {those of the group} */
  readonly commands?: readonly Command[];
  /** Whether a CCRUN_ variable sets the option. */
  readonly hasVariable?: boolean;
}

type UngroupedOption = Omit<OptionSpec, "group" | "commands"> & Pick<OptionDetails, "commands">;

/** Creates an option from its signature as the help shows it, such as `-f, --format FORMAT`. */
function option(signature: string, help: string, details: OptionDetails = {}): UngroupedOption {
  const { hasVariable, ...rest } = details;
  const words = signature.split(/,? /);
  const short = words.find((word) => word.startsWith("-") && !word.startsWith("--"))?.slice(1);
  const long = words.find((word) => word.startsWith("--")) ?? "";
  const name = long.replace(/^--(\[no-\])?/, "");
  return {
    name,
    short,
    value: words.find((word) => !word.startsWith("-")),
    help,
    isNegatable: long.startsWith("--[no-]"),
    ...(hasVariable ? { env: `CCRUN_${name.toUpperCase().replaceAll("-", "_")}` } : {}),
    ...rest,
  };
}

function group(
  heading: OptionGroup,
  commands: readonly Command[],
  options: readonly UngroupedOption[],
): OptionSpec[] {
  return options.map((spec) => ({ commands, ...spec, group: heading }));
}

/** Lists the values of a choice. The first is the default. */
function oneOf(values: readonly string[]): string {
  return `${values.slice(0, -1).join(", ")}, or ${values.at(-1)} (default: ${values[0]})`;
}
