/**
 * Completions in the real shells: what each of them makes of a line that somebody types.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CLAUDE_OPTIONS, COMMANDS, OPTIONS } from "../../lib/cli/options.ts";
import { shellCcrun } from "../support/ccrun.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { assistantLine, userLine, writeSession } from "../support/session_files.ts";
import { type Needs, testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { inTerminal, TERMINAL } from "./in_terminal.ts";

/** Completes lines and gives for each what could follow. */
type Complete = (lines: readonly string[]) => Promise<readonly (readonly string[])[]>;

/** Two sessions, as they are offered: the newest first. */
const SESSIONS = ["aaaa1111-2222-4333-8444-555555555555", "bbbb1111-2222-4333-8444-555555555555"];

/** A sandbox with two sessions, and a folder and a file whose names are to be quoted. */
async function makePlace(): Promise<Sandbox> {
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

/** The spellings of a command's options: all that begin so. */
function spellings(command: string, beginning: string): string[] {
  return OPTIONS.filter(({ commands }) => commands.some((name) => name === command))
    .flatMap(({ name, short, isNegatable }) => [
      `--${name}`,
      ...(short === undefined ? [] : [`-${short}`]),
      ...(isNegatable ? [`--no-${name}`] : []),
    ]).filter((spelling) => spelling.startsWith(beginning)).sort();
}

/** What every shell must make of these lines. */
const EXPECTED: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["ccrun ", COMMANDS],
  ["ccrun re", ["replay"]],
  ["ccrun --", spellings("run", "--")],
  ["ccrun run --", spellings("run", "--")],
  ["ccrun replay --", spellings("replay", "--")],
  ["ccrun doctor --", spellings("doctor", "--")],
  ["ccrun sessions --", spellings("sessions", "--")],
  ["ccrun --json schem", []],
  ["ccrun replay --mod", []],
  ["ccrun --no-prog", ["--no-progress"]],
  ["ccrun --format ", ["pretty", "text", "json", "raw", "result"]],
  ["ccrun replay -f r", ["raw", "result"]],
  ["ccrun -qf t", ["text"]],
  ["ccrun hello --color a", ["auto", "always"]],
  ["ccrun --permission-mode accept", ["acceptEdits"]],
  ["ccrun --output notes.", ["notes.txt"]],
  ["ccrun --mcp-config notes.", ["notes.txt"]],
  ["ccrun --record my\\ fi", ["my\\ file.txt"]],
  ["ccrun -C my", ["my\\ folder"]],
  ["ccrun --model opus -C my", ["my\\ folder"]],
  ["ccrun replay not", ["notes.txt"]],
  ["ccrun completions ", ["bash", "zsh", "fish"]],
  ["ccrun help co", ["completions"]],
  ["ccrun --resume ", ["last", ...SESSIONS]],
  ["ccrun --resume bb", [SESSIONS[1] ?? ""]],
  // No prompt, nor any other free text, is completed.
  ["ccrun hello not", []],
  ["ccrun run not", []],
  ["ccrun --prompt not", []],
  ["ccrun --timeout not", []],
  // What follows -- is claude's.
  ["ccrun hello -- --fo", ["--fork-session"]],
  ["ccrun hello -- --rec", []],
  ["ccrun hello -- --", [...CLAUDE_OPTIONS].map((n) => `--${n === "fork" ? "fork-session" : n}`)],
];

/** What zsh cannot be told: a prompt may look like an option. */
const ODD: typeof EXPECTED = [["ccrun -p --format --col", ["--color"]]];

/** Completes all lines, and compares without regard to order. */
async function assertCompletes(complete: Complete, expected = EXPECTED): Promise<void> {
  const lines = expected.map(([line]) => line);
  const completed = await complete(lines);
  for (const [at, [line, words]] of expected.entries()) {
    const offered = (completed[at] ?? []).map((word) => word.replace(/\/$/, "")); // of a folder
    assertEquals(offered.sort(), [...words].sort(), line);
  }
}

/** Words as a shell reads them, which keeps their quotes. */
function wordsOf(line: string): string[] {
  return line.match(/(?:\\.|\S)+/g) ?? [];
}

/** A key that has all possible words put into the line, and one that has the line written to a file. */
const INSERT = "\x1b*";
const TELL = "\x14";

/** How long a shell may take to complete a line: it may have to start ccrun. */
const COMPLETED_WITHIN_MS = 30_000;

