/**
 * Tests with requirements that not every machine meets.
 *
 * @module
 */

import { SANDBOX_PATH } from "./sandbox.ts";

/** The requirements of a test. */
export interface Needs {
  /** Commands that must be in a sandbox's PATH. */
  readonly commands?: readonly string[];
  /** A reason to skip the test even if all commands exist. */
  readonly unless?: string | undefined;
}

/** Registers a test that is skipped if a requirement is not met. Its name then contains the reason. */
export function testWith(needs: Needs, name: string, fn: () => Promise<void>): void {
  const missing = (needs.commands ?? []).filter((command) => !hasCommand(command));
  const why = needs.unless ?? (missing.length > 0 ? `no ${missing.join(", ")} here` : undefined);
  Deno.test({
    name: why === undefined ? name : `${name} (skipped: ${why})`,
    ignore: why !== undefined,
    fn,
  });
}

/** Returns whether a sandbox has a command. */
export function hasCommand(name: string): boolean {
  return succeeds("/bin/sh", "-c", 'command -v "$1"', "sh", name);
}

/** Returns whether a command is in a sandbox's PATH and exits with 0. */
export function succeeds(command: string, ...args: readonly string[]): boolean {
  try {
    const { success } = new Deno.Command(command, {
      args: [...args],
      clearEnv: true,
      env: { PATH: SANDBOX_PATH },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success;
  } catch {
    return false;
  }
}
