import { constants } from "node:os";

/** A shell reports a program that died of signal N with the exit code 128 + N. */
const SIGNAL_BASE = 128;

/** Returns how the program inside a shell exited, given the exit code of the shell. */
export function decodeShellStatus(code: number): { code: number } | { signal: Deno.Signal } {
  const [name] = Object.entries(constants.signals)
    .find(([, number]) => code === SIGNAL_BASE + number) ?? [];
  return name === undefined ? { code } : { signal: name as Deno.Signal };
}
