import { assertEquals } from "@std/assert";
import { REPOSITORY } from "../support/paths.ts";
import { testWith } from "../support/test_with.ts";

/** Says where its output goes, in a file, for its output is what is looked at. */
const PROGRAM = `
import { readInheritedState } from "${REPOSITORY}/lib/process/inherited_state.ts";
const { output } = await readInheritedState();
await Deno.writeTextFile(Deno.args[0], JSON.stringify(output));
`;

/** What a program finds out whose output is redirected by a shell. */
async function seen(redirected: string): Promise<unknown> {
  const folder = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    await Deno.writeTextFile(`${folder}/program.ts`, PROGRAM);
    const script =
      `cd "$1" && "$2" run --no-prompt --quiet --allow-run --allow-write --allow-read ` +
      `program.ts seen ${redirected}`;
    const { code } = await new Deno.Command("/bin/sh", {
      args: ["-c", script, "sh", folder, Deno.execPath()],
      stdin: "null",
    }).output();
    assertEquals(code, 0);
    return JSON.parse(await Deno.readTextFile(`${folder}/seen`));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ON_LINUX = { unless: Deno.build.os === "linux" ? undefined : "/proc is Linux's" };

testWith(ON_LINUX, "readInheritedState tells where the output goes", async () => {
  const cases = [
    ["", false, false],
    ["| cat", false, false],
    ["2>&1 | cat", false, true],
    ["> file", true, false],
    ["> file 2>&1", true, true],
    ["> file 2> other", true, false],
    ["> /dev/null", false, false],
    ["> /dev/null 2>&1", false, true],
  ] as const;
  for (const [redirected, stdoutIsFile, areOne] of cases) {
    assertEquals(await seen(redirected), { stdoutIsFile, areOne }, redirected);
  }
});
