import {
  COMMAND_CONTEXTS,
  type CompletableOption,
  type CompletableValue,
  type Completion,
} from "./spec.ts";
import SESSION_FUNCTIONS from "./sessions.zsh" with { type: "text" };

/** Quotes a text as one word. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Escapes a text for `_arguments`, where brackets and colons have a meaning. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

function action(completion: Completion): string {
  switch (completion) {
    case "file":
      return "_files";
    case "dir":
    case "workspace":
      return "_files -/";
    case "session":
      return "_ccrun_sessions";
    case "source":
      return "_ccrun_sources";
    case "text":
      return " ";
    default:
      return `(${completion.join(" ")})`;
  }
}

/** Returns the arguments of `_arguments` for an option, one for each spelling. */
function specifications(
  { spellings, value, isRepeatable, help }: CompletableOption,
): string[] {
  const others = isRepeatable ? "*" : spellings.length > 1 ? `(${spellings.join(" ")})` : "";
  return spellings.map((spelling) => {
    const name = value === undefined
      ? spelling
      : `${spelling}${spelling.startsWith("--") ? "=" : "+"}`;
    const argument = value === undefined
      ? ""
      : `:${escaped(value.name)}:${action(value.completion)}`;
    return quoted(`${others}${name}[${escaped(help)}]${argument}`);
  });
}

/** Returns the argument of `_arguments` for the positional arguments. */
function argumentSpecification({ name, completion }: CompletableValue): string {
  // An action that shows a message would keep zsh from inserting an option.
  if (completion === "text") return `*:${escaped(name)}:()`;
  return `1:${escaped(name)}:${action(completion)}`;
}

/** Returns the script for zsh. Source it after `compinit`, or save it as `_ccrun` in `fpath`. */
export function zshCompletions(): string {
  const cases = COMMAND_CONTEXTS.map(({ name, options, argument }) => {
    const lines = options.flatMap(specifications);
    if (argument !== undefined) lines.push(quoted(argumentSpecification(argument)));
    return `    ${name})
      _arguments -s -S \\
        ${lines.join(" \\\n        ")}
      ;;`;
  });
  return `#compdef ccrun
# Completes ccrun in zsh. Put this into ~/.zshrc after compinit: source <(ccrun completions zsh)

_ccrun_commands() {
  local -a commands
  commands=(
    ${COMMAND_CONTEXTS.map(({ name, help }) => quoted(`${name}:${help}`)).join("\n    ")}
  )
  _describe -t commands command commands
}

${SESSION_FUNCTIONS}
_ccrun() {
  local program=$words[1] command=run
  integer at
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _ccrun_commands
    return
  fi
  if [[ $words[2] == (${COMMAND_CONTEXTS.map(({ name }) => name).join("|")}) ]]; then
    command=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  for (( at = 2; at < CURRENT; at++ )); do
    if [[ $words[at] == -- && $words[at-1] != (-p|--prompt) ]]; then
      _files
      return
    fi
  done
  case $command in
${cases.join("\n")}
  esac
}

if [[ \${funcstack[1]-} == _ccrun ]]; then
  _ccrun "$@"
elif (( \${+functions[compdef]} )); then
  compdef _ccrun ccrun
else
  print -u2 'ccrun: run this before the completions: autoload -Uz compinit && compinit'
fi
`;
}
