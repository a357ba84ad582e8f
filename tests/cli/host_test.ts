import { assertEquals } from "@std/assert";
import { REPOSITORY } from "../support/paths.ts";
import { testWith } from "../support/test_with.ts";

/** Writes the targets of its output to a file, because its output is redirected. */
const PROGRAM = `
import { inspectHost } from "${REPOSITORY}/lib/cli/host.ts";
const { stdoutIsFile, stdoutAndStderrShareTarget } = inspectHost();
await Deno.writeTextFile(
  Deno.args[0],
  JSON.stringify([stdoutIsFile, stdoutAndStderrShareTarget]),
);
`;

const ON_UNIX = { unless: Deno.build.os === "windows" ? "Windows has no /bin/sh" : undefined };

testWith(ON_UNIX, "inspectHost detects the targets of stdout and stderr", async () => {
  const cases = [
    ["| cat", false, false],
    ["2>&1 | cat", false, true],
    ["> file", true, false],
    ["> file 2>&1", true, true],
    ["> file 2> other", true, false],
    ["> /dev/null 2> other", false, false],
    ["> /dev/null 2>&1", false, true],
  ] as const;
  const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    await Deno.writeTextFile(`${directory}/program.ts`, PROGRAM);
    for (const [redirections, ...expected] of cases) {
      const options = "--no-prompt --quiet --allow-env --allow-read --allow-write";
      const { code } = await new Deno.Command("/bin/sh", {
        args: ["-c", `"$1" run ${options} program.ts seen ${redirections}`, "sh", Deno.execPath()],
        cwd: directory,
        stdin: "null",
      }).output();
      assertEquals(code, 0, redirections);
      const seen = JSON.parse(await Deno.readTextFile(`${directory}/seen`));
      assertEquals(seen, expected, redirections);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
