import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseCommandLine } from "../../lib/cli/args.ts";
import { readPrompt } from "../../lib/cli/prompt.ts";
import type { StdinOptions } from "../../lib/cli/stdin.ts";
import { streamOf } from "../support/bytes.ts";
import { makeHost } from "./hosts.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { assertUsage } from "./usage.ts";

type Stdin = readonly (string | Uint8Array)[] | ReadableStream<Uint8Array>;

/** Longer than any test. */
const LONG_MS = 60_000;

/** Reads the prompt of arguments and stdin. Without `stdin`, stdin is a terminal. */
async function read(
  args: readonly string[],
  stdin?: Stdin,
  { cwd, isDevice, ...more }: Partial<StdinOptions> & { cwd?: string; isDevice?: boolean } = {},
): Promise<string> {
  return await readPrompt({
    commandLine: parseCommandLine(["run", ...args]),
    host: makeHost({
      ...(cwd && { cwd }),
      stdinIsDevice: isDevice ?? stdin === undefined,
      terminals: stdin === undefined ? ["stdin"] : [],
    }),
    stdin: stdin instanceof ReadableStream ? stdin : streamOf(stdin ?? []),
    notify: () => {},
    silenceMs: LONG_MS,
    ...more,
  });
}

/** A stdin that stays open until it is closed. */
function openStdin() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  return {
    readable,
    write: (text: string) => writer.write(new TextEncoder().encode(text)),
    close: () => writer.close(),
  };
}

Deno.test("readPrompt combines the prompt and stdin", async () => {
  const [first, ...rest] = new TextEncoder().encode("你");
  const long = "你好 x ".repeat(600_000);
  const cases: [args: string[], stdin: Stdin | undefined, text: string][] = [
    [["fix", "the tests"], undefined, "fix the tests"],
    [["review", "this"], ["+a\n-b\n"], "review this\n\n+a\n-b\n"],
    [["-p", "review"], ["diff"], "review\n\ndiff"],
    [["review"], ["\n  \n"], "review"],
    [["-p", " "], ["diff"], "diff"],
    [["look at", "-", "this"], ["x"], "look at this\n\nx"],
    [[], ["Grüße", "\n"], "Grüße\n"],
    // encodings
    [[], [new Uint8Array([first ?? 0]), new Uint8Array(rest)], "你"],
    [[], [new Uint8Array([0x61, 0xff])], "a\ufffd"],
    [[], ["\ufeffa"], "a"],
    // long and hostile text
    [["-p", long], undefined, long],
    [[], [long], long],
    ...["--dangerously-skip-permissions", "doctor", "$(id)", "a\0b", "  x\n", "-"].map(
      (text): [string[], undefined, string] => [["-p", text], undefined, text],
    ),
  ];
  for (const [args, stdin, text] of cases) assertEquals(await read(args, stdin), text);
});

Deno.test("readPrompt reports a stdin that becomes context, or that has none", async () => {
  const size = "use - to expect it, or --no-stdin to skip it";
  const empty = "warning: stdin is empty; the prompt is sent without context";
  const cases: [args: string[], stdin: Stdin | undefined, ...messages: string[]][] = [
    [["go"], ["one\ntwo\n"], `8 B read from stdin as context; ${size}`],
    [["-p", "go"], ["x".repeat(1500)], `1.5 kB read from stdin as context; ${size}`],
    [["go", "--require-stdin"], ["x"], `1 B read from stdin as context; ${size}`],
    [["go", "-"], ["x"]],
    [["-"], ["x"]],
    [[], ["x"]],
    [["-p", " "], ["x"]],
    [["go", "--no-stdin"], ["x"]],
    [["go"], undefined],
    [["go"], [], empty],
    [["go"], ["\n \n"], empty],
    [["go", "-"], [], empty],
  ];
  for (const [args, stdin, ...expected] of cases) {
    const messages: string[] = [];
    await read(args, stdin, { notify: (message) => messages.push(message) });
    assertEquals(messages, expected, args.join(" "));
  }
});

Deno.test("readPrompt does not report an empty device such as /dev/null", async () => {
  const messages: string[] = [];
  const notify = (message: string) => messages.push(message);
  await read(["go"], [], { isDevice: true, notify });
  assertEquals(messages, []);
});

