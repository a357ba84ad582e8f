/**
 * A machine, made up: for tests of what is made of it.
 *
 * @module
 */

import type { Host } from "../../lib/doctor/checks/host.ts";

/** A machine that has everything, but for what a test says. */
export function makeHost(
  from: {
    without?: readonly string[];
    uid?: number;
    hasShell?: boolean;
    readOnly?: boolean;
    unreadable?: boolean;
  } = {},
): Host {
  const { without = [], uid = 1000, hasShell = true, readOnly = false, unreadable = false } = from;
  return {
    hasShell,
    uid,
    has: (name) => hasShell && !without.includes(name),
    mayWrite: () => hasShell ? !readOnly : undefined,
    mayRead: () => hasShell ? !unreadable : undefined,
  };
}
