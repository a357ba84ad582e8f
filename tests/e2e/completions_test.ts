/**
 * Completions in real shells.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { OPTIONS } from "../../lib/cli/options.ts";
import { shellCcrun } from "../support/ccrun.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { assistantLine, userLine, writeSession } from "../support/session_files.ts";
import { type Needs, testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";

/** Completes lines, and returns the words that each shell offers for them. */
type Complete = (lines: readonly string[]) => Promise<readonly (readonly string[])[]>;

/** Two sessions, newest first. */
const SESSIONS = ["aaaa1111-2222-4333-8444-555555555555", "bbbb1111-2222-4333-8444-555555555555"];

/** Creates a sandbox with two sessions, and a directory and a file whose names need quotes. */
async function makeCompletionSandbox(): Promise<Sandbox> {
  const sandbox = await makeSandbox();
  const { home, project } = sandbox;
  await Deno.mkdir(`${project}/my folder`);
  await Deno.writeTextFile(`${project}/my file.txt`, "");
  for (const [at, id] of SESSIONS.entries()) {
    const lines = [userLine(`Fix: [it] ${at} $(touch ran) 'and' "so"`), assistantLine("Done.")];
    const updated = new Date(Date.UTC(2026, 0, 2 - at));
    await writeSession({ home, cwd: project, id, lines, updated });
  }
  return sandbox;
}

/** Returns the spellings of a command's options that start with `beginning`. */
function spellings(command: string, beginning: string): string[] {
  return OPTIONS.filter(({ commands }) => commands.some((name) => name === command))
    .flatMap(({ name, short, isNegatable }) => [
      `--${name}`,
      ...(short === undefined ? [] : [`-${short}`]),
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
  ["ccrun --format ", ["pretty", "text", "json", "raw", "result"]],
  ["ccrun replay -f r", ["raw", "result"]],
  ["ccrun -qf t", ["text"]],
  ["ccrun hello --color a", ["auto", "always"]],
  ["ccrun --permission-mode accept", ["acceptEdits"]],
  ["ccrun --output notes.", ["notes.txt"]],
  ["ccrun --record my\\ fi", ["my\\ file.txt"]],
  ["ccrun -C my", ["my\\ folder"]],
  ["ccrun --model opus -C my", ["my\\ folder"]],
  ["ccrun replay not", ["notes.txt"]],
  ["ccrun completions ", ["bash", "zsh", "fish"]],
  ["ccrun help co", ["completions"]],
  ["ccrun help e", ["exit-codes", "environment", "events"]],
  ["ccrun --resume ", ["last", ...SESSIONS]],
  ["ccrun --resume bb", [SESSIONS[1] ?? ""]],
  // A prompt and other free text are not completed.
  ["ccrun hello not", []],
  ["ccrun --prompt not", []],
  // The arguments after -- go to claude, whose options are completed before it.
  ["ccrun hello -- --fork", []],
  ["ccrun hello -- notes.", ["notes.txt"]],
  ["ccrun replay -- notes.", ["notes.txt"]],
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

/** The key that inserts all offered words, and the key that writes the line to a file. */
const INSERT = "\x1b*";
const SAVE = "\x14";

/** Longer than a shell takes to complete a line. It may start ccrun. */
const COMPLETED_WITHIN_MS = 30_000;

/** Types lines into an interactive shell, and returns the completed lines. */
async function typeInto(
  sandbox: Sandbox,
  script: string,
  lines: readonly string[],
  as: "leader" | "interactive",
): Promise<string[]> {
  const file = `${sandbox.root}/completed`;
  await Deno.writeTextFile(file, "");
  const env = { COMPLETED: file };
  await using terminal = await inTerminal({ sandbox }, script, { as, env, columns: 5_000 });
  const completedLines = async () => (await Deno.readTextFile(file)).split("\n").slice(0, -1);
  if (as === "leader") await terminal.write(`. ${sandbox.root}/setup\n`);
  await terminal.stdoutUntil((text) => text.includes("it-is-ready"));
  for (const [at, line] of lines.entries()) {
    await terminal.write(`${line}${INSERT}${SAVE}`);
    const isCompleted = await waitFor(
      async () => (await completedLines()).length > at,
      COMPLETED_WITHIN_MS,
    );
    assert(isCompleted, `no completion of ${line}; the terminal shows:\n${terminal.stdout()}`);
  }
  await terminal.write("\x15exit\n");
  await terminal.finished;
  return await completedLines();
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
set -u
declare -F _ccrun && echo it-is-''ready`;

testWith(
  TERMINAL,
  "ccrun completions bash completes lines in an interactive bash",
  async () => {
    await using sandbox = await makeCompletionSandbox();
    const script = `set -eu; eval "$(ccrun completions bash)"; set +e\n${SETUP_BASH}`;
    await assertCompletes(async (lines) =>
      inserted(lines, await typeInto(sandbox, script, lines, "interactive"))
    );
    const values = [
      "ccrun --format=r",
      "ccrun --output=my\\ fi",
      "ccrun --cwd=my",
      "ccrun --resume=a",
    ];
    const whole = await typeInto(sandbox, script, values, "interactive");
    assertEquals(whole.map((line) => line.trimEnd()), [
      "ccrun --format=raw result",
      "ccrun --output=my\\ file.txt",
      "ccrun --cwd=my\\ folder",
      `ccrun --resume=${SESSIONS[0]}`,
    ]);
    // COMP_WORDBREAKS without = keeps --option=value in one word.
    const withoutBreak = `COMP_WORDBREAKS=\${COMP_WORDBREAKS//=}\n${script}`;
    const unsplit = await typeInto(sandbox, withoutBreak, values.slice(0, 1), "interactive");
    assertEquals(unsplit.map((line) => line.trimEnd()), ["ccrun --format=raw --format=result"]);
    assert(!(await Deno.stat(`${sandbox.project}/ran`).catch(() => undefined)), "a prompt was run");
  },
);

/** Calls the completion function like bash does, without features after bash 3.2. */
const CALLING_BASH = `set -eu
enable -n compopt mapfile 2>/dev/null || true
eval "$(ccrun completions bash)"
while IFS= read -r line; do
  eval "COMP_WORDS=($line)"
  case $line in *' ') COMP_WORDS+=('') ;; esac
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
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
    const lines = EXPECTED.filter(([, words]) => !words.some((word) => /^(my|notes)/.test(word)));
    const { stdout, stderr, code } = await shellCcrun(CALLING_BASH, {
      sandbox,
      stdin: lines.map(([line]) => `${line}\n`).join(""),
    });
    assertEquals([code, stderr], [0, ""]);
    const replies = stdout.split("\n");
    for (const [at, [line, words]] of lines.entries()) {
      const reply = (replies[at] ?? "").split(" ").filter((word) => word !== "");
      assertEquals(reply.sort(), [...words].sort(), line);
    }
  },
);

const SETUP_ZSH = `autoload -Uz compinit && compinit -D -u
set -eu; source <(ccrun completions zsh); set +eu
unsetopt beep
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
(( \${+functions[_ccrun]} )) && echo it-is-''ready
`;

const ZSH: Needs = { ...TERMINAL, commands: [...TERMINAL.commands ?? [], "zsh"] };

testWith(ZSH, "ccrun completions zsh completes lines in an interactive zsh", async () => {
  await using sandbox = await makeCompletionSandbox();
  await Deno.writeTextFile(`${sandbox.root}/setup`, SETUP_ZSH);
  await assertCompletes(async (lines) =>
    inserted(lines, await typeInto(sandbox, "exec zsh -f -i", lines, "leader"))
  );
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
});
