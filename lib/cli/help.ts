import { EXIT_CODES, EXIT_MEANINGS, EXIT_REASONS } from "../exit_codes.ts";
import { describeVersion } from "../version.ts";
import ciTopic from "./help/ci.md" with { type: "text" };
import cleanupTopic from "./help/cleanup.md" with { type: "text" };
import environmentTopic from "./help/environment.md" with { type: "text" };
import eventsTopic from "./help/events.md" with { type: "text" };
import exitCodesTopic from "./help/exit-codes.md" with { type: "text" };
import batchGuide from "./help/batch.txt" with { type: "text" };
import replayGuide from "./help/replay.txt" with { type: "text" };
import sessionsGuide from "./help/sessions.txt" with { type: "text" };
import serveGuide from "./help/serve.txt" with { type: "text" };
import securityTopic from "./help/security.md" with { type: "text" };
import {
  type Command,
  COMMAND_PURPOSES,
  HELP_TOPICS,
  type HelpTopic,
  SCHEMA_NAMES,
  SHELLS,
} from "./commands.ts";
import { markdownToText } from "./help/markdown_to_text.ts";
import { wrapWords } from "./help/wrap_words.ts";
import type { OptionSpec } from "./option_spec.ts";
import { optionsOf } from "./options.ts";

const COLUMNS = 80;

/** The columns in which the descriptions of options begin. */
const HELP_COLUMN = 36;
const SHORT_HELP_COLUMN = 31;

const USAGE: { readonly [C in Command]: string } = {
  run: "ccrun [run] [options] [prompt ...] [-- claude-options ...]",
  batch: "ccrun batch [options] TASKS | report FILE ...",
  replay: "ccrun replay [options] [SOURCE]",
  serve: "ccrun serve [options] [-- claude-options ...]",
  doctor: "ccrun doctor [options]",
  sessions: "ccrun sessions [options]",
  schema: `ccrun schema [${SCHEMA_NAMES.join("|")}]`,
  completions: `ccrun completions ${SHELLS.join("|")}`,
  help: "ccrun help [COMMAND | TOPIC]",
};

/** Lines that begin with a blank are not wrapped. */
const INTRODUCTIONS: { readonly [C in Command]: string } = {
  run:
    `Runs Claude Code without its interactive screen. Progress goes to stderr, the final answer to stdout, and the exit code shows how the run ended.

The prompt is the arguments, -p TEXT, --prompt-file FILE, or stdin. With a prompt, piped stdin is added as context:
  git diff | ccrun "review this"
The argument - waits for stdin without a limit. Arguments after -- go to claude unchanged.

[VARIABLE] sets the option; the command line takes precedence.`,
  batch:
    "Runs many prompts, several at a time, and continues after an interruption. TASKS is a file with a " +
    "task on each line, or - for stdin: plain text, such as the name of a file, or JSON. The options of " +
    "ccrun run apply to all tasks.",
  replay:
    "Shows a recording or a stored session in any format, and exits with the code of its outcome. " +
    "Without SOURCE, ccrun reads stdin.",
  serve:
    "Runs the prompts of many conversations, for bots and services in any language: JSON Lines on " +
    "stdin and stdout, without a network. Each conversation has its own session, and keeps its claude " +
    "for a while.",
  doctor:
    "Checks claude, its credential, the API URL and proxy, the workspace and Deno's permissions, " +
    "and starts a session against an API on 127.0.0.1, without an account. Prints ok, a warning or a " +
    "problem for each check, and how to fix it. Also prints how ccrun was installed, and how to " +
    "update it. Exits with 1 if there is a problem.",
  sessions:
    "Lists the sessions that claude stores for the working directory, newest first: id, time, turns, " +
    "tokens, cost, and title or prompt. `ccrun --resume` takes an id or at least its first 4 " +
    "characters, a title, a prompt, or `last`.",
  completions: `Prints the completions of commands, options and values for a shell:

  bash   eval "$(ccrun completions bash)"           in ~/.bashrc
  zsh    source <(ccrun completions zsh)            in ~/.zshrc, after compinit
  fish   ccrun completions fish >~/.config/fish/completions/ccrun.fish

To start bash or zsh faster, write the output to a file instead: ~/.local/share/bash-completion/completions/ccrun with the bash-completion package, or _ccrun in a directory of zsh's fpath. Write such a file again after an update of ccrun.

After --resume, type the start of a session's id, or a part of its title.`,
  schema: "Prints the JSON Schema (2020-12) of one line of `ccrun --json`, `ccrun serve`, " +
    "`ccrun batch --json`, or the results file of a batch.",
  help: "Prints help on a command or a topic: plain text to a terminal, Markdown to a pipe.",
};

const EXAMPLES = `Examples:
  ccrun "what does this project do?"
  answer=$(ccrun -q "name the main file")
  git diff | ccrun "review this" --permission-mode plan
  ccrun --json "fix the tests" | jq -r 'select(.type=="tool_use").name'
  ccrun --resume ID "how sure are you?"`;

