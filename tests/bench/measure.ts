/**
 * Measures one command in a pipeline.
 *
 * @module
 */

import { command, denoVariables } from "../support/ccrun.ts";
import { REPOSITORY } from "../support/paths.ts";
import type { Sandbox } from "../support/sandbox.ts";

/** A program and its arguments. */
export type Command = readonly [string, ...string[]];

/** The options of {@linkcode measure}. */
export interface MeasureOptions {
  /** Holds the files and the processes. */
  readonly sandbox: Sandbox;
  /** A shell command whose output is the stdin of the program. @default {"true"} */
  readonly feed?: string;
  /** A shell command that reads the stdout of the program. @default {"wc -lc"} */
  readonly reader?: string;
  /** The environment. @default the sandbox's, and what Deno needs */
  readonly env?: Readonly<Record<string, string>>;
}

/** The result of {@linkcode measure}. */
export interface Measurement {
  /** When the program was started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** The time until the reader has read everything, in seconds. */
  readonly seconds: number;
  /** The CPU time of the program and its children, in seconds. */
  readonly cpuSeconds: number;
  /** The peak memory of the program alone, in MB; NaN if the system has no /proc. */
  readonly peakMegabytes: number;
  /** The output of the reader. */
  readonly output: string;
}

/** How often the peak is read. The kernel keeps it, so only growth in the last moment is missed. */
const SAMPLE_MS = 10;

const SCRIPT = `
dir=$1 feed=$2 reader=$3
shift 3
run() {
  sh -c 'echo $$ >"$0"; exec "$@"' "$dir/pid" "$@" 2>"$dir/stderr"
  echo $? >"$dir/code"
  times >"$dir/times"
}
eval "$feed" | run "$@" | eval "$reader" >"$dir/output"
`;

/**
 * Runs a program to its end and measures it.
 *
 * @throws {Error} if its exit code is not 0
 */
export async function measure(
  program: Command,
  { sandbox, feed = "true", reader = "wc -lc", env }: MeasureOptions,
): Promise<Measurement> {
  const dir = await Deno.makeTempDir({ dir: sandbox.root, prefix: "measure-" });
  const read = (name: string) => Deno.readTextFile(`${dir}/${name}`);
  const environment = { ...env ?? sandbox.env(), ...await denoVariables() };
  const startedAt = Date.now();
  const start = performance.now();
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", SCRIPT, "sh", dir, feed, reader, ...program],
    env: environment,
    clearEnv: true,
    cwd: sandbox.project,
    stdin: "null",
    stdout: "null",
  }).spawn();
  let peakMegabytes = NaN;
  const timer = setInterval(() => {
    peakMegabytes = readPeak(`${dir}/pid`) ?? peakMegabytes;
  }, SAMPLE_MS);
  try {
    await child.status;
    const seconds = (performance.now() - start) / 1000;
    const code = Number(await read("code"));
    if (code !== 0) {
      const stderr = (await read("stderr")).slice(0, 1000);
      throw new Error(`${program.join(" ")} exited with ${code}: ${stderr}`);
    }
    return {
      startedAt,
      seconds,
      cpuSeconds: parseChildTimes(await read("times")),
      peakMegabytes,
      output: await read("output"),
    };
  } finally {
    clearInterval(timer);
    await Deno.remove(dir, { recursive: true });
  }
}

/** Returns the peak memory of the process whose id is in a file, in MB. */
function readPeak(pidFile: string): number | undefined {
  try {
    const pid = Deno.readTextFileSync(pidFile).trim();
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024 / 1e6;
  } catch {
    return undefined; // the process has not started, or it has exited
  }
}

/**
 * Returns the CPU seconds of the children of a shell. The second line of `times` reports them, for
 * example `0m1.25s 0m0.50s`.
 */
export function parseChildTimes(times: string): number {
  const parts = [...(times.split("\n")[1] ?? "").matchAll(/(\d+)m([\d.,]+)s/g)];
  if (parts.length !== 2) throw new Error(`cannot read the times of a shell: ${times}`);
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds?.replace(",", ".")),
    0,
  );
}

/** Returns the number of lines in the output of `wc -lc`. */
export function countedLines({ output }: Measurement): number {
  return Number(output.trim().split(/\s+/)[0]);
}

/** Returns the command that runs ccrun from source. */
export async function ccrun(...args: readonly string[]): Promise<Command> {
  return [...await command(), ...args];
}

/** Returns the command that runs a program of this folder with the flags of ccrun. */
export async function benchProgram(name: string, ...args: readonly string[]): Promise<Command> {
  const [deno, ...words] = await command();
  return [deno, ...words.slice(0, -1), `${REPOSITORY}/tests/bench/${name}`, ...args];
}

/** The arguments of a run with a prompt, which the fake claudes ignore. */
export const PROMPT: readonly string[] = ["--no-stdin", "-p", "hello"];
