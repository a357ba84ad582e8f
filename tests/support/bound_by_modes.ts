/**
 * Starting programs for which the modes of files count, which they do not for root.
 *
 * @module
 */

import { REPOSITORY } from "./paths.ts";
import { SANDBOX_PATH } from "./sandbox.ts";

/** It says where the modules are that are not here. */
const CONFIG = `${REPOSITORY}/deno.json`;

/** The capabilities by which root goes wherever it likes. */
const WITHOUT = "--bounding-set=-dac_override,-dac_read_search";

const isRoot = Deno.build.os !== "windows" && Deno.uid() === 0;

/** The words that start a program for which modes count, as the same user. */
export const BOUND: readonly string[] = isRoot ? ["setpriv", WITHOUT] : [];

/** What a test needs that uses {@linkcode BOUND}. */
export const BOUND_BY_MODES = { unless: reasonAgainst() };

function reasonAgainst(): string | undefined {
  if (Deno.build.os === "windows") return "Windows has no modes";
  if (!isRoot) return undefined;
  try {
    const { success } = new Deno.Command("setpriv", {
      args: [WITHOUT, "true"],
      clearEnv: true,
      env: { PATH: SANDBOX_PATH },
      stderr: "null",
    }).outputSync();
    return success ? undefined : "root cannot give up what modes do not count for";
  } catch {
    return "root needs setpriv to give up what modes do not count for";
  }
}

/**
 * Runs a module for which modes count, with permissions as ccrun has them, by which Deno treats paths
 * otherwise than with all of them, and gives what it writes.
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
