import { assert, assertEquals, assertThrows } from "@std/assert";
import { createNewFile } from "../../lib/util/new_file.ts";
import { runExitHandlers } from "../../lib/util/exit_handlers.ts";
import { makeSandbox } from "../support/sandbox.ts";

function names(directory: string): string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
}

Deno.test("createNewFile has its mode from the start, and its final name only when it is published", async () => {
  await using sandbox = await makeSandbox();
  const directory = `${sandbox.root}/new`;
  await Deno.mkdir(directory);
  await Deno.writeTextFile(`${directory}/file`, "old");
  for (const mode of [undefined, 0o640]) {
    using created = createNewFile(`${directory}/file`, mode);
    assertEquals((created.file.statSync().mode ?? 0) & 0o777, mode ?? 0o600);
    assertEquals(names(directory).length, 2);
    created.file.writeSync(new TextEncoder().encode("new"));
    created.publish().close();
    assertEquals(names(directory), ["file"]);
    assertEquals(await Deno.readTextFile(`${directory}/file`), "new");
  }
});

Deno.test("createNewFile leaves nothing if it is not published, or the program exits", async () => {
  await using sandbox = await makeSandbox();
  const directory = `${sandbox.root}/new`;
  await Deno.mkdir(directory);
  {
    using _created = createNewFile(`${directory}/file`);
  }
  assertEquals(names(directory), []);
  using _created = createNewFile(`${directory}/file`);
  assertEquals(names(directory).length, 1);
  runExitHandlers();
  assertEquals(names(directory), []);
});

Deno.test("createNewFile does not follow a directory that became a link", async () => {
  await using sandbox = await makeSandbox();
  const { root } = sandbox;
  await Deno.mkdir(`${root}/new`);
  await Deno.mkdir(`${root}/other`);
  using created = createNewFile(`${root}/new/file`);
  await Deno.rename(`${root}/new`, `${root}/moved`);
  await Deno.symlink("other", `${root}/new`);
  assertThrows(() => created.publish(), Error, "replaced by a link");
  assertThrows(() => createNewFile(`${root}/new/file`), Error, "replaced by a link");
  assertEquals(names(`${root}/other`), []);
});

Deno.test("createNewFile accepts the longest name that a file can have", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/${"n".repeat(255)}`;
  using created = createNewFile(path);
  created.publish().close();
  assert((await Deno.stat(path)).isFile);
});
