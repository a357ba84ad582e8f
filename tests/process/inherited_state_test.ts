import { assertEquals } from "@std/assert";
import { stopIgnoringSignals } from "../support/default_signals.ts";
import { REPOSITORY } from "../support/paths.ts";
import { testWith } from "../support/test_with.ts";

/** Writes the ignored signals and the streams to a file, because its output is redirected. */
const PROGRAM = `
import { readInheritedState } from "${REPOSITORY}/lib/process/inherited_state.ts";
const { ignored, streams } = await readInheritedState();
await Deno.writeTextFile(Deno.args[0], JSON.stringify({ ignored: [...ignored].sort(), streams }));
`;

const RUN_PROGRAM = '"$1" run --no-prompt --quiet --allow-run --allow-write --allow-read ' +
  "program.ts state";

/** Returns what a program reads that a shell starts with a command around {@linkcode RUN_PROGRAM}. */
async function readState(command: string) {
  const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    await Deno.writeTextFile(`${directory}/program.ts`, PROGRAM);
    const { code } = await new Deno.Command("/bin/sh", {
      args: ["-c", command, "sh", Deno.execPath()],
      cwd: directory,
      stdin: "null",
    }).output();
    assertEquals(code, 0, command);
    return JSON.parse(await Deno.readTextFile(`${directory}/state`));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const needs = { unless: Deno.build.os === "windows" ? "Windows has no /bin/sh" : undefined };

testWith(needs, "readInheritedState returns the signals that are ignored", async () => {
  stopIgnoringSignals();
  const { ignored } = await readState(`trap '' HUP TERM; ${RUN_PROGRAM}`);
  assertEquals(ignored, ["SIGHUP", "SIGTERM"]);
});

testWith(needs, "readInheritedState detects the targets of stdout and stderr", async () => {
  const cases = [
    ["| cat", false, false],
    ["2>&1 | cat", false, true],
    ["> file", true, false],
    ["> file 2>&1", true, true],
    ["> file 2> other", true, false],
    ["> /dev/null 2> other", false, false],
    ["> /dev/null 2>&1", false, true],
  ] as const;
  for (const [redirections, ...expected] of cases) {
    const { streams } = await readState(`${RUN_PROGRAM} ${redirections}`);
    const { stdoutIsFile, stdoutAndStderrShareTarget } = streams;
    assertEquals([stdoutIsFile, stdoutAndStderrShareTarget], expected, redirections);
  }
});

testWith(needs, "readInheritedState detects a stdin that is a device", async () => {
  const isDevice = async (command: string) => (await readState(command)).streams.stdinIsDevice;
  assertEquals(await isDevice(`${RUN_PROGRAM} </dev/null`), true);
  assertEquals(await isDevice(`${RUN_PROGRAM} <program.ts`), false);
  assertEquals(await isDevice(`: | ${RUN_PROGRAM}`), false);
});
