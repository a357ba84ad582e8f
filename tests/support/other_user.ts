/**
 * Runs ccrun as another user than the one that runs the tests. That takes root.
 *
 * @module
 */

import { denoVariables } from "./ccrun.ts";
import type { Sandbox } from "./sandbox.ts";
import { succeeds } from "./test_with.ts";

/** The id of the user, which is `nobody` on Linux. */
export const OTHER_USER = 65534;

const SWITCH = ["setpriv", `--reuid=${OTHER_USER}`, `--regid=${OTHER_USER}`, "--clear-groups"];

/** The first words of a shell command that the other user runs. */
export const AS_OTHER_USER = SWITCH.join(" ");

/** The requirements of a test with two users. */
export const TWO_USERS = { unless: reasonAgainst() };

function reasonAgainst(): string | undefined {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return "only root on Linux can be two users";
  return succeeds(...SWITCH as [string], "true") ? undefined : "root cannot run setpriv";
}

/**
 * Gives a sandbox to the other user, and returns the variables with which that user can run ccrun in it.
 * The cache of Deno is copied, because the home directory of root is closed to others.
 */
export async function giveToOtherUser({ root }: Sandbox): Promise<Record<string, string>> {
  const variables = await denoVariables();
  const cache = variables["DENO_DIR"];
  if (cache !== undefined) {
    variables["DENO_DIR"] = `${root}/deno`;
    await run("cp", "-rL", cache, `${root}/deno`);
  }
  await run("chown", "-R", `${OTHER_USER}:${OTHER_USER}`, root);
  return variables;
}

async function run(command: string, ...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, { args: [...args] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}
