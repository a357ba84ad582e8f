import { COMPLETABLE, type CompletableOption, type Completion } from "./spec.ts";

/** A text as one word. */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** What `complete` is told of a value. */
function valueWords(completion: Completion): string[] {
  switch (completion) {
    case "file":
      return ["-r", "-F"];
    case "dir":
      return ["-x", "-a", quoted("(__fish_complete_directories)")];
    case "session":
      return ["-x", "-a", quoted("(__ccrun_sessions)")];
    case "text":
      return ["-x"];
    default:
      return ["-x", "-a", quoted(completion.join(" "))];
  }
}

function spellingWords(spelling: string): string[] {
  return spelling.startsWith("--") ? ["-l", spelling.slice(2)] : ["-s", spelling.slice(1)];
}

/** The lines of all options: one for those of several commands that are the same. */
function optionLines(): string[] {
  const commands = new Map<string, string[]>();
  for (const { name, options } of COMPLETABLE) {
    if (name === "rest") continue;
    for (const option of options) {
      const words = optionWords(option);
      commands.set(words, [...commands.get(words) ?? [], name]);
    }
  }
  return [...commands].map(([words, names]) =>
    `complete -c ccrun -n ${quoted(`__ccrun_in ${names.join(" ")}`)} ${words}`
  );
}

function optionWords({ offered, value, help }: CompletableOption): string {
  return [
    ...offered.flatMap(spellingWords),
    ...(value === undefined ? [] : valueWords(value.completion)),
    "-d",
    quoted(help),
  ].join(" ");
}

/** The lines of all arguments. What follows `--` is no option for fish either, but a word like others. */
function argumentLines(): string[] {
  return COMPLETABLE.flatMap(({ name, argument, options }) => {
    const of = `complete -c ccrun -n ${quoted(`__ccrun_in ${name}`)}`;
    const lines: string[] = [];
    if (name === "rest") {
      for (const { offered, help } of options) {
        for (const spelling of offered) lines.push(`${of} -a ${spelling} -d ${quoted(help)}`);
      }
    }
    const [, ...words] = argument === undefined ? [] : valueWords(argument.completion);
    return words.length === 0 ? lines : [...lines, `${of} ${words.join(" ")}`];
  });
}

/** The script for fish 3. */
export function fishCompletions(): string {
  const commands = COMPLETABLE.filter(({ name }) => name !== "rest");
  return `# Makes fish complete ccrun's command line:
# ccrun completions fish >~/.config/fish/completions/ccrun.fish

# Whether what is typed belongs to one of these commands, or to the rest behind --.
function __ccrun_in
    set -l words (commandline -opc)
    set -e words[1]
    set -l command run
    if contains -- "$words[1]" ${commands.map(({ name }) => name).join(" ")}
        set command $words[1]
    end
    set -l previous ''
    for word in $words
        if test "$word" = -- && not contains -- "$previous" -p --prompt
            set command rest
            break
        end
        set previous $word
    end
    contains -- $command $argv
end

function __ccrun_first
    test (count (commandline -opc)) -eq 1
end

function __ccrun_sessions
    set -l words (commandline -opc)
    printf 'last\\tthe newest session of the workspace\\n'
    # Behind the id: when, turns, and what it is about.
    $words[1] sessions 2>/dev/null </dev/null | string replace -r ' +' \\t
end

complete -c ccrun -f
${
    commands.map(({ name, help }) =>
      `complete -c ccrun -n __ccrun_first -a ${quoted(name)} -d ${quoted(help)}`
    ).join("\n")
  }
${[...argumentLines(), ...optionLines()].join("\n")}
`;
}
