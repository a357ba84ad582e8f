import { assertEquals, assertRejects } from "@std/assert";
import { readEntries } from "../../../lib/claude/sessions/read_entries.ts";

const MIB = 1024 * 1024;

/** Returns the numbers of the entries in a file with this content. */
async function numbersIn(content: string | Uint8Array): Promise<unknown[]> {
  const path = await Deno.makeTempFile({ prefix: "ccrun-test-" });
  try {
    if (typeof content === "string") await Deno.writeTextFile(path, content);
    else await Deno.writeFile(path, content);
    const entries = await Array.fromAsync(readEntries(path, { pattern: /"n"/ }));
    return entries.map((entry) => entry["n"]);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("readEntries reads the lines that match, and skips those that are no JSON", async () => {
  const rows: [content: string, expected: number[]][] = [
    ["", []],
    ['{"n":1}\n{"n":2}\n', [1, 2]],
    ['{"n":1}\r\n\r\n{"n":2}', [1, 2]],
    ['{"n":1}\n{"n":2,"cut', [1]],
    ['{"n":1}\n{"m":2}\n["n"]\nnull\n"n"\n{"n":3}\n', [1, 3]],
    ['\ufeff{"n":1}\n\0\0\0\n{"n":2}\n', [1, 2]],
  ];
  for (const [content, expected] of rows) {
    assertEquals(await numbersIn(content), expected, JSON.stringify(content));
  }
});

Deno.test("readEntries reads long lines that match at the start or at the end", async () => {
  const filler = "é".repeat(100_000);
  const lines = [
    `{"n":1,"x":"${filler}"}`,
    `{"x":"${filler}","n":2}`,
    `{"x":"${filler}","n":3,"y":"${filler}"}`,
    '{"n":4}',
  ];
  assertEquals(await numbersIn(lines.join("\n")), [1, 2, 4]);
});

Deno.test("readEntries skips lines that are too long", async () => {
  const long = `{"n":2,"x":"${"x".repeat(17 * MIB)}"}`;
  assertEquals(await numbersIn(`{"n":1}\n${long}\n{"n":3}\n`), [1, 3]);
  assertEquals(await numbersIn(`{"n":1}\n${long}`), [1]);
});

Deno.test("readEntries reads lines of every length around the size of a chunk", async () => {
  const text = Array.from({ length: 400 }, (_, index) => {
    return `{"n":${index},"x":"${"x".repeat((index * 7919) % 3000)}"}\n`;
  }).join("");
  assertEquals(await numbersIn(text), Array.from({ length: 400 }, (_, index) => index));
});

Deno.test("readEntries rejects what is no regular file, and stops when it is aborted", async () => {
  const read = (path: string, signal?: AbortSignal) =>
    Array.fromAsync(readEntries(path, { pattern: /./, signal }));
  await assertRejects(() => read("/dev/zero"), Error, "not a regular file");
  await assertRejects(() => read("/none/session.jsonl"), Deno.errors.NotFound);
  const path = new URL(import.meta.url).pathname;
  await assertRejects(() => read(path, AbortSignal.abort(new Error("stop"))), Error, "stop");
});
