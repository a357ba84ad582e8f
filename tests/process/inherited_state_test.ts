import { assertEquals } from "@std/assert";
import { REPOSITORY } from "../support/paths.ts";
import { testWith } from "../support/test_with.ts";

/** Writes its inherited state to a file, because its output is redirected. */
const PROGRAM = `
import { readInheritedState } from "${REPOSITORY}/lib/process/inherited_state.ts";
const { ignored, output } = await readInheritedState();
await Deno.writeTextFile(Deno.args[0], JSON.stringify({ ignored: [...ignored].sort(), output }));
`;

/**
 * Returns the inherited state of a program.
 *
 * @param redirections follow the command of the program
 * @param setup runs before it in the same shell
 */
async function stateWith(
  redirections: string,
  setup = ":",
): Promise<{ ignored: string[]; output: unknown }> {
  const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    await Deno.writeTextFile(`${directory}/program.ts`, PROGRAM);
    const permissions = "--allow-run --allow-write --allow-read";
    const script = `${setup}; cd "$1" && "$2" run --no-prompt --quiet ${permissions} ` +
      `program.ts state ${redirections}`;
    const { code } = await new Deno.Command("/bin/sh", {
      args: ["-c", script, "sh", directory, Deno.execPath()],
      stdin: "null",
    }).output();
    assertEquals(code, 0);
    return JSON.parse(await Deno.readTextFile(`${directory}/state`));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const needs = { unless: Deno.build.os === "linux" ? undefined : "only Linux has /proc" };

testWith(needs, "readInheritedState returns where the output goes", async () => {
  const rows = [
    ["", false, false],
    ["| cat", false, false],
    ["2>&1 | cat", false, true],
    ["> file", true, false],
    ["> file 2>&1", true, true],
    ["> file 2> other", true, false],
    ["> /dev/null", false, false],
    ["> /dev/null 2>&1", false, true],
  ] as const;
  for (const [redirections, stdoutIsFile, areOne] of rows) {
    const { output } = await stateWith(redirections);
    assertEquals(output, { stdoutIsFile, areOne }, redirections);
  }
});

testWith(needs, "readInheritedState returns the signals that are ignored", async () => {
  assertEquals((await stateWith("", "trap '' HUP TERM")).ignored, ["SIGHUP", "SIGTERM"]);
});
