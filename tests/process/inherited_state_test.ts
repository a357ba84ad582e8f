import { assertEquals } from "@std/assert";
import { stopIgnoringSignals } from "../support/default_signals.ts";
import { REPOSITORY } from "../support/paths.ts";
import { testWith } from "../support/test_with.ts";

/** Writes the ignored signals to a file. */
const PROGRAM = `
import { readInheritedState } from "${REPOSITORY}/lib/process/inherited_state.ts";
const { ignored } = await readInheritedState();
await Deno.writeTextFile(Deno.args[0], JSON.stringify([...ignored].sort()));
`;

const needs = { unless: Deno.build.os === "windows" ? "Windows has no /bin/sh" : undefined };

testWith(needs, "readInheritedState returns the signals that are ignored", async () => {
  const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    await Deno.writeTextFile(`${directory}/program.ts`, PROGRAM);
    stopIgnoringSignals();
    const script = `trap '' HUP TERM; cd "$1" && "$2" run --no-prompt --quiet ` +
      "--allow-run --allow-write --allow-read program.ts ignored";
    const { code } = await new Deno.Command("/bin/sh", {
      args: ["-c", script, "sh", directory, Deno.execPath()],
      stdin: "null",
    }).output();
    assertEquals(code, 0);
    const ignored = JSON.parse(await Deno.readTextFile(`${directory}/ignored`));
    assertEquals(ignored, ["SIGHUP", "SIGTERM"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
