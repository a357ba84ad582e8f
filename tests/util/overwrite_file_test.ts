import { assertEquals, assertThrows } from "@std/assert";
import { openInPlace, overwriteFile } from "../../lib/util/overwrite_file.ts";
import { OTHER_USER, TWO_USERS } from "../support/other_user.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

Deno.test("overwriteFile replaces the content of a file, which keeps its mode", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/file`;
  await Deno.writeTextFile(path, "old", { mode: 0o640 });
  for (const text of ["longer than before", "short", ""]) {
    await overwriteFile(path, new TextEncoder().encode(text));
    assertEquals(await Deno.readTextFile(path), text);
  }
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o640);
});

Deno.test("openInPlace rejects a link, a hard link and what is no file", async () => {
  await using sandbox = await makeSandbox();
  const { root } = sandbox;
  await Deno.writeTextFile(`${root}/file`, "precious");
  await Deno.symlink("file", `${root}/link`);
  assertThrows(() => openInPlace(`${root}/link`), Error, "not a regular file");
  assertThrows(() => openInPlace("/dev/null"), Error, "not a regular file");
  await Deno.link(`${root}/file`, `${root}/hard`);
  assertThrows(() => openInPlace(`${root}/hard`), Error, "hard link");
  assertEquals(await Deno.readTextFile(`${root}/file`), "precious");
});

testWith(TWO_USERS, "openInPlace rejects a file of another user", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/file`;
  await Deno.writeTextFile(path, "");
  await Deno.chown(path, OTHER_USER, OTHER_USER);
  assertThrows(() => openInPlace(path), Error, "another user");
});
