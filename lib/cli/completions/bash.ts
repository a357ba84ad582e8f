import { COMMAND_CONTEXTS, type CompletableOption, type Completion } from "./spec.ts";

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

/** Returns a branch of `case` for each kind of value, with the options that take it. */
function kindCases(): string[] {
  const spellings = new Map<string, Set<string>>();
  for (const option of COMMAND_CONTEXTS.flatMap(({ options }) => options)) {
    if (option.value === undefined) continue;
    const kind = kindOf(option.value.completion);
    const known = spellings.get(kind) ?? new Set();
    for (const spelling of option.acceptedSpellings) known.add(spelling);
    spellings.set(kind, known);
  }
  return [...spellings].map(([kind, names]) => `    ${[...names].join(" | ")}) kind='${kind}' ;;`);
}

function suggestedWords(options: readonly CompletableOption[]): string {
  return joinWords(options.flatMap((option) => option.suggestedSpellings));
}

/**
 * Returns the script for bash. It also works in version 3.2 of macOS, which has no `compopt` and
 * cannot source `<(...)`. bash completes files and directories itself, because it quotes them.
 */
export function bashCompletions(): string {
  const names = COMMAND_CONTEXTS.map(({ name }) => name);
  return `# Completes ccrun in bash. Put this into ~/.bashrc: eval "$(ccrun completions bash)"

# Sets kind to the kind of an option's value, or to none.
_ccrun_kind() {
  case $1 in
${kindCases().join("\n")}
    *) kind=none ;;
  esac
}

# Sets kind to the kind of a command's argument.
_ccrun_argument() {
  case $1 in
${
    COMMAND_CONTEXTS.map(({ name, argument }) =>
      `    ${name}) kind='${argument === undefined ? "options" : kindOf(argument.completion)}' ;;`
    ).join("\n")
  }
  esac
}

# Sets words to the options of a command.
_ccrun_options() {
  case $1 in
${
    COMMAND_CONTEXTS.map(({ name, options }) =>
      `    ${name}) words='${suggestedWords(options)}' ;;`
    ).join("\n")
  }
  esac
}

_ccrun() {
  local IFS=$' \\t\\n'
  local current=\${COMP_WORDS[COMP_CWORD]:-} command=run at=1
  local kind=none pending=none words='' prefix='' word letters
  COMPREPLY=()
  if [ "$COMP_CWORD" -gt 1 ]; then
    case \${COMP_WORDS[1]} in
      ${names.join(" | ")})
        command=\${COMP_WORDS[1]}
        at=2
        ;;
    esac
  fi
  # Read the words before the current one. pending is the kind of the value that follows.
  while [ "$at" -lt "$COMP_CWORD" ]; do
    word=\${COMP_WORDS[at]}
    at=$((at + 1))
    if [ "$pending" != none ]; then
      # bash splits --option=value into three words.
      if [ "$word" != '=' ]; then pending=none; fi
      continue
    fi
    case $word in
      --) return 0 ;;
      --*=*) ;;
      -[!-]?*)
        letters=\${word#-}
        while [ -n "$letters" ]; do
          _ccrun_kind "-\${letters:0:1}"
          letters=\${letters:1}
          if [ "$kind" != none ]; then
            if [ -z "$letters" ]; then pending=$kind; fi
            break
          fi
        done
        ;;
      *)
        _ccrun_kind "$word"
        pending=$kind
        ;;
    esac
  done
  if [ "$pending" != none ]; then
    if [ "$current" = '=' ]; then current=''; fi
    kind=$pending
  else
    case $current in
      --*=*)
        prefix=\${current%%=*}=
        _ccrun_kind "\${current%%=*}"
        current=\${current#*=}
        ;;
      -*) kind=options ;;
      *)
        _ccrun_argument "$command"
        if [ "$COMP_CWORD" -eq 1 ]; then kind='words ${joinWords(names)}'; fi
        ;;
    esac
  fi
  case $kind in
    words*) words=\${kind#words } ;;
    options) _ccrun_options "$command" ;;
    session)
      words=$("\${COMP_WORDS[0]}" sessions 2>/dev/null </dev/null | cut -d ' ' -f 1 || true)
      words="last $words"
      ;;
    file | dir)
      if [ -n "$prefix" ]; then
        local type=-f
        if [ "$kind" = dir ]; then type=-d; fi
        IFS=$'\\n'
        COMPREPLY=($(compgen -P "$prefix" "$type" -- "$current" || true))
      fi
      ;;
  esac
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -P "$prefix" -W "$words" -- "$current" || true))
  fi
  # Without this, bash offers files when there are no words.
  case $kind in
    file) ;;
    dir) compopt +o default -o dirnames 2>/dev/null || true ;;
    *) compopt +o default 2>/dev/null || true ;;
  esac
  return 0
}

complete -o default -F _ccrun ccrun
`;
}
