import { assertEquals, assertRejects } from "@std/assert";
import { readBoundedTextFile } from "../../lib/util/bounded_file.ts";
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
