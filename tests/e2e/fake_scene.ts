/**
 * A sandbox with a fake claude, and real shells in which `ccrun` is a command.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  type CcrunOptions,
  type CcrunResult,
  type RunningCcrun,
  startCcrun,
  startShellCcrun,
} from "../support/ccrun.ts";
import { exists } from "../../lib/util/exists.ts";
import {
  emit,
  fakeClaude,
  initLine,
  promptIn,
  resultLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";
import { assertNothingLeft } from "./scene.ts";

/** The options of ccrun or a shell in a scene. */
export type FakeSceneOptions = Omit<CcrunOptions, "sandbox">;

/** A sandbox with a fake claude. */
export interface FakeScene {
  readonly sandbox: Sandbox;
  /** Runs a bash script, and checks that no process or file is left. */
  shell(script: string, options?: FakeSceneOptions): Promise<CcrunResult>;
  /** Starts a bash script. */
  startShell(script: string, options?: FakeSceneOptions): Promise<RunningCcrun>;
  /** Runs ccrun without a shell, and checks that no process or file is left. */
  run(args: readonly string[], options?: FakeSceneOptions): Promise<CcrunResult>;
  /** Starts ccrun without a shell. */
  start(args: readonly string[], options?: FakeSceneOptions): Promise<RunningCcrun>;
  /** Returns the prompt of the last claude, or undefined if none was started. */
  prompt(): Promise<string | undefined>;
  /** Creates a file that the fake claude waits for, see {@linkcode gate}. */
  open(gate: string): Promise<void>;
  /** Waits until the fake claude has created `$gates/NAME`. It creates `prompt` when it has the prompt. */
  created(name: string): Promise<void>;
}

/** The answer of {@linkcode STORY}. */
export const ANSWER = "The answer is 42.";

/** A short run: a text, a tool, an answer. */
export const STORY: readonly string[] = [
  initLine(),
  textLine("Let me look."),
  toolUseLine({ id: "toolu_1", name: "Bash", input: { command: "ls -l" } }),
  toolResultLine({ id: "toolu_1", content: "one\ntwo" }),
  textLine(ANSWER),
  resultLine({ result: ANSWER }),
];

/** A run that fails after a text. */
export const FAILURE: readonly string[] = [
  initLine(),
  textLine("I tried."),
  resultLine({ subtype: "error_during_execution", is_error: true, result: "It broke." }),
];

/** Longer than a fake claude takes to reach any place on a loaded machine. */
const CREATED_WITHIN_MS = 100_000;

/** Returns a shell command that waits until the test opens a gate. */
export function gate(name: string): string {
  return `while [ ! -e "$gates/${name}" ]; do sleep 0.05; done; `;
}

/**
 * Runs a test with a fake claude.
 *
 * @param body A shell script that runs after the prompt was read, or the lines to write.
 *
 * @example
 * ```ts
 * await withFake(STORY, async ({ shell }) => {
 *   assertEquals((await shell("ccrun -q hi")).stdout, `${ANSWER}\n`);
 * });
 * ```
 */
export async function withFake(
  body: string | readonly string[],
  act: (scene: FakeScene) => Promise<void>,
): Promise<void> {
  await using sandbox = await makeSandbox();
  const { root, bin } = sandbox;
  const written = `${root}/prompt`;
  const script = typeof body === "string" ? body : emit(...body);
  const fake = await fakeClaude(
    sandbox,
    `gates='${root}'; head -n 1 >'${written}.part'; mv '${written}.part' '${written}'\n${script}`,
  );
  await Deno.rename(fake, `${bin}/claude`);

  const start: FakeScene["start"] = (args, options) => startCcrun(args, { sandbox, ...options });
  const startShell: FakeScene["startShell"] = (script, options) =>
    startShellCcrun(script, { sandbox, ...options });
  const toEnd = async (starting: Promise<RunningCcrun>) => {
    await using process = await starting;
    const result = await process.finished;
    await assertNothingLeft(sandbox);
    return result;
  };
  const prompt = async () => {
    try {
      return promptIn(await Deno.readTextFile(written));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  };
  await act({
    sandbox,
    start,
    startShell,
    run: (args, options) => toEnd(start(args, options)),
    shell: (script, options) => toEnd(startShell(script, options)),
    prompt,
    open: (gate) => Deno.writeTextFile(`${root}/${gate}`, ""),
    async created(name) {
      const isCreated = await waitFor(() => exists(`${root}/${name}`), CREATED_WITHIN_MS);
      assert(isCreated, `claude has not created ${name}`);
    },
  });
  await assertNothingLeft(sandbox);
}

/** Fails unless stderr is one error line, with or without a hint, and has no stack trace. */
export function assertClearMessage(stderr: string): void {
  const lines = stderr.split("\n");
  assertEquals(lines.pop(), "", "the message ends with a newline");
  assertEquals(lines.length <= 2 && lines.length > 0, true, `one line and a hint:\n${stderr}`);
  assertEquals(/^(ccrun: )?error: \S/.test(lines[0] ?? ""), true, `an error:\n${stderr}`);
  assertEquals(/\n\s+at |\.ts:\d|\(os error|\bundefined\b|\[object/.test(stderr), false, stderr);
}