/** The most used options, which fit on a screen with the rest of `-h`. @default all options */
const SHORT_HELP_OPTIONS: { readonly [C in Command]?: readonly string[] } = {
  run: [
    "prompt",
    "quiet",
    "json",
    "output",
    "resume",
    "continue",
    "cwd",
    "model",
    "permission-mode",
    "allowed-tools",
    "timeout",
  ],
  batch: [
    "prompt",
    "results",
    "jobs",
    "worktrees",
    "dry-run",
    "max-failures",
    "max-total-budget-usd",
    "wait-for-limit",
    "attempts",
    "shard",
    "model",
    "permission-mode",
    "allowed-tools",
    "timeout",
  ],
  serve: [
    "jobs",
    "max-processes",
    "keep-alive",
    "state",
    "cwd",
    "allow-cwd",
    "model",
    "permission-mode",
    "allowed-tools",
    "timeout",
  ],
};

/** The texts below the options. */
const GUIDES: { readonly [C in Command]?: string } = {
  batch: batchGuide,
  replay: replayGuide,
  serve: serveGuide,
  sessions: sessionsGuide,
};

const TOPICS: { readonly [T in HelpTopic]: string } = {
  "ci": ciTopic,
  "security": securityTopic,
  "cleanup": cleanupTopic,
  "exit-codes": exitCodesTopic,
  "environment": environmentTopic,
  "events": eventsTopic,
};

/** Returns the help on a topic: its Markdown, or plain text for a terminal. */
export function topicText(topic: HelpTopic, { markdown }: { markdown: boolean }): string {
  return markdown ? TOPICS[topic] : markdownToText(TOPICS[topic], COLUMNS);
}

/** Returns the help of `-h`: the usage and the most used options, which fit on a screen. */
export function shortHelp(command: Command): string {
  const purpose = COMMAND_PURPOSES[command];
  const lines = [`Usage: ${USAGE[command]}`, `${purpose[0]?.toUpperCase()}${purpose.slice(1)}.`];
  if (command === "run") lines.push("", ...commandLines());
  lines.push("", "Options:");
  for (const spec of shortHelpOptions(command)) {
    lines.push(...optionLines(spec, spec.help, SHORT_HELP_COLUMN));
  }
  const name = command === "run" ? "ccrun" : `ccrun ${command}`;
  lines.push("", `See ${name} --help for all options, ccrun help TOPIC for more.`);
  return `${lines.join("\n")}\n`;
}

function shortHelpOptions(command: Command): readonly OptionSpec[] {
  const specs = optionsOf(command);
  const names = SHORT_HELP_OPTIONS[command];
  return names?.flatMap((name) => specs.filter((spec) => spec.name === name)) ?? specs;
}

/** Returns the help of `--help`: everything about a command. */
export function fullHelp(command: Command): string {
  const lines = [`Usage: ${USAGE[command]}`, "", ...paragraphs(INTRODUCTIONS[command])];
  if (command === "run") lines.push("", ...commandLines());
  if (command === "run" || command === "help") lines.push("", ...topicLines());
  for (const [heading, specs] of Map.groupBy(optionsOf(command), ({ heading }) => heading)) {
    lines.push("", `${heading}:`);
    for (const spec of specs) {
      const text = spec.variable === undefined ? spec.help : `${spec.help} [${spec.variable}]`;
      lines.push(...optionLines(spec, text, HELP_COLUMN));
    }
  }
  const guide = GUIDES[command];
  if (guide !== undefined) lines.push("", ...paragraphs(guide.trimEnd()));
  if (command === "run") lines.push("", ...exitCodeLines(), "", EXAMPLES);
  return `${lines.join("\n")}\n`;
}

/** Returns what `--version` prints. */
export function versionText(): string {
  return `${describeVersion()}\n`;
}

function paragraphs(text: string): string[] {
  return text.split("\n").flatMap((line) =>
    line.startsWith(" ") ? [line] : wrapWords(line, COLUMNS)
  );
}

function commandLines(): string[] {
  const names = Object.entries(COMMAND_PURPOSES);
  return ["Commands:", ...names.map(([name, purpose]) => `  ${name.padEnd(13)}${purpose}`)];
}

function topicLines(): string[] {
  return wrapWords(`Help topics: ${HELP_TOPICS.join(", ")}`, COLUMNS);
}

/** Returns an option with a description, which begins in `column`. */
function optionLines({ short, signature }: OptionSpec, text: string, column: number): string[] {
  const rows = wrapWords(text, COLUMNS - column);
  // The long names form a column.
  const start = `  ${short === undefined ? "    " : ""}${signature}`;
  const indented = rows.map((row) => " ".repeat(column) + row);
  if (start.length + 2 > column) return [start, ...indented];
  return [start.padEnd(column) + rows[0], ...indented.slice(1)];
}

function exitCodeLines(): string[] {
  const width = Math.max(...EXIT_REASONS.map((reason) => reason.length));
  const lines = EXIT_REASONS.map((reason) =>
    `${String(EXIT_CODES[reason]).padStart(5)}  ${reason.padEnd(width)}  ${EXIT_MEANINGS[reason]}`
  );
  return ["Exit codes:", ...lines];
}
