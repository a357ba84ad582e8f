import { assertEquals } from "@std/assert";
import { runShell, systemPathFirst } from "../../lib/util/run_shell.ts";
import { testWith } from "../support/test_with.ts";

const needs = { unless: Deno.build.os === "windows" ? "there is no shell" : undefined };

testWith(needs, "runShell returns the exit code and stdout of a script", async () => {
  assertEquals(await runShell("echo out; echo err >&2; exit 3"), { code: 3, output: "out\n" });
});

testWith(
  needs,
  "runShell returns the stderr of a script that shares stdin and stdout",
  async () => {
    const result = await runShell("echo err >&2; exit 3", {}, [], { sharesStreams: true });
    assertEquals(result, { code: 3, output: "err\n" });
  },
);

testWith(needs, "runShell gives a script only the environment that it is called with", async () => {
  Deno.env.set("CCRUN_TEST_PROBE", "leaked");
  try {
    const script = 'echo "$NAME|$CCRUN_TEST_PROBE|$PATH"';
    const result = await runShell(script, { NAME: "value" });
    assertEquals(result?.output, "value||/usr/bin:/bin\n");
    assertEquals((await runShell(script, { PATH: "/opt" }))?.output, "||/opt\n");
  } finally {
    Deno.env.delete("CCRUN_TEST_PROBE");
  }
});

Deno.test("systemPathFirst adds the absolute directories in the PATH of the environment", () => {
  assertEquals(systemPathFirst({ PATH: "/opt:/bin" }), "/usr/bin:/bin:/opt:/bin");
  assertEquals(systemPathFirst({ PATH: ".:bin:/opt::/a b:./x:" }), "/usr/bin:/bin:/opt:/a b");
  assertEquals(systemPathFirst({ PATH: "" }), "/usr/bin:/bin");
  assertEquals(systemPathFirst({}), "/usr/bin:/bin");
});
