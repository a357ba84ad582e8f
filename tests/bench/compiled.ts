/**
 * Programs that are compiled as ccrun is for people.
 *
 * @module
 */

import { COMPILE_RUNTIME, whyNotCompiled } from "../support/compile_runtime.ts";
import { asObject, asString } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";

/** Starts the Deno that can compile here: `eval` of what the script prints says where it is. */
const WITH_RUNTIME = 'eval "$("$1")" && shift && exec "$COMPILE_DENO" "$@"';

/**
 * Compiles a program with the words of `deno task compile`, but for its name and place.
 *
 * @returns why it cannot be compiled here, or undefined
 */
export async function compile(main: string, output: string): Promise<string | undefined> {
  const config = asObject(JSON.parse(await Deno.readTextFile(`${REPOSITORY}/deno.json`)));
  const [deno, ...task] = asString(asObject(asObject(config.tasks).compile).command).split(" ");
  const at = task.indexOf("--output");
  if (deno !== "deno" || at < 0 || task.at(-1) !== "main.ts") {
    throw new Error(`the task "compile" in deno.json is not as it was: ${task.join(" ")}`);
  }
  const words = [...task.slice(0, at + 1), output, ...task.slice(at + 2, -1), main];
  const [command, ...args] = whyNotCompiled() === undefined
    ? ["/bin/bash", "-c", WITH_RUNTIME, "bash", COMPILE_RUNTIME, ...words]
    : [Deno.execPath(), ...words];
  const { success, stderr } = await new Deno.Command(command ?? "", {
    args,
    cwd: REPOSITORY,
    stdin: "null",
    stdout: "null",
  }).output();
  if (success) return undefined;
  const lines = new TextDecoder().decode(stderr).trim().split("\n");
  return `deno compile: ${lines.find((line) => /error/i.test(line)) ?? lines.at(-1)}`;
}
