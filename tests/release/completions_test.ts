/**
 * Completions in real shells.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { OPTIONS, withDashes } from "../../lib/cli/options.ts";
import { shellCcrun } from "../support/ccrun.ts";
import { writeExecutable } from "../support/executable.ts";
import { exists } from "../../lib/util/exists.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { assistantLine, userLine, writeSession } from "../support/session_files.ts";
import { type Needs, testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { inTerminal, TERMINAL } from "../e2e/in_terminal.ts";

/** Completes lines, and returns the words that each shell offers for them. */
type Complete = (lines: readonly string[]) => Promise<readonly (readonly string[])[]>;

const REST_OF_ID = "1111-2222-4333-8444-555555555555";
const HOSTILE = `aaaa${REST_OF_ID}`;
const SAME = `bbbb${REST_OF_ID}`;
const OTHER_SAME = `bbcc${REST_OF_ID}`;
const FOREIGN = `cccc${REST_OF_ID}`;
/** The session in another directory. */
const ELSEWHERE = `dddd${REST_OF_ID}`;

/** The titles of the sessions in the project, newest first. */
const TITLES: { readonly [id: string]: string } = {
  [HOSTILE]:
    "Fix: [it] $(touch ran) `touch ran` 'and' \"so\" \\ *?{a,b} #!x ;&|<> ~ %F{red} $HOME <(touch ran)",
  [SAME]: "Rename the parser",
  [OTHER_SAME]: "Rename the parser",
  [FOREIGN]: `-dash naïve 日本語 👩‍👩‍👧\n${"long ".repeat(99)}`,
};

const SESSIONS = Object.keys(TITLES);

/**
 * Runs ccrun, and repeats its output when it is called with the same arguments, because every start
 * takes time.
 */
const REPEATING_CCRUN = `#!/bin/sh
output=$0.$(printf '%s ' "$PWD" "$@" | tr -c 'A-Za-z0-9.' _)
[ -f "$output" ] || "\${0%/*}/../bin/ccrun" "$@" >"$output"
exec cat "$output"
`;

/** Creates a sandbox with sessions, and a directory and a file whose names need quotes. */
async function makeCompletionSandbox(): Promise<Sandbox> {
  const sandbox = await makeSandbox();
  const { root, home, project } = sandbox;
  await Deno.mkdir(`${project}/my folder`);
  for (const name of ["my file.txt", "rename it.jsonl"]) {
    await Deno.writeTextFile(`${project}/${name}`, "");
  }
  for (const [at, [id, title]] of Object.entries(TITLES).entries()) {
    const lines = [userLine(title), assistantLine("Done.")];
    await writeSession({
      home,
      cwd: project,
      id,
      lines,
      updated: new Date(Date.UTC(2026, 0, 9 - at)),
    });
  }
  const lines = [userLine("Other workspace"), assistantLine("Done.")];
  await writeSession({ home, cwd: `${project}/my folder`, id: ELSEWHERE, lines });
  await Deno.mkdir(`${root}/repeating`);
  await writeExecutable(`${root}/repeating/ccrun`, REPEATING_CCRUN);
  return {
    ...sandbox,
    env: (url) => {
      const env = sandbox.env(url);
      return { ...env, PATH: `${root}/repeating:${env["PATH"]}` };
    },
  };
}

/** Asserts that no shell ran the commands in a title or on a line. */
async function assertNothingRan({ project }: Sandbox): Promise<void> {
  assert(!await exists(`${project}/ran`), "completing a line ran a command");
}

/** Returns the spellings of a command's options that start with `beginning`. */
function spellings(command: string, beginning: string): string[] {
  return OPTIONS.filter(({ commands }) => commands.some((name) => name === command))
    .flatMap(({ name, short = [], aliases = [], isNegatable }) => [
      ...[name, short, aliases].flat().map(withDashes),
      ...(isNegatable ? [`--no-${name}`] : []),
    ]).filter((spelling) => spelling.startsWith(beginning)).sort();
}

