import { EXIT_CODES, EXIT_REASONS, type ExitReason } from "../exit_codes.ts";
import { VERSION } from "../version.ts";
import { type Command, OPTION_GROUPS, OPTIONS, type OptionSpec, SHELLS } from "./options.ts";

const USAGE: { readonly [C in Command]: string } = {
  run: "ccrun [run] [options] [prompt ...] [-- claude-options ...]",
  replay: "ccrun replay [options] [FILE | -]",
  doctor: "ccrun doctor [options]",
  sessions: "ccrun sessions [options]",
  schema: "ccrun schema",
  completions: `ccrun completions ${SHELLS.join("|")}`,
  help: "ccrun help [COMMAND]",
};

/** What each command does, in a line. */
export const PURPOSE: { readonly [C in Command]: string } = {
  run: "run a prompt (the main job)",
  replay: "render a recorded or piped stream, claude's or ccrun's own",
  doctor: "say whether this machine can run it, and if not, why",
  sessions: "list this workspace's sessions, newest first",
  schema: "print the JSON Schema of the events of --json",
  completions: "print completions for a shell",
  help: "say how to use ccrun, or one of its commands",
};

/** What is said first; a line is a paragraph, or stays as it is where it begins with a blank. */
const ABOUT: { readonly [C in Command]: string } = {
  run: [
    "Runs Claude Code without its interactive screen. Progress goes to stderr, the final answer to " +
    "stdout, and the exit code says how it ended.",
    "",
    "The prompt is the arguments, -p TEXT, --prompt-file FILE, or stdin. With a prompt, what is piped " +
    "to stdin is added below it:",
    '  git diff | ccrun "review this"',
    "A - waits for stdin however long. What follows -- goes to claude as it is.",
    "",
    "After an option stands its [VARIABLE] of the environment; an option given wins.",
  ].join("\n"),
  replay:
    "Renders what `claude -p --output-format stream-json --verbose` or `ccrun --json` wrote, or " +
    "what `ccrun --record` kept, in any format, and exits with the code of its outcome. Without FILE, " +
    "or with -, it reads stdin.",
  doctor:
    "Finds out whether a run can work here: claude, its credentials, Deno's permissions, the " +
    "workspace; and starts a session against an API of its own on 127.0.0.1, without an account. Says " +
    "of each finding whether it is ok, a warning or a problem, and what to do about it. Exits with 0, " +
    "or with 1 where there is a problem.",
  sessions:
    "Lists the sessions that claude keeps of this workspace, newest first: id, when, turns, and " +
    "how the prompt began. `ccrun --resume` goes on with one: by its id, the beginning of it (4 " +
    "characters or more), its title, or `last`.",
  completions: [
    "Prints what makes a shell complete ccrun's commands, options and values:",
    "",
    '  bash   eval "$(ccrun completions bash)"           in ~/.bashrc',
    "  zsh    source <(ccrun completions zsh)            in ~/.zshrc, after compinit",
    "  fish   ccrun completions fish >~/.config/fish/completions/ccrun.fish",
  ].join("\n"),
  schema: "Prints the JSON Schema (2020-12) of one line of `ccrun --json`.",
  help: "Says how to use ccrun, or one of its commands.",
};

const EXAMPLES = `Examples:
  ccrun "what does this project do?"
  answer=$(ccrun -q "name the main file")
  git diff | ccrun "review this" --permission-mode plan
  ccrun --json "fix the tests" | jq -r 'select(.type=="tool_use").name'
  ccrun --resume ID "go on"`;

/** What an option looks like in the help. */
function signature({ name, short, value, isNegatable }: OptionSpec): string {
  const long = isNegatable ? `--[no-]${name}` : `--${name}`;
  return `  ${short ? `-${short}, ` : "    "}${long}${value ? ` ${value}` : ""}`;
}

/** The column in which an option's description begins, and the last one that is used. */
const HELP_COLUMN = 36;
const LAST_COLUMN = 80;

/** Words in rows that begin in a column. */
function rowsOf(words: readonly string[], column = HELP_COLUMN): string[] {
  const rows: string[] = [];
  for (const word of words) {
    const row = rows.at(-1);
    if (row !== undefined && column + row.length + 1 + word.length <= LAST_COLUMN) {
      rows[rows.length - 1] = `${row} ${word}`;
    } else {
      rows.push(word);
    }
  }
  return rows;
}

/** Sets a text in rows; a line that begins with a blank stays as it is. */
function paragraphs(text: string): string[] {
  return text.split("\n").flatMap((line) =>
    line.startsWith(" ") ? [line] : rowsOf(line.split(" "), 0)
  );
}

function optionLines(specs: readonly OptionSpec[]): string[] {
  return specs.flatMap((spec) => {
    const start = signature(spec);
    const words = [...spec.help.split(" "), ...(spec.env ? [`[${spec.env}]`] : [])];
    const rows = rowsOf(words).map((row) => " ".repeat(HELP_COLUMN) + row);
    if (start.length + 2 > HELP_COLUMN) return [start, ...rows];
    const [first = "", ...others] = rows;
    return [start.padEnd(HELP_COLUMN) + first.trimStart(), ...others];
  });
}

/** When a run ends so. */
const MEANINGS: { readonly [R in ExitReason]: string } = {
  success: "a result, and it is not an error",
  failed: "the agent ended with an error, or without a result",
  usage: "bad options, no prompt, an unreadable file",
  auth: "the key, the login or the payment was refused",
  api: "overloaded, rate limited, unknown model, server error",
  limit: "turns or budget used up",
  output: "--json-schema given, and no structured output came",
  denied: "--fail-on-denied given, and a tool was refused",
  internal: "a fault of ccrun's own",
  timeout: "--timeout or --idle-timeout reached",
  not_executable: "claude cannot be executed, or is not Claude Code",
  not_found: "claude cannot be found",
  hangup: "SIGHUP",
  interrupt: "SIGINT, as by Ctrl-C",
  quit: "SIGQUIT",
  pipe: "the reader of stdout went away",
  terminate: "SIGTERM",
};

function exitCodeLines(): string[] {
  const reasonWidth = Math.max(...EXIT_REASONS.map((reason) => reason.length));
  const lines = EXIT_REASONS.map((reason) =>
    `${String(EXIT_CODES[reason]).padStart(5)}  ${reason.padEnd(reasonWidth)}  ${MEANINGS[reason]}`
  );
  return ["Exit codes:", ...lines];
}

/** The help of a command. */
export function helpText(command: Command): string {
  const lines = [`Usage: ${USAGE[command]}`, "", ...paragraphs(ABOUT[command])];
  if (command === "run") {
    lines.push("", "Commands:");
    for (const [name, purpose] of Object.entries(PURPOSE)) {
      lines.push(`  ${name.padEnd(13)}${purpose}`);
    }
  }
  for (const group of OPTION_GROUPS) {
    const specs = OPTIONS.filter((spec) => spec.group === group && spec.commands.includes(command));
    if (specs.length > 0) lines.push("", `${group}:`, ...optionLines(specs));
  }
  if (command === "run") lines.push("", ...exitCodeLines(), "", EXAMPLES);
  return `${lines.join("\n")}\n`;
}

/** What `--version` prints. */
export function versionText(): string {
  return `ccrun ${VERSION}\n`;
}
