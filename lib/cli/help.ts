import { EXIT_CODES } from "../outcome.ts";
import { VERSION } from "../version.ts";
import { type Command, OPTION_GROUPS, OPTIONS, type OptionSpec } from "./options.ts";

const USAGE: { readonly [C in Command]: string } = {
  run: "ccrun [run] [options] [prompt ...] [-- claude-options ...]",
  replay: "ccrun replay [options] [FILE | -]",
  schema: "ccrun schema",
  help: "ccrun help [COMMAND]",
};

const PURPOSE: { readonly [C in Command]: string } = {
  run: "run a prompt (the main job)",
  replay: "render a recorded or piped stream of claude's stream-json",
  schema: "print the JSON Schema of the events of --json",
  help: "say how to use ccrun, or one of its commands",
};

const ABOUT: { readonly [C in Command]: string } = {
  run: `Runs Claude Code without its interactive screen. Progress goes to stderr, the final
answer to stdout, and the exit code says how it ended.

The prompt is the arguments, -p TEXT, --prompt-file FILE, or stdin. With a prompt, what
is piped to stdin is added below it:  git diff | ccrun "review this"
A - waits for stdin however long. What follows -- goes to claude as it is.`,
  replay: `Renders what \`claude -p --output-format stream-json --verbose\` wrote, or what
\`ccrun --record\` kept, in any format, and exits with the code of its outcome.
Without FILE, or with -, it reads stdin.`,
  schema: `Prints the JSON Schema (2020-12) of one line of \`ccrun --json\`.`,
  help: `Says how to use ccrun, or one of its commands.`,
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

function exitCodeLines(): string[] {
  const words = Object.entries(EXIT_CODES).map(([reason, code]) => `${code} ${reason}`);
  const indent = "  ";
  const items = words.map((word, at) => at < words.length - 1 ? `${word},` : word);
  return ["Exit codes:", ...rowsOf(items, indent.length).map((row) => indent + row)];
}

/** The help of a command. */
export function helpText(command: Command): string {
  const lines = [`Usage: ${USAGE[command]}`, "", ABOUT[command]];
  if (command === "run") {
    lines.push("", "Commands:");
    for (const [name, purpose] of Object.entries(PURPOSE)) {
      lines.push(`  ${name.padEnd(10)}${purpose}`);
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
