/**
 * Runs in a terminal whose fake claude records the signals that it receives.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { emit, initLine, resultLine, textLine, toolUseLine } from "../support/fake_claude.ts";
import type { Sandbox } from "../support/sandbox.ts";
import type { Needs } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { ANSWER, withFake } from "./fake_scene.ts";
import { inTerminal, TERMINAL, type TerminalOptions } from "./in_terminal.ts";
import { assertNothingLeft } from "./scene.ts";

/** Long lines without colors, in which a test can search for words. */
export const PLAIN = { columns: 200, color: false };

/** A slow tool call. */
export const WAITING = toolUseLine({ id: "toolu_9", name: "Bash", input: { command: "wait" } });

/** Runs until the gate `go` opens, and records signals. A signal interrupts `wait` at once. */
export const NOTES =
  `for name in HUP INT QUIT TERM; do trap "echo $name >>'$gates/asked'" $name; done
  ${emit(initLine(), WAITING)}while [ ! -e "$gates/go" ]; do sleep 0.05 & wait; done
  ${emit(textLine(ANSWER), resultLine({ result: ANSWER }))}`;

/** Returns the signals that {@linkcode NOTES} has recorded, one a line. */
export async function signalsOf({ root }: Sandbox): Promise<string> {
  return await Deno.readTextFile(`${root}/asked`).catch(() => "");
}

/** Comes a second after the first signal, and so after any other signal of the terminal. */
export const STOPPING = "stopping: claude has 1m to exit; a second signal kills it";

/**
 * Defines `report_end`, which runs a command from a program that prints how it ended. A shell cannot
 * distinguish a death from an exit code.
 */
export const REPORT_END = `report_end() { node -e '
  process.on("SIGINT", () => {});
  process.on("SIGQUIT", () => {});
  require("child_process").spawn(process.argv[1], process.argv.slice(2), { stdio: "inherit" })
    .on("exit", (code, signal) => console.log("ended with " + code + " by " + signal));
' -- "$@"; }
`;

/** The requirements of {@linkcode assertContinuesUnderNohup}. */
export const NOHUP: Needs = { ...TERMINAL, commands: [...TERMINAL.commands ?? [], "nohup"] };

/**
 * Fails unless a run under nohup continues after its terminal is closed.
 *
 * @param prepare returns options for a sandbox
 */
export async function assertContinuesUnderNohup(
  prepare: (sandbox: Sandbox) => TerminalOptions | Promise<TerminalOptions> = () => ({}),
): Promise<void> {
  await withFake(NOTES, async (scene) => {
    const { sandbox } = scene;
    const script = "nohup ccrun --json hi >out.json 2>err.txt";
    await using terminal = await inTerminal(scene, script, await prepare(sandbox));
    const out = async () => await Deno.readTextFile(`${sandbox.project}/out.json`).catch(() => "");
    assert(await waitFor(async () => (await out()).includes("tool_use"), 60_000));
    terminal.kill("SIGKILL");
    await terminal.finished;
    await scene.open("go");
    await assertNothingLeft(sandbox);
    assertStringIncludes(await out(), '"type":"exit"');
    assertStringIncludes(await out(), '"reason":"success"');
    assertEquals(await signalsOf(sandbox), "", "claude was stopped");
  });
}
