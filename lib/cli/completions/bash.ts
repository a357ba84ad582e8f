import {
  COMMAND_CONTEXTS,
  type CompletableOption,
  type Completion,
  type CompletionContext,
} from "./spec.ts";
import COMPLETION_FUNCTION from "./complete.bash" with { type: "text" };
import SESSION_FUNCTIONS from "./sessions.bash" with { type: "text" };

/** Other characters have a meaning in a word list of bash. */
const PLAIN_WORD = /^[\w.-]+$/;

function joinWords(list: readonly string[]): string {
  for (const word of list) {
    if (!PLAIN_WORD.test(word)) throw new Error(`cannot complete ${word}: it needs quoting`);
  }
  return list.join(" ");
}

function kindOf(completion: Completion): string {
  return typeof completion === "string" ? completion : `words ${joinWords(completion)}`;
}

/** Returns the branch of `case` for a command, with one for each kind of value that it takes. */
function kindCases({ name, options }: CompletionContext): string {
  const spellings = new Map<string, string[]>();
  for (const option of options) {
    if (option.value === undefined) continue;
    const kind = kindOf(option.value.completion);
    spellings.set(kind, [...spellings.get(kind) ?? [], ...option.spellings]);
  }
  if (spellings.size === 0) return "";
  const cases = [...spellings].map(([kind, names]) =>
    `        ${names.join(" | ")}) kind='${kind}' ;;\n`
  );
  return `    ${name})
      case $2 in
${cases.join("")}      esac
      ;;
`;
}

function optionWords(options: readonly CompletableOption[]): string {
  return joinWords(options.flatMap(({ spellings }) => spellings));
}

/**
 * Returns the script for bash. It also works in version 3.2 of macOS, which has no `compopt` and
 * cannot source `<(...)`.
 */
export function bashCompletions(): string {
  const commands = COMMAND_CONTEXTS.map(({ name }) => name);
  return `# Completes ccrun in bash. Put this into ~/.bashrc: eval "$(ccrun completions bash)"

# Sets kind to the kind of the value that an option of a command takes, or to none.
_ccrun_kind() {
  kind=none
  case $1 in
${COMMAND_CONTEXTS.map(kindCases).join("")}  esac
}

# Sets kind to the kind of a command's argument. Without a command, it is the command.
_ccrun_argument() {
  case $1 in
    '') kind='${kindOf(commands)}' ;;
${
    COMMAND_CONTEXTS.map(({ name, argument }) =>
      `    ${name}) kind='${argument === undefined ? "options" : kindOf(argument.completion)}' ;;`
    ).join("\n")
  }
    *) return 1 ;;
  esac
}

# Sets words to the options of a command.
_ccrun_options() {
  case $1 in
${
    COMMAND_CONTEXTS.map(({ name, options }) => `    ${name}) words='${optionWords(options)}' ;;`)
      .join("\n")
  }
  esac
}

${SESSION_FUNCTIONS}
${COMPLETION_FUNCTION}`;
}