/** Types lines into an interactive shell, and gives what it makes of each. */
async function typeInto(
  sandbox: Sandbox,
  script: string,
  lines: readonly string[],
  as: "leader" | "interactive",
): Promise<string[]> {
  const told = `${sandbox.root}/told`;
  await Deno.writeTextFile(told, "");
  const env = { TOLD: told };
  await using terminal = await inTerminal({ sandbox }, script, { as, env, columns: 5_000 });
  const tellings = async () => (await Deno.readTextFile(told)).split("\n").slice(0, -1);
  if (as === "leader") await terminal.write(`. ${sandbox.root}/setup\n`);
  await terminal.stdoutUntil((text) => text.includes("it-is-ready"));
  for (const [at, line] of lines.entries()) {
    await terminal.write(`${line}${INSERT}${TELL}`);
    const isTold = await waitFor(
      async () => (await tellings()).length > at,
      COMPLETED_WITHIN_MS,
    );
    assert(isTold, `no completion of ${line}; the terminal shows:\n${terminal.stdout()}`);
  }
  await terminal.write("\x15exit\n");
  await terminal.finished;
  return await tellings();
}

/** The words that were put in place of the last one of each line. */
function inserted(lines: readonly string[], results: readonly string[]): string[][] {
  return lines.map((line, at) => {
    const whole = results[at] ?? "";
    const last = /(?:\\.|[^\s\\])*$/.exec(line)?.[0] ?? "";
    const kept = line.slice(0, line.length - last.length);
    assert(whole.startsWith(kept), `${JSON.stringify(line)} became ${JSON.stringify(whole)}`);
    const words = wordsOf(whole.slice(kept.length));
    // Where nothing is offered, the word stays.
    return words.length === 1 && words[0] === last && last !== "" ? [] : words;
  });
}

const TELLING_BASH = `PS1='> '
bind '"\\e*": insert-completions'
bind -x '"\\C-t": printf "%s\\n" "$READLINE_LINE" >>"$TOLD"; READLINE_LINE='
bind 'set bell-style none'
set -u
declare -F _ccrun && echo it-is-''ready`;

testWith(
  TERMINAL,
  "ccrun completions bash completes what is typed into an interactive bash",
  async () => {
    await using sandbox = await makePlace();
    const script = `set -eu; eval "$(ccrun completions bash)"; set +e\n${TELLING_BASH}`;
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
    // Where = does not part words.
    const unparted = `COMP_WORDBREAKS=\${COMP_WORDBREAKS//=}\n${script}`;
    const other = await typeInto(sandbox, unparted, values.slice(0, 1), "interactive");
    assertEquals(other.map((line) => line.trimEnd()), ["ccrun --format=raw --format=result"]);
    assert(!(await Deno.stat(`${sandbox.project}/ran`).catch(() => undefined)), "a prompt was run");
  },
);

/** Calls the function as bash does, with no more than bash 3.2 has. */
const CALLING_BASH = `set -eu
enable -n compopt mapfile 2>/dev/null || true # in those that have them
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
  "the completions for bash need nothing that bash 3.2 has not",
  async () => {
    await using sandbox = await makePlace();
    // Files are bash's own affair.
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

const TELLING_ZSH = `autoload -Uz compinit && compinit -D -u
set -eu; source <(ccrun completions zsh); set +eu
unsetopt beep
PS1='> '
# As bash's insert-completions, also where there is only one.
_every() { comppostfuncs+=(_every_end); return 1; }
_every_end() { compstate[insert]=all; }
zstyle ':completion:every:*' completer _every _complete
zle -C every complete-word _generic
bindkey '^[*' every
tell() { print -r -- "$BUFFER" >>$TOLD; BUFFER=; }
zle -N tell
bindkey '^T' tell
(( \${+functions[_ccrun]} )) && echo it-is-''ready
`;

const ZSH: Needs = { ...TERMINAL, commands: [...TERMINAL.commands ?? [], "zsh"] };

testWith(ZSH, "ccrun completions zsh completes what is typed into an interactive zsh", async () => {
  await using sandbox = await makePlace();
  await Deno.writeTextFile(`${sandbox.root}/setup`, TELLING_ZSH);
  await assertCompletes(async (lines) =>
    inserted(lines, await typeInto(sandbox, "exec zsh -f -i", lines, "leader"))
  );
});

testWith({ commands: ["zsh"] }, "the completions for zsh say what they miss", async () => {
  await using sandbox = await makeSandbox();
  const script = "zsh -f -c 'set -eu; source <(ccrun completions zsh); echo on'";
  const { stdout, stderr } = await shellCcrun(script, { sandbox });
  assertEquals(stdout, "on\n");
  assertStringIncludes(stderr, "compinit");
});

testWith({ commands: ["fish"] }, "ccrun completions fish completes in a real fish", async () => {
  await using sandbox = await makePlace();
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
  }, [...EXPECTED, ...ODD]);
});
