import { assertEquals, assertRejects } from "@std/assert";
import { AppendFile } from "../../lib/util/append_file.ts";
import { makeSandbox } from "../support/sandbox.ts";

Deno.test("AppendFile creates a file and appends to it", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/file`;
  const file = await AppendFile.find(path);
  assertEquals(await file.size(), 0);
  await file.append("one\n");
  await file.append("你好\n");
  assertEquals(await Deno.readTextFile(path), "one\n你好\n");
  assertEquals([await file.size(), (await Deno.stat(path)).mode! & 0o777], [11, 0o600]);
});

Deno.test("AppendFile follows a link that was there when it was created", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/file`;
  await Deno.writeTextFile(path, "one\n");
  await Deno.symlink(path, `${sandbox.root}/link`);
  const file = await AppendFile.find(`${sandbox.root}/link`);
  await file.append("two\n");
  assertEquals(await Deno.readTextFile(path), "one\ntwo\n");
});

Deno.test("AppendFile does not write to a file that replaced the one it found", async () => {
  await using sandbox = await makeSandbox();
  const [path, other] = [`${sandbox.root}/file`, `${sandbox.root}/other`];
  for (const isThere of [true, false]) {
    for (const replace of [Deno.symlink, Deno.link]) {
      await Deno.remove(path).catch(() => {});
      await Deno.writeTextFile(other, "precious");
      if (isThere) await Deno.writeTextFile(path, "");
      const file = await AppendFile.find(path);
      await Deno.remove(path).catch(() => {});
      await replace(other, path);
      await assertRejects(() => file.append("text"), Error);
      assertEquals(await Deno.readTextFile(other), "precious");
      assertEquals(await Deno.readTextFile(path), "precious");
    }
  }
});

Deno.test("AppendFile rejects what is not a regular file", async () => {
  await using sandbox = await makeSandbox();
  await assertRejects(() => AppendFile.find(sandbox.root), Error, "not a regular file");
  await assertRejects(() => AppendFile.find("/dev/null"), Error, "not a regular file");
});

Deno.test("AppendFile rejects if the directory does not exist", async () => {
  await using sandbox = await makeSandbox();
  const file = await AppendFile.find(`${sandbox.root}/none/file`);
  await assertRejects(() => file.append("x"), Deno.errors.NotFound);
});