/** Lines, and the words that every shell must offer for them. */
const EXPECTED: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["ccrun ", COMMANDS],
  ["ccrun re", ["replay"]],
  ["ccrun --", spellings("run", "--")],
  ["ccrun run --", spellings("run", "--")],
  ["ccrun replay --", spellings("replay", "--")],
  ["ccrun doctor --", spellings("doctor", "--")],
  ["ccrun --json schem", []],
  ["ccrun replay --mod", []],
  ["ccrun --no-prog", ["--no-progress"]],
  ["ccrun --allowed", ["--allowed-tools", "--allowedTools"]],
  ["ccrun --format ", ["pretty", "text", "json", "raw", "result"]],
  ["ccrun replay -f ", ["pretty", "text", "json", "raw", "result", "html", "markdown"]],
  ["ccrun replay -f r", ["raw", "result"]],
  ["ccrun sessions --by ", ["day", "model", "workspace"]],
  ["ccrun -qf t", ["text"]],
  ["ccrun hello --color a", ["auto", "always"]],
  ["ccrun --permission-mode accept", ["acceptEdits"]],
  ["ccrun --model s", ["sonnet"]],
  ["ccrun --setting-sources p", ["project"]],
  ["ccrun --output notes.", ["notes.txt"]],
  ["ccrun --record my\\ fi", ["my\\ file.txt"]],
  ["ccrun -C my", ["my\\ folder"]],
  ["ccrun --model opus -C my", ["my\\ folder"]],
  // A source is a file or a session. Files are preferred to sessions whose title has the text inside.
  ["ccrun replay not", ["notes.txt"]],
  ["ccrun replay my\\ fi", ["my\\ file.txt"]],
  ["ccrun replay my", ["my\\ file.txt", "my\\ folder"]],
  ["ccrun replay bb", [SAME, OTHER_SAME]],
  ["ccrun replay --follow RAN", [HOSTILE]],
  ["ccrun replay l", ["last"]],
  ["ccrun replay -C my\\ folder oth", [ELSEWHERE]],
  ["ccrun replay $(touch\\ ran)qqq", []],
  ["ccrun completions ", ["bash", "zsh", "fish"]],
  ["ccrun help co", ["completions"]],
  ["ccrun help e", ["exit-codes", "environment", "events"]],
  ["ccrun --resume ", ["last", ...SESSIONS]],
  ["ccrun --resume bbbb", [SAME]],
  ["ccrun -r bb", [SAME, OTHER_SAME]],
  // The start of a title, or any part.
  ["ccrun --resume rename\\ the", [SAME, OTHER_SAME]],
  ["ccrun --resume RAN", [HOSTILE]],
  ["ccrun --resume ve\\ 日本", [FOREIGN]],
  ["ccrun --resume zzz", []],
  ["ccrun -C my\\ folder --resume ", ["last", ELSEWHERE]],
  ["ccrun -qC my\\ folder --resume other", [ELSEWHERE]],
  ["ccrun --cwd=my\\ folder --resume other", [ELSEWHERE]],
  ["ccrun --cwd ~/../project/my\\ folder --resume other", [ELSEWHERE]],
  ["ccrun -C$HOME/../project/my\\ folder --resume other", [ELSEWHERE]],
  ["ccrun -C $(touch\\ ran) --resume ", ["last"]],
  ["../bin/ccrun --resume Fix", [HOSTILE]],
  // A prompt and other free text are not completed.
  ["ccrun hello not", []],
  ["ccrun --prompt not", []],
  // The arguments after -- go to claude, whose options are completed before it.
  ["ccrun hello -- --fork", []],
  ["ccrun hello -- notes.", ["notes.txt"]],
  ["ccrun replay -- notes.", ["notes.txt"]],
];

/** Only zsh leaves out an option that was given already. */
const ONLY_ZSH: typeof EXPECTED = [["ccrun --format text --form", []]];

/** fish offers only the files if there are any that start with the word. */
const EXCEPT_FISH: typeof EXPECTED = [
  ["ccrun replay rename", ["rename\\ it.jsonl", SAME, OTHER_SAME]],
];

/** zsh does not support a prompt that looks like an option. */
const EXCEPT_ZSH: typeof EXPECTED = [["ccrun -p --format --col", ["--color"]]];

/** Asserts the words that are offered for each line, in any order. */
async function assertCompletes(complete: Complete, expected = EXPECTED): Promise<void> {
  const lines = expected.map(([line]) => line);
  const completed = await complete(lines);
  for (const [at, [line, words]] of expected.entries()) {
    const offered = (completed[at] ?? []).map((word) => word.replace(/\/$/, ""));
    assertEquals(offered.sort(), [...words].sort(), line);
  }
}

