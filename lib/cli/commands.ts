/** The commands. A command is recognized only as the exact first argument. */
export const COMMANDS = [
  "run",
  "batch",
  "replay",
  "serve",
  "doctor",
  "sessions",
  "schema",
  "completions",
  "help",
] as const;

/** A command name. */
export type Command = (typeof COMMANDS)[number];

/** What each command does, as the line in the help. */
export const COMMAND_PURPOSES: { readonly [C in Command]: string } = {
  run: "run a prompt (the default command)",
  batch: "run a prompt over many files or tasks",
  replay: "show a recording or a stored session",
  serve: "run prompts of many conversations, from stdin",
  doctor: "check that this machine can run Claude Code",
  sessions: "list stored sessions, with tokens and costs",
  schema: "print the JSON Schema of --json, serve or batch",
  completions: "print the completions for a shell",
  help: "print help on a command or a topic",
};

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

/** What `ccrun schema` describes besides the events of a run. */
export const SCHEMA_NAMES = ["serve", "batch", "results"] as const;

/** The name of a schema. */
export type SchemaName = (typeof SCHEMA_NAMES)[number];

/** The shells that have completions. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The name of a shell. */
export type Shell = (typeof SHELLS)[number];
