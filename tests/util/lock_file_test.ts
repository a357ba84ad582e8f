import { assertEquals, assertRejects } from "@std/assert";
import { lockFile } from "../../lib/util/lock_file.ts";
import { makeSandbox } from "../support/sandbox.ts";

Deno.test("lockFile locks a file until it is closed, and keeps its content", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/lock`;
  await Deno.writeTextFile(path, "content");
  const lock = await lockFile(path);
  assertEquals(await lockFile(path), undefined);
  lock?.close();
  using again = await lockFile(path);
  assertEquals([again !== undefined, await Deno.readTextFile(path)], [true, "content"]);
});

Deno.test("lockFile creates a private file, and refuses what is not a regular one", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/lock`;
  (await lockFile(path))?.close();
  assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  await Deno.symlink(path, `${sandbox.root}/link`);
  await assertRejects(() => lockFile(`${sandbox.root}/link`), Error, "not a regular file");
  await assertRejects(() => lockFile(sandbox.project), Error, "not a regular file");
  await assertRejects(() => lockFile(`${sandbox.root}/none/lock`), Deno.errors.NotFound);
});