/** Splits a line into words, with their quotes. */
function wordsOf(line: string): string[] {
  return line.match(/(?:\\.|\S)+/g) ?? [];
}

/** What Tab makes of lines in each shell. */
const TABBED: readonly (readonly [line: string, completed: string])[] = [
  ["ccrun --allowedT", "ccrun --allowedTools"],
  ["ccrun --resume aaa", `ccrun --resume ${HOSTILE}`],
  ["ccrun --resume Fix", `ccrun --resume ${HOSTILE}`],
  ["ccrun replay my\\ fi", "ccrun replay my\\ file.txt"],
  ["ccrun replay Fix", `ccrun replay ${HOSTILE}`],
  ["ccrun --resume touch\\ ran", `ccrun --resume ${HOSTILE}`],
  ["ccrun --resume 'Fix: [it", `ccrun --resume ${HOSTILE}`],
  // Without sessions, and without ccrun, no error is shown.
  ["ccrun -C /none --resume ", "ccrun -C /none --resume last"],
  ["/none/ccrun --resume l", "/none/ccrun --resume last"],
];

/**
 * Types lines and Tab into a shell, and asserts what becomes of them.
 *
 * @param ambiguous what becomes of a title that two sessions have, which the shell lists
 */
async function assertTabCompletes(
  sandbox: Sandbox,
  shell: TypingOptions,
  ambiguous = "rename",
): Promise<void> {
  const rows = [...TABBED, ["ccrun --resume rename", `ccrun --resume ${ambiguous}`]];
  const { lines, screen } = await typeInto(sandbox, rows.map(([line]) => `${line}\t`), shell);
  const completed = lines.map((line) => line.replace(/[ =]$/, "").replaceAll(/['"]/g, ""));
  assertEquals(completed, rows.map(([, expected]) => expected));
  assertStringIncludes(screen, "Rename the parser (2026-01-0");
  await assertNothingRan(sandbox);
}

/** The key that inserts all offered words, and the key that writes the line to a file. */
const INSERT = "\x1b*";
const SAVE = "\x14";

/** Longer than a shell takes to complete a line. It may start ccrun. */
const COMPLETED_WITHIN_MS = 30_000;

/** Starts an interactive shell. */
interface TypingOptions {
  readonly script: string;
  readonly as: "leader" | "interactive";
}

/** Types lines with the keys that complete them into a shell, and returns the completed lines. */
async function typeInto(
  sandbox: Sandbox,
  lines: readonly string[],
  { script, as }: TypingOptions,
): Promise<{ lines: string[]; screen: string }> {
  const file = `${sandbox.root}/completed`;
  await Deno.writeTextFile(file, "");
  const env = { COMPLETED: file };
  await using terminal = await inTerminal({ sandbox }, script, { as, env, columns: 5_000 });
  const completedLines = async () => (await Deno.readTextFile(file)).split("\n").slice(0, -1);
  if (as === "leader") await terminal.write(`. ${sandbox.root}/setup\n`);
  await terminal.stdoutUntil((text) => text.includes("it-is-ready"));
  for (const [at, line] of lines.entries()) {
    await terminal.write(`${line}${SAVE}`);
    const isCompleted = await waitFor(
      async () => (await completedLines()).length > at,
      COMPLETED_WITHIN_MS,
    );
    assert(isCompleted, `no completion of ${line}; the terminal shows:\n${terminal.stdout()}`);
  }
  await terminal.write("\x15exit\n");
  await terminal.finished;
  const screen = terminal.stdout();
  assert(!/cannot|none\/ccrun:|Unknown/.test(screen), `an error is shown:\n${screen}`);
  return { lines: await completedLines(), screen };
}

/** Returns the words that replaced the last word of each line. */
function inserted(lines: readonly string[], results: readonly string[]): string[][] {
  return lines.map((line, at) => {
    const whole = results[at] ?? "";
    const last = /(?:\\.|[^\s\\])*$/.exec(line)?.[0] ?? "";
    const kept = line.slice(0, line.length - last.length);
    assert(whole.startsWith(kept), `${JSON.stringify(line)} became ${JSON.stringify(whole)}`);
    const words = wordsOf(whole.slice(kept.length));
    // Without an offer, the word does not change.
    return words.length === 1 && words[0] === last && last !== "" ? [] : words;
  });
}

const SETUP_BASH = `PS1='> '
bind '"\\e*": insert-completions'
bind -x '"\\C-t": printf "%s\\n" "$READLINE_LINE" >>"$COMPLETED"; READLINE_LINE='
bind 'set bell-style none'
bind 'set show-all-if-ambiguous on'
set -u
declare -F _ccrun && echo it-is-''ready`;

/** Returns an interactive bash that loads the completions with a command. */
function interactiveBash(load: string): TypingOptions {
  return { script: `set -eu; ${load}; set +e\n${SETUP_BASH}`, as: "interactive" };
}

const EVAL_BASH = 'eval "$(ccrun completions bash)"';

testWith(
  TERMINAL,
  "ccrun completions bash completes lines in an interactive bash",
  async () => {
    await using sandbox = await makeCompletionSandbox();
    const bash = interactiveBash(EVAL_BASH);
    const values = [
      ["ccrun --format=r", "ccrun --format=raw result"],
      ["ccrun --output=my\\ fi", "ccrun --output=my\\ file.txt"],
      ["ccrun --cwd=my", "ccrun --cwd=my\\ folder"],
      ["ccrun --resume=Fix", `ccrun --resume=${HOSTILE}`],
    ] as const;
    const expected = [...EXPECTED, ...EXCEPT_FISH];
    const lines = [...expected, ...values].map(([line]) => line);
    const typed = await typeInto(sandbox, lines.map((line) => line + INSERT), bash);
    await assertCompletes((lines) => Promise.resolve(inserted(lines, typed.lines)), expected);
    assertEquals(
      typed.lines.slice(expected.length).map((line) => line.trimEnd()),
      values.map(([, expected]) => expected),
    );
    await assertNothingRan(sandbox);
  },
);

testWith(
  TERMINAL,
  "ccrun completions bash completes titles with Tab, from a file that bash reads",
  async () => {
    await using sandbox = await makeCompletionSandbox();
    const load = "ccrun completions bash >ccrun.bash; . ./ccrun.bash; rm ccrun.bash";
    await assertTabCompletes(sandbox, interactiveBash(load));
    // COMP_WORDBREAKS without = keeps --option=value in one word.
    const unsplit = interactiveBash(`COMP_WORDBREAKS=\${COMP_WORDBREAKS//=}\n${EVAL_BASH}`);
    const typed = [`ccrun --format=r${INSERT}`, `ccrun --cwd=my\\ folder --resume=oth\t`];
    const { lines } = await typeInto(sandbox, typed, unsplit);
    assertEquals(lines.map((line) => line.trimEnd()), [
      "ccrun --format=raw --format=result",
      `ccrun --cwd=my\\ folder --resume=${ELSEWHERE}`,
    ]);
  },
);

/** Calls the completion function like bash does, without features after bash 3.2. */
const CALLING_BASH = `set -eu
enable -n compopt mapfile 2>/dev/null || true
eval "$(ccrun completions bash)"
while IFS= read -r line; do
  # Without -r, a backslash quotes a blank.
  read -a COMP_WORDS <<<"$line"
  case $line in *' ') COMP_WORDS+=('') ;; esac
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  # insert-completions
  COMP_TYPE=42
  COMPREPLY=()
  _ccrun
  echo "\${COMPREPLY[*]:-}"
done`;

testWith(
  { commands: ["bash"] },
  "ccrun completions bash works with the features of bash 3.2",
  async () => {
    await using sandbox = await makeCompletionSandbox();
    // bash completes files itself.
    const lines = [...EXPECTED, ...EXCEPT_FISH]
      .filter(([, words]) => !words.some((word) => /^(my|notes)/.test(word)));
    const { stdout, stderr, code } = await shellCcrun(CALLING_BASH, {
      sandbox,
      stdin: lines.map(([line]) => `${line}\n`).join(""),
    });
    assertEquals([code, stderr], [0, ""]);
    const replies = stdout.split("\n");
    for (const [at, [line, words]] of lines.entries()) {
      const reply = wordsOf(replies[at] ?? "");
      assertEquals(reply.sort(), [...words].sort(), line);
    }
  },
);

testWith(
  { commands: ["bash", "shellcheck"] },
  "shellcheck accepts the script of ccrun completions bash",
  async () => {
    await using sandbox = await makeSandbox();
    const { stdout } = await shellCcrun("ccrun completions bash | shellcheck -s bash -", {
      sandbox,
    });
    assertEquals(stdout, "");
  },
);

const SETUP_ZSH = `unsetopt beep
PS1='> '
# Like insert-completions of bash, even for a single word.
_every() { comppostfuncs+=(_every_end); return 1; }
_every_end() { compstate[insert]=all; }
zstyle ':completion:every:*' completer _every _complete
zle -C every complete-word _generic
bindkey '^[*' every
save_line() { print -r -- "$BUFFER" >>$COMPLETED; BUFFER=; }
zle -N save_line
bindkey '^T' save_line
(( \${+functions[_ccrun]} + \${+_comps[ccrun]} )) && echo it-is-''ready
`;

const ZSH: Needs = { ...TERMINAL, commands: [...TERMINAL.commands ?? [], "zsh"] };

/** Returns an interactive zsh that loads the completions with commands. */
async function interactiveZsh({ root }: Sandbox, load: string): Promise<TypingOptions> {
  await Deno.writeTextFile(`${root}/setup`, `${load}\n${SETUP_ZSH}`);
  return { script: "exec zsh -f -i", as: "leader" };
}

testWith(ZSH, "ccrun completions zsh completes lines in an interactive zsh", async () => {
  await using sandbox = await makeCompletionSandbox();
  const zsh = await interactiveZsh(
    sandbox,
    `autoload -Uz compinit && compinit -D -u
    set -eu; source <(ccrun completions zsh); set +eu`,
  );
  await assertCompletes(async (lines) => {
    const typed = await typeInto(sandbox, lines.map((line) => line + INSERT), zsh);
    return inserted(lines, typed.lines);
  }, [...EXPECTED, ...EXCEPT_FISH, ...ONLY_ZSH]);
  await assertNothingRan(sandbox);
});

testWith(ZSH, "ccrun completions zsh completes titles with Tab, from a file in fpath", async () => {
  await using sandbox = await makeCompletionSandbox();
  const zsh = await interactiveZsh(
    sandbox,
    `mkdir ~/functions && ccrun completions zsh >~/functions/_ccrun && fpath+=(~/functions)
    autoload -Uz compinit && compinit -D -u`,
  );
  // zsh starts a menu with the newest one.
  await assertTabCompletes(sandbox, zsh, SAME);
});

testWith(
  { commands: ["zsh"] },
  "ccrun completions zsh prints what to run first without compinit",
  async () => {
    await using sandbox = await makeSandbox();
    const script = "zsh -f -c 'set -eu; source <(ccrun completions zsh); echo on'";
    const { stdout, stderr } = await shellCcrun(script, { sandbox });
    assertEquals(stdout, "on\n");
    assertStringIncludes(stderr, "compinit");
  },
);

testWith({ commands: ["fish"] }, "ccrun completions fish completes lines in fish", async () => {
  await using sandbox = await makeCompletionSandbox();
  await assertCompletes(async (lines) => {
    const script = `ccrun completions fish >ccrun.fish
      fish --no-config -c 'source ccrun.fish; rm ccrun.fish
        while read -l line; complete -C $line; echo ==; end'`;
    const { stdout, stderr, code } = await shellCcrun(script, {
      sandbox,
      stdin: lines.map((line) => `${line}\n`).join(""),
    });
    assertEquals([code, stderr], [0, ""]);
    return stdout.split("==\n").map((reply) =>
      reply.split("\n").map((line) => line.split("\t")[0] ?? "").filter((word) => word !== "")
        .map((word) => word.replaceAll(" ", "\\ "))
    );
  }, [...EXPECTED, ...EXCEPT_ZSH]);
  await assertNothingRan(sandbox);
});

const SETUP_FISH = `function save_line
  commandline >>$COMPLETED
  commandline ''
end
bind \\ct save_line
bind \\cu "commandline ''"
functions -q fish_prompt; and echo it-is-''ready
`;

const FISH: Needs = { ...TERMINAL, commands: [...TERMINAL.commands ?? [], "fish"] };

testWith(FISH, "ccrun completions fish completes titles with Tab, from its directory", async () => {
  await using sandbox = await makeCompletionSandbox();
  await Deno.writeTextFile(`${sandbox.root}/setup`, SETUP_FISH);
  const script = `mkdir -p ~/.config/fish/completions
    ccrun completions fish >~/.config/fish/completions/ccrun.fish; exec fish -i`;
  await assertTabCompletes(sandbox, { script, as: "leader" });
});
