import { COMMAND_CONTEXTS, type CompletableOption, type Completion } from "./spec.ts";
import SESSION_FUNCTIONS from "./sessions.fish" with { type: "text" };

/** Quotes a text as one word. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** Returns the arguments of `complete` for a value. */
function valueWords(completion: Completion): string[] {
  switch (completion) {
    case "file":
      return ["-r", "-F"];
    case "dir":
    case "workspace":
      return ["-x", "-a", quoted("(__fish_complete_directories)")];
    case "session":
      return ["-x", "-k", "-a", quoted("(__ccrun_sessions)")];
    case "source":
      return ["-r", "-F", "-k", "-a", quoted("(__ccrun_sessions)")];
    case "text":
      return ["-x"];
    default:
      return ["-x", "-a", quoted(completion.join(" "))];
  }
}

function spellingWords(spelling: string): string[] {
  return spelling.startsWith("--") ? ["-l", spelling.slice(2)] : ["-s", spelling.slice(1)];
}

/** Returns a line for each option, which names all commands that have it. */
function optionLines(): string[] {
  const commands = new Map<string, string[]>();
  for (const { name, options } of COMMAND_CONTEXTS) {
    for (const option of options) {
      const words = optionWords(option);
      commands.set(words, [...commands.get(words) ?? [], name]);
    }
  }
  return [...commands].map(([words, names]) =>
    `complete -c ccrun -n ${quoted(`__ccrun_in ${names.join(" ")}`)} ${words}`
  );
}

function optionWords({ spellings, value, help }: CompletableOption): string {
  return [
    ...spellings.flatMap(spellingWords),
    ...(value === undefined ? [] : valueWords(value.completion)),
    "-d",
    quoted(help),
  ].join(" ");
}

function argumentLines(): string[] {
  return COMMAND_CONTEXTS.flatMap(({ name, argument }) => {
    const [, ...words] = argument === undefined ? [] : valueWords(argument.completion);
    if (words.length === 0) return [];
    return [`complete -c ccrun -n ${quoted(`__ccrun_in ${name}`)} ${words.join(" ")}`];
  });
}

/** Returns the script for fish 3. */
export function fishCompletions(): string {
  return `# Completes ccrun in fish. Install it with:
# ccrun completions fish >~/.config/fish/completions/ccrun.fish

# Returns whether the current argument belongs to one of these commands, or to passthrough after --.
function __ccrun_in
    set -l words (commandline -opc)
    set -e words[1]
    set -l command run
    if contains -- "$words[1]" ${COMMAND_CONTEXTS.map(({ name }) => name).join(" ")}
        set command $words[1]
    end
    set -l previous ''
    for word in $words
        if test "$word" = -- && not contains -- "$previous" -p --prompt
            set command passthrough
            break
        end
        set previous $word
    end
    contains -- $command $argv
end

function __ccrun_first
    test (count (commandline -opc)) -eq 1
end

${SESSION_FUNCTIONS}
complete -c ccrun -f
complete -c ccrun -n '__ccrun_in passthrough' -F
${
    COMMAND_CONTEXTS.map(({ name, help }) =>
      `complete -c ccrun -n __ccrun_first -a ${quoted(name)} -d ${quoted(help)}`
    ).join("\n")
  }
${[...argumentLines(), ...optionLines()].join("\n")}
`;
}
