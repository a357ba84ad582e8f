import { assertEquals } from "@std/assert";
import { workspaceProblem } from "../../lib/util/workspace.ts";
import { asOneBoundByModes, BOUND_BY_MODES } from "../support/bound_by_modes.ts";
import { testWith } from "../support/test_with.ts";

Deno.test("workspaceProblem reports a directory that does not exist, and a file", async () => {
  const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  const file = `${directory}/file`;
  await Deno.writeTextFile(file, "");
  assertEquals(await workspaceProblem(directory), undefined);
  assertEquals(await workspaceProblem(`${directory}/none`), {
    message: `cannot use the workspace ${directory}/none: it does not exist`,
    hint: "name an existing directory with --cwd",
  });
  assertEquals(
    (await workspaceProblem(file))?.message,
    `cannot use the workspace ${file}: it is not a directory`,
  );
  await Deno.remove(directory, { recursive: true });
});

testWith(
  BOUND_BY_MODES,
  "workspaceProblem reports a directory that can be seen but not entered",
  async () => {
    const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
    await Deno.mkdir(`${directory}/below`);
    await Deno.chmod(directory, 0o600);
    const module = new URL("../../lib/util/workspace.ts", import.meta.url).href;
    for (const path of [directory, `${directory}/below`]) {
      const output = await asOneBoundByModes(
        `import { workspaceProblem } from "${module}";
        console.log(JSON.stringify(await workspaceProblem(${JSON.stringify(path)})));`,
      );
      assertEquals(JSON.parse(output), {
        message: `cannot use the workspace ${path}: permission denied`,
        hint: `check its permissions: ls -ld ${path}`,
      });
    }
    await Deno.chmod(directory, 0o700);
    await Deno.remove(directory, { recursive: true });
  },
);
