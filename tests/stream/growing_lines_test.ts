import { assertEquals } from "@std/assert";
import { GrowingFile } from "../../lib/stream/growing_file.ts";
import { GrowingLines } from "../../lib/stream/growing_lines.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { piecesOf } from "../support/bytes.ts";

Deno.test("GrowingLines yields the same lines however the file grows", async () => {
  const bytes = new TextEncoder().encode("plain\n\nCRLF\r\nGrüße 你好 👩‍👩‍👧\nlast");
  for (const length of [1, 2, 3, 7, bytes.length]) {
    using directory = makeTempFolder();
    const path = `${directory.path}/a`;
    Deno.writeTextFileSync(path, "");
    using lines = new GrowingLines(await GrowingFile.open(path));
    const read: string[] = [];
    for (const piece of piecesOf(bytes, length)) {
      Deno.writeFileSync(path, piece, { append: true });
      for await (const line of lines.read()) read.push(line);
    }
    assertEquals(read, ["plain", "", "CRLF", "Grüße 你好 👩‍👩‍👧"], `pieces of ${length}`);
    assertEquals([lines.end(), lines.end()], ["last", undefined]);
  }
});

Deno.test("GrowingLines ends an unfinished line when the file is replaced", async () => {
  using directory = makeTempFolder();
  const path = `${directory.path}/a`;
  Deno.writeTextFileSync(path, "one\ntw");
  using lines = new GrowingLines(await GrowingFile.open(path));
  assertEquals(await Array.fromAsync(lines.read()), ["one"]);
  Deno.renameSync(path, `${directory.path}/b`);
  Deno.writeTextFileSync(path, "new\n");
  assertEquals(await Array.fromAsync(lines.read()), ["tw", "new"]);
});

Deno.test("GrowingLines truncates long lines, also across chunks", async () => {
  using directory = makeTempFolder();
  const path = `${directory.path}/a`;
  Deno.writeTextFileSync(path, `12345\n123456\n${"x".repeat(200_000)}\n1234`);
  using lines = new GrowingLines(await GrowingFile.open(path), 5);
  assertEquals(await Array.fromAsync(lines.read()), ["12345", "12345\0", "xxxxx\0"]);
  Deno.writeTextFileSync(path, "56\nok\n", { append: true });
  assertEquals(await Array.fromAsync(lines.read()), ["12345\0", "ok"]);
});
