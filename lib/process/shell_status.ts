/** What a shell adds to the number of the signal that ended a program, to make an exit code. */
const SIGNAL_BASE = 128;

/** How a program inside ended, by the exit code that comes out. */
export async function decodeShellStatus(
  code: number,
): Promise<{ code: number } | { signal: Deno.Signal }> {
  if (code <= SIGNAL_BASE) return { code };
  const { constants } = await import("node:os");
  const [name] =
    Object.entries(constants.signals).find(([, number]) => number === code - SIGNAL_BASE) ?? [];
  return name === undefined ? { code } : { signal: name as Deno.Signal };
}
