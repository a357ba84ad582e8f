/**
 * The memory of a process, as Linux tells it.
 *
 * @module
 */

/** The most memory a process had at once, in MB of 10^6 bytes; undefined where the system does not say. */
export function peakOf(pid: number): number | undefined {
  return megabytes(`/proc/${pid}/status`, /^VmHWM:\s+(\d+) kB/m);
}

/** What a process has now, in MB: of what it shares with others, its share. */
export function shareOf(pid: number): number | undefined {
  return megabytes(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB/m);
}

function megabytes(path: string, line: RegExp): number | undefined {
  try {
    const kilobytes = line.exec(Deno.readTextFileSync(path))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024 / 1e6;
  } catch {
    return undefined; // no /proc here, or it has ended
  }
}
