import { assertEquals } from "@std/assert";
import { findPathCommands } from "../../lib/doctor/path_commands.ts";
import { writeExecutable } from "../support/executable.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

testWith(
  { commands: ["mkfifo"] },
  "findPathCommands finds executable files in the order of PATH, each once",
  async () => {
    await using sandbox = await makeSandbox();
    const { root } = sandbox;
    for (const name of ["a", "b", "c", "d", "e", "f"]) await Deno.mkdir(`${root}/${name}`);
    await writeExecutable(`${root}/a/ccrun`, "#!/bin/sh\n");
    await Deno.symlink("../a/ccrun", `${root}/b/ccrun`);
    await Deno.writeTextFile(`${root}/c/ccrun`, "no execute permission");
    await Deno.mkdir(`${root}/d/ccrun`);
    await new Deno.Command("mkfifo", { args: ["-m", "755", `${root}/e/ccrun`] }).output();
    await writeExecutable(`${root}/f/ccrun`, "x".repeat(1024 * 1024));
    const PATH = ["b", "a", `${root}/c`, `${root}/d`, `${root}/e`, "", `${root}/none`, "f"].join(
      ":",
    );
    assertEquals(await findPathCommands({ PATH }, root), [
      { file: `${root}/b/ccrun`, target: `${root}/a/ccrun`, script: "#!/bin/sh\n" },
      { file: `${root}/f/ccrun`, target: `${root}/f/ccrun`, script: "" },
    ]);
    assertEquals(await findPathCommands({}, root), []);
  },
);
