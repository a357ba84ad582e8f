import { assertEquals, assertRejects } from "@std/assert";
import { appendToFile } from "../../lib/util/append_file.ts";
import { makeSandbox } from "../support/sandbox.ts";

Deno.test("appendToFile creates a file and appends to it", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/file`;
  await appendToFile(path, "one\n");
  await appendToFile(path, "你好\n");
  assertEquals(await Deno.readTextFile(path), "one\n你好\n");
});

Deno.test("appendToFile rejects if the directory does not exist", async () => {
  await using sandbox = await makeSandbox();
  await assertRejects(() => appendToFile(`${sandbox.root}/none/file`, "x"), Deno.errors.NotFound);
});