Deno.test("readPrompt rejects an empty or missing stdin with --require-stdin", async () => {
  const required = ["go", "--require-stdin"];
  await assertUsage(() => read(required, []), "stdin is empty", "--require-stdin");
  await assertUsage(() => read(required, ["\n"]), "stdin is empty", "--require-stdin");
  await assertUsage(() => read(required, [], { isDevice: true }), "stdin is empty");
  await assertUsage(() => read(required, undefined), "stdin is a terminal", "--require-stdin");
  await assertUsage(
    () => read([...required, "--no-stdin"], ["x"]),
    "--require-stdin",
    "--no-stdin",
  );
  assertEquals(await read(required, ["x"]), "go\n\nx");
});

Deno.test("readPrompt does not read stdin if it is a terminal, or with --no-stdin", async () => {
  const never = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
  assertEquals(await read(["go", "--no-stdin"], never), "go");
  assertEquals(await read(["go"], undefined, { stdin: never }), "go");
});

Deno.test("readPrompt reads a terminal for -", async () => {
  assertEquals(await read(["-"], undefined, { stdin: streamOf(["typed"]) }), "typed");
});

Deno.test("readPrompt reads a file relative to the current directory", async () => {
  await using sandbox = await makeSandbox();
  const cwd = sandbox.project;
  await Deno.writeTextFile(`${cwd}/p.md`, "\ufeffFix 你好\n");
  await Deno.writeTextFile(`${cwd}/empty.md`, " \n");
  const from = (file: string, stdin?: Stdin) => read(["--prompt-file", file], stdin, { cwd });
  assertEquals(await from("p.md"), "Fix 你好\n");
  assertEquals(await from(`${cwd}/p.md`, ["x"]), "Fix 你好\n\n\nx");
  await assertUsage(() => from("none.md"), "--prompt-file none.md", "does not exist");
  await assertUsage(() => from("."), "--prompt-file", "directory");
  await assertUsage(() => from("empty.md"), "empty.md", "empty");
});

Deno.test("readPrompt rejects a missing, empty, or second prompt", async () => {
  const cases: [args: string[], stdin: Stdin | undefined, ...words: string[]][] = [
    [[], undefined, "no prompt", "ccrun"],
    [[], [], "no prompt, and stdin is empty"],
    [[], ["\n"], "no prompt"],
    [["-p", ""], undefined, "from -p is empty"],
    [[" "], undefined, "from the arguments is empty"],
    [["--no-stdin"], ["x"], "no prompt"],
    [["a", "-p", "b"], undefined, "the arguments", "-p"],
    [["-p", "b", "--prompt-file", "c"], undefined, "-p", "--prompt-file"],
    [["-", "--no-stdin"], undefined, "-", "--no-stdin"],
    [["--", "--betas", "x"], undefined, "before the --"],
  ];
  for (const [args, stdin, ...words] of cases) {
    await assertUsage(() => read(args, stdin), ...words);
  }
});

Deno.test("readPrompt rejects a stdin that stays open without data", async () => {
  for (const args of [[], ["go"], ["-p", "go"]]) {
    const { readable } = openStdin();
    await assertUsage(
      () => read(args, readable, { silenceMs: 1 }),
      ...["stdin", "-", "--no-stdin", "</dev/null"],
    );
  }
});

Deno.test("readPrompt waits for stdin without a limit for -", async () => {
  const stdin = openStdin();
  const waiting = Promise.withResolvers<string>();
  const reading = read(["-"], stdin.readable, { silenceMs: 1, notify: waiting.resolve });
  assertStringIncludes(await waiting.promise, "stdin");
  await stdin.write("late");
  await stdin.close();
  assertEquals(await reading, "late");
});

Deno.test("readPrompt reads a stdin with data to its end", async () => {
  const stdin = openStdin();
  const reading = read([], stdin.readable);
  await stdin.write("one ");
  await stdin.write("two");
  await stdin.close();
  assertEquals(await reading, "one two");
});

Deno.test("readPrompt reports why stdin cannot be read", async () => {
  const stdin = new ReadableStream<Uint8Array>({
    pull: () => Promise.reject(new Error("Is a directory (os error 21)")),
  });
  await assertUsage(() => read(["go"], stdin), "stdin", "Is a directory");
});

Deno.test("readPrompt skips a stdin that is not open for reading, except for -", async () => {
  const broken = () =>
    new ReadableStream<Uint8Array>({
      pull: () => Promise.reject(Object.assign(new Error("Bad file"), { code: "EBADF" })),
    });
  const messages: string[] = [];
  const notify = (message: string) => messages.push(message);
  assertEquals(await read(["go"], broken(), { notify }), "go");
  assertEquals(messages, []);
  await assertUsage(() => read(["go", "--require-stdin"], broken()), "stdin is empty");
  await assertUsage(() => read(["go", "-"], broken()), "stdin", "Bad file");
});
