/** What one run of a command took. */
export interface Measure {
  /** Seconds from start to end. */
  seconds: number;
  /** The most memory it had at once, in MB of 10^6 bytes; undefined where the system does not say. */
  peakMegabytes: number | undefined;
}

/** How often the peak is read, in milliseconds; the system keeps it, so that nothing in between is lost. */
const SAMPLE_MS = 20;

/** Runs a command with stdout thrown away and measures it. Throws when it fails. */
export async function measure(argv: readonly [string, ...string[]]): Promise<Measure> {
  const [command, ...args] = argv;
  const start = performance.now();
  const process = new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  })
    .spawn();
  let peakMegabytes: number | undefined;
  const sample = () => {
    peakMegabytes = peakOf(process.pid) ?? peakMegabytes;
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const stderr = new Response(process.stderr).text();
  const { success, code } = await process.status;
  const seconds = (performance.now() - start) / 1000;
  clearInterval(timer);
  if (!success) throw new Error(`${argv.join(" ")} ended with ${code}: ${await stderr}`);
  await stderr;
  return { seconds, peakMegabytes };
}

function peakOf(pid: number): number | undefined {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024 / 1e6;
  } catch {
    return undefined; // no /proc here, or it has ended
  }
}

/** The value below which `part` (from 0 to 1) of the values are. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}
