/**
 * The guardians of the children that this process has started.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { childrenOf, processTable } from "./process_table.ts";
import type { Sandbox } from "./sandbox.ts";
import { waitFor } from "./wait_for.ts";

/** Longer than a killed process needs to exit on a loaded machine. */
const KILLED_WITHIN_MS = 60_000;

/** The requirements of a test that uses {@linkcode guardiansOf}. */
export const NEEDS_GUARDIANS = {
  unless: Deno.build.os === "linux" ? undefined : "only Linux shows the environment of a process",
};

/**
 * Returns the running guardians of a sandbox's children. All test files of a process are the parent of
 * theirs, so the environment distinguishes them.
 */
export async function guardiansOf(sandbox: Sandbox): Promise<readonly number[]> {
  const isOurs = async (pid: number) =>
    (await Deno.readTextFile(`/proc/${pid}/environ`).catch(() => "")).includes(sandbox.bin);
  const found: number[] = [];
  for (const { pid, command } of await childrenOf(Deno.pid)) {
    if (command.includes("ccrun-guardian") && await isOurs(pid)) found.push(pid);
  }
  return found;
}

/** Returns the guardian of a running ccrun. It does not carry the mark of the sandbox. */
export async function guardianOf(ccrun: number): Promise<number> {
  const children = await childrenOf(ccrun);
  const guardian = children.find(({ command }) => command.endsWith("ccrun-guardian"));
  assert(guardian !== undefined, "no guardian");
  return guardian.pid;
}

/** Kills the guardian of a sandbox's child, and waits until that is noticed. */
export async function killGuardian(sandbox: Sandbox): Promise<void> {
  const [guardian, ...others] = await guardiansOf(sandbox);
  assert(guardian !== undefined);
  assertEquals(others, []);
  Deno.kill(guardian, "SIGKILL");
  const isReaped = async () => !(await processTable()).some(({ pid }) => pid === guardian);
  assert(await waitFor(isReaped, KILLED_WITHIN_MS));
}
