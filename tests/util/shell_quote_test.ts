import { assertEquals } from "@std/assert";
import { shellQuote, shellQuotePath } from "../../lib/util/shell_quote.ts";

const WORDS = [
  "plain",
  "a b",
  "it's",
  "",
  "$HOME",
  "`id`",
  '"',
  "\\",
  "\\'; echo no; '",
  "a\\",
  "*",
  "~",
  "!",
  "=ls",
  "#",
  "{a,b}",
  "%self",
  "a'b'c",
  "日本 é",
];

/** Words with characters that a terminal obeys or does not show. */
const HIDDEN_WORDS = [
  "a\nb",
  "tab\there",
  "it's\x1b]0;title\x07",
  "\\'\n; echo no; '",
  "\x7f\x9b",
  "right\u202eleft\u2066",
  "zero\u200bwidth\u00ad\ufeff\u{e0041}",
  "no\u00a0break\u2028",
];

/** Returns the words that a shell reads, or undefined if it reads none. */
async function readBy(shell: string, quoted: readonly string[]): Promise<string[] | undefined> {
  try {
    const { stdout } = await new Deno.Command(shell, {
      args: ["-c", `printf '%s\\0' ${quoted.join(" ")}`],
      clearEnv: true,
      env: { HOME: "/nowhere" },
      stderr: "null",
    }).output();
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(stdout).split("\0").slice(0, -1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

Deno.test("shellQuote quotes a word so that each shell reads it unchanged", async () => {
  assertEquals(await readBy("/bin/sh", WORDS.map(shellQuote)), WORDS);
  for (const shell of ["bash", "dash", "zsh", "fish"]) {
    const read = await readBy(shell, WORDS.map(shellQuote));
    if (read !== undefined) assertEquals(read, WORDS, shell);
  }
});

Deno.test("shellQuote shows hidden characters, and bash and zsh read them unchanged", async () => {
  for (const word of HIDDEN_WORDS) {
    assertEquals(/^\$'[!-~ \p{L}]*'$/u.test(shellQuote(word)), true, shellQuote(word));
  }
  for (const shell of ["bash", "zsh"]) {
    const read = await readBy(shell, HIDDEN_WORDS.map(shellQuote));
    if (read !== undefined) assertEquals(read, HIDDEN_WORDS, shell);
  }
});

Deno.test("shellQuote keeps a word with hidden characters one word, even if a shell cannot read it", async () => {
  for (const shell of ["dash", "fish"]) {
    for (const word of HIDDEN_WORDS) {
      const read = await readBy(shell, [shellQuote(word)]);
      assertEquals((read ?? []).length <= 1, true, `${shell}: ${read}`);
    }
  }
});

Deno.test("shellQuote adds no quotes that are not needed", () => {
  for (const word of ["Edit", "/a/b.c", "--x=y", "a@b:c,d+e%f"]) {
    assertEquals(shellQuote(word), word);
  }
});

Deno.test("shellQuotePath keeps a path from being read as an option", () => {
  assertEquals(shellQuotePath("-rf"), "./-rf");
  assertEquals(shellQuotePath("-a b"), "'./-a b'");
  assertEquals(shellQuotePath("a/-b"), "a/-b");
});
