import { assertEquals } from "@std/assert";
import { readImages } from "../../lib/cli/images.ts";
import { createTempDirectory } from "../../lib/util/temp_directory.ts";
import { optionsOf } from "./hosts.ts";
import { assertUsage } from "./usage.ts";

Deno.test({
  name: "readImages reads no pipe, and no file outside of the workspace through a link in it",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using directory = createTempDirectory();
    const { path } = directory;
    const read = (file: string) =>
      readImages(optionsOf(["look", "--image", file]), path, [`${path}/workspace`]);
    await Deno.mkdir(`${path}/workspace`);
    await Deno.writeTextFile(`${path}/outside.gif`, "GIF89a");
    await Deno.writeTextFile(`${path}/workspace/inside.gif`, "GIF89a");
    await Deno.symlink("inside.gif", `${path}/workspace/near.gif`);
    await Deno.symlink("../outside.gif", `${path}/workspace/far.gif`);
    await Deno.symlink("outside.gif", `${path}/link.gif`);
    await new Deno.Command("mkfifo", { args: [`${path}/pipe`] }).output();

    for (const file of ["outside.gif", "link.gif", "workspace/near.gif"]) {
      assertEquals(await read(file), [{ mediaType: "image/gif", data: btoa("GIF89a") }]);
    }
    await assertUsage(() => read("pipe"), "--image pipe: it is not a regular file");
    await assertUsage(
      () => read("workspace/far.gif"),
      "--image workspace/far.gif: a link in its path leads out of the workspace",
    );
  },
});
