import { assertEquals, assertRejects } from "@std/assert";
import {
  MAX_INPUT_BYTES,
  readBoundedTextFile,
  readInputFile,
} from "../../lib/util/bounded_file.ts";
import { createTempDirectory } from "../../lib/util/temp_directory.ts";

Deno.test("readBoundedTextFile reads a file that is not too large", async () => {
  using directory = createTempDirectory();
  const path = `${directory.path}/file`;
  await Deno.writeTextFile(path, "\ufeffäbc");
  assertEquals(await readBoundedTextFile(path, 7), "äbc");
  await assertRejects(() => readBoundedTextFile(path, 6), Error, "it is larger than 6 B");
});

Deno.test({
  name: "readBoundedTextFile reads no devices, pipes and directories, also behind links",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using directory = createTempDirectory();
    const pipe = `${directory.path}/pipe`;
    const link = `${directory.path}/link`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    await Deno.symlink("/dev/zero", link);
    for (const path of [pipe, link, "/dev/zero", directory.path]) {
      await assertRejects(
        () => readBoundedTextFile(path, 1024),
        Error,
        "it is not a regular file",
      );
    }
  },
});

Deno.test({
  name: "readInputFile reads a pipe, but nothing without an end",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using directory = createTempDirectory();
    const pipe = `${directory.path}/pipe`;
    await new Deno.Command("mkfifo", { args: [pipe] }).output();
    const [text] = await Promise.all([readInputFile(pipe), Deno.writeTextFile(pipe, "äbc")]);
    assertEquals(text, "äbc");
    const sparse = `${directory.path}/sparse`;
    await Deno.writeTextFile(sparse, "");
    await Deno.truncate(sparse, MAX_INPUT_BYTES + 1);
    for (const path of ["/dev/zero", sparse]) {
      await assertRejects(() => readInputFile(path), Error, "it is larger than 67.1 MB");
    }
    await assertRejects(() => readInputFile(`${directory.path}/none`), Deno.errors.NotFound);
  },
});
