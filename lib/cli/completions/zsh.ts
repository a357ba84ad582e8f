import { COMPLETABLE, type CompletableOption, type Completion } from "./spec.ts";

/** A text as one word. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text in a specification of `_arguments`, where brackets and colons mean something. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}

function action(completion: Completion): string {
  switch (completion) {
    case "file":
      return "_files";
    case "dir":
      return "_files -/";
    case "session":
      return "_ccrun_sessions";
    case "text":
      return " ";
    default:
      return `(${completion.join(" ")})`;
  }
}

/** What `_arguments` is told of an option: one word for each spelling. */
function specifications({ offered, value, isList, help }: CompletableOption): string[] {
  const others = isList ? "*" : offered.length > 1 ? `(${offered.join(" ")})` : "";
  return offered.map((spelling) => {
    const name = value === undefined
      ? spelling
      : `${spelling}${spelling.startsWith("--") ? "=" : "+"}`;
    const argument = value === undefined
      ? ""
      : `:${escaped(value.name)}:${action(value.completion)}`;
    return quoted(`${others}${name}[${escaped(help)}]${argument}`);
  });
}

/** The script for zsh: to be sourced after `compinit`, or put as `_ccrun` into a folder of `fpath`. */
export function zshCompletions(): string {
  const commands = COMPLETABLE.filter(({ name }) => name !== "rest");
  const cases = COMPLETABLE.map(({ name, options, argument }) => {
    const lines = options.flatMap(specifications);
    if (argument !== undefined) {
      const many = argument.completion === "text" ? "*" : "1";
      lines.push(quoted(`${many}:${escaped(argument.name)}:${action(argument.completion)}`));
    }
    return `    ${name})
      _arguments -s -S \\
        ${lines.join(" \\\n        ")}
      ;;`;
  });
  return `#compdef ccrun
# Makes zsh complete ccrun's command line. In ~/.zshrc, after compinit: source <(ccrun completions zsh)

_ccrun_commands() {
  local -a commands
  commands=(
    ${commands.map(({ name, help }) => quoted(`${name}:${help}`)).join("\n    ")}
  )
  _describe -t commands command commands
}

_ccrun_sessions() {
  local -a sessions
  sessions=(\${(f)"$(\${~program} sessions 2>/dev/null </dev/null)"})
  # Behind the id: when, turns, and what it is about.
  sessions=('last:the newest session of the workspace' \${sessions/ ##/:})
  _describe -V -t sessions session sessions
}

_ccrun() {
  local program=$words[1] command=run
  integer at
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _ccrun_commands
    return
  fi
  if [[ $words[2] == (${commands.map(({ name }) => name).join("|")}) ]]; then
    command=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  for (( at = 2; at < CURRENT; at++ )); do
    if [[ $words[at] == -- && $words[at-1] != (-p|--prompt) ]]; then
      command=rest
      shift $(( at - 1 )) words
      (( CURRENT -= at - 1 ))
      break
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
  print -u2 'ccrun: completions need this before them: autoload -Uz compinit && compinit'
fi
`;
}
