import { assertEquals } from "@std/assert";
import { shellQuote } from "../../lib/util/shell_quote.ts";

Deno.test("shellQuote quotes a word so that a shell reads it unchanged", async () => {
  const words = [
    "plain",
    "a b",
    "it's",
    "",
    "$HOME",
    "`id`",
    "a\nb",
    '"',
    "\\",
    "*",
    "~",
    "!",
    "a'b'c",
  ];
  const { stdout } = await new Deno.Command("/bin/sh", {
    args: ["-c", `printf '%s\\0' ${words.map(shellQuote).join(" ")}`],
    clearEnv: true,
    env: { HOME: "/nowhere" },
  }).output();
  assertEquals(new TextDecoder().decode(stdout).split("\0").slice(0, -1), words);
});

Deno.test("shellQuote adds no quotes that are not needed", () => {
  for (const word of ["Edit", "/a/b.c", "--x=y", "a@b:c,d+e%f"]) {
    assertEquals(shellQuote(word), word);
  }
});
