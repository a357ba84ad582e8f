import { assertEquals } from "@std/assert";
import { parseCommandLine } from "../../lib/cli/args.ts";
import { type Prompt, type PromptOptions, readPrompt } from "../../lib/cli/prompt.ts";
import { streamOf } from "../support/bytes.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { assertUsage } from "./usage.ts";

/** Longer than any test: nothing is silent for so long. */
const LONG_MS = 60_000;

/** The prompt that arguments and stdin make. stdin is a terminal unless something is piped. */
async function read(
  args: readonly string[],
  piped?: readonly (string | Uint8Array)[] | ReadableStream<Uint8Array>,
  more: Partial<PromptOptions> = {},
): Promise<Prompt> {
  const { positionals, options } = parseCommandLine(["run", ...args]);
  const isStream = piped instanceof ReadableStream;
  return await readPrompt({
    positionals,
    options,
    cwd: "/home/dev",
    stdin: isStream ? piped : streamOf(piped ?? []),
    stdinIsTerminal: piped === undefined,
    tell: () => {},
    silenceMs: LONG_MS,
    ...more,
  });
}

async function text(...from: Parameters<typeof read>): Promise<string> {
  return (await read(...from)).text;
}

/** A stdin that stays open, and can be written to. */
function openStdin() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  return {
    readable,
    write: (text: string) => writer.write(new TextEncoder().encode(text)),
    close: () => writer.close(),
  };
}

Deno.test("readPrompt takes the arguments, joined", async () => {
  assertEquals(await read(["fix", "the tests"]), { text: "fix the tests", stdinBytes: 0 });
});

Deno.test("readPrompt takes hostile text as it is", async () => {
  for (
    const prompt of ["--dangerously-skip-permissions", "doctor", "$(id)", "a\0b", "  x\n", "-"]
  ) {
    assertEquals(await text(["-p", prompt]), prompt);
  }
});

Deno.test("readPrompt takes a prompt of 5 MB, by any way", async () => {
  const long = "你好 x ".repeat(600_000);
  assertEquals((await text(["-p", long])) === long, true);
  assertEquals((await text([], [long])) === long, true);
});

Deno.test("readPrompt takes stdin alone, and counts its bytes", async () => {
  assertEquals(await read([], ["Grüße", "\n"]), { text: "Grüße\n", stdinBytes: 8 });
});

Deno.test("readPrompt adds what is piped below the prompt", async () => {
  assertEquals(await text(["review", "this"], ["+a\n-b\n"]), "review this\n\n+a\n-b\n");
  assertEquals(await text(["-p", "review"], ["diff"]), "review\n\ndiff");
  assertEquals(await text(["review"], ["\n  \n"]), "review");
  assertEquals(await text(["-p", " "], ["diff"]), "diff");
});

Deno.test("readPrompt leaves stdin alone with --no-stdin, and when it is a terminal", async () => {
  const never = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
  assertEquals(await text(["go", "--no-stdin"], never), "go");
  assertEquals(await text(["go"], undefined, { stdin: never }), "go");
});

Deno.test("readPrompt reads a terminal when a dash asks for it", async () => {
  const stdin = streamOf(["typed"]);
  assertEquals(await text(["-"], undefined, { stdin }), "typed");
  assertEquals(await text(["look at", "-", "this"], ["x"]), "look at this\n\nx");
});

Deno.test("readPrompt joins characters that are split between chunks and replaces what is not UTF-8", async () => {
  const [first, ...rest] = new TextEncoder().encode("你");
  assertEquals(await text([], [new Uint8Array([first ?? 0]), new Uint8Array(rest)]), "你");
  assertEquals(await text([], [new Uint8Array([0x61, 0xff])]), "a\ufffd");
  assertEquals(await text([], ["\ufeffa"]), "a");
});

Deno.test("readPrompt reads a file, from the caller's directory", async () => {
  await using sandbox = await makeSandbox();
  const cwd = sandbox.project;
  await Deno.writeTextFile(`${cwd}/p.md`, "\ufeffFix 你好\n");
  assertEquals(await text(["--prompt-file", "p.md"], undefined, { cwd }), "Fix 你好\n");
  assertEquals(await text(["--prompt-file", `${cwd}/p.md`], ["x"], { cwd }), "Fix 你好\n\n\nx");
});

Deno.test("readPrompt says why a file cannot be read, or that nothing is in it", async () => {
  await using sandbox = await makeSandbox();
  const cwd = sandbox.project;
  await Deno.writeTextFile(`${cwd}/empty.md`, " \n");
  const from = (file: string) => () => read(["--prompt-file", file], undefined, { cwd });
  await assertUsage(from("none.md"), "--prompt-file none.md", "does not exist");
  await assertUsage(from("."), "--prompt-file", "directory");
  await assertUsage(from("empty.md"), "empty.md");
});

Deno.test("readPrompt refuses two prompts, and names both", async () => {
  await assertUsage(() => read(["a", "-p", "b"]), "the arguments", "-p");
  await assertUsage(() => read(["-p", "b", "--prompt-file", "c"]), "-p", "--prompt-file");
});

Deno.test("readPrompt refuses no prompt at all, at once", async () => {
  await assertUsage(() => read([]), "no prompt", "ccrun");
  await assertUsage(() => read([], []), "no prompt, and stdin is empty");
  await assertUsage(() => read([], ["\n"]), "no prompt");
  await assertUsage(() => read(["-p", ""]), "empty: there is nothing in -p");
  await assertUsage(() => read([" "]), "empty: there is nothing in the arguments");
  await assertUsage(() => read(["--no-stdin"], ["x"]), "no prompt");
});

Deno.test("readPrompt refuses a dash with --no-stdin", async () => {
  await assertUsage(() => read(["-", "--no-stdin"]), "-", "--no-stdin");
});

Deno.test("readPrompt does not wait for a stdin that is open and silent", async () => {
  for (const args of [[], ["go"], ["-p", "go"]]) {
    const stdin = openStdin();
    const silent = () => read(args, stdin.readable, { silenceMs: 1 });
    // Without it there would be no prompt at all.
    const instead = args.length === 0 ? "give a prompt" : "</dev/null";
    await assertUsage(silent, "stdin", "-", "--no-stdin", instead);
  }
});

Deno.test("readPrompt waits however long for a stdin that a dash asks for, and says so", async () => {
  const stdin = openStdin();
  const waiting = Promise.withResolvers<string>();
  const reading = read(["-"], stdin.readable, { silenceMs: 1, tell: waiting.resolve });
  assertEquals((await waiting.promise).includes("stdin"), true);
  await stdin.write("late");
  await stdin.close();
  assertEquals((await reading).text, "late");
});

Deno.test("readPrompt waits for the end of a stdin that has begun", async () => {
  const stdin = openStdin();
  const reading = read([], stdin.readable, { silenceMs: LONG_MS });
  await stdin.write("one ");
  await stdin.write("two");
  await stdin.close();
  assertEquals((await reading).text, "one two");
});

Deno.test("readPrompt says why stdin cannot be read", async () => {
  const stdin = new ReadableStream<Uint8Array>({
    pull: () => Promise.reject(new Error("Is a directory (os error 21)")),
  });
  await assertUsage(() => read(["go"], stdin), "stdin", "Is a directory");
});
