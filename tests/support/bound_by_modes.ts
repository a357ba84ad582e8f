/**
 * Starts programs to which the modes of files apply. They do not apply to root.
 *
 * @module
 */

import { REPOSITORY } from "./paths.ts";
import { succeeds } from "./test_with.ts";

/** The import map. */
const CONFIG = `${REPOSITORY}/deno.json`;

/** Removes the capabilities that let root ignore modes. */
const WITHOUT = "--bounding-set=-dac_override,-dac_read_search";

const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;

/** The first arguments of a command to which modes apply. The user stays the same. */
export const BOUND: readonly string[] = isRoot ? ["setpriv", WITHOUT] : [];

/** The requirements of a test that uses {@linkcode asOneBoundByModes}. */
export const BOUND_BY_MODES = { unless: reasonAgainst() };

function reasonAgainst(): string | undefined {
  if (Deno.build.os === "windows") return "Windows has no modes";
  if (!isRoot || succeeds("setpriv", WITHOUT, "true")) return undefined;
  return "root cannot drop its capabilities with setpriv";
}

/**
 * Runs a module to which modes apply and returns its output. It has the permissions of ccrun, because Deno
 * treats paths differently if all permissions are granted.
 */
export async function asOneBoundByModes(module: string): Promise<string> {
  const file = await Deno.makeTempFile({ prefix: "ccrun-test-", suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, module);
    const run = ["run", "--no-prompt", "--quiet", "--cached-only", "--config", CONFIG];
    const permissions = ["--allow-read", "--allow-env", "--allow-run"];
    const [command = "", ...args] = [...BOUND, Deno.execPath(), ...run, ...permissions, file];
    const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(file);
  }
}
