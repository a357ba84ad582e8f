import { assertEquals } from "@std/assert";
import { workspaceProblem } from "../../lib/run/workspace.ts";
import { asOneBoundByModes, BOUND_BY_MODES } from "../support/bound_by_modes.ts";
import { testWith } from "../support/test_with.ts";

Deno.test("workspaceProblem reports a directory that does not exist, and a file", async () => {
  const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  const file = `${directory}/file`;
  await Deno.writeTextFile(file, "");
  assertEquals(await workspaceProblem(directory), undefined);
  const missing = await workspaceProblem(`${directory}/none`);
  assertEquals([missing?.kind, missing?.message, missing?.hint], [
    "usage",
    `cannot use the workspace ${directory}/none: it does not exist`,
    "name an existing directory with --cwd",
  ]);
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
    const module = new URL("../../lib/run/workspace.ts", import.meta.url).href;
    for (const path of [directory, `${directory}/below`]) {
      const script = `import { workspaceProblem } from "${module}";
        const problem = await workspaceProblem(${JSON.stringify(path)});
        console.log(JSON.stringify(problem ? [problem.message, problem.hint] : []));`;
      await Deno.chmod(directory, 0o600);
      assertEquals(JSON.parse(await asOneBoundByModes(script)), [
        `cannot use the workspace ${path}: permission denied`,
        `check its permissions: ls -ld ${path}`,
      ]);
      // The permission to enter is enough.
      await Deno.chmod(directory, 0o100);
      assertEquals(JSON.parse(await asOneBoundByModes(script)), []);
    }
    await Deno.chmod(directory, 0o700);
    await Deno.remove(directory, { recursive: true });
  },
);
