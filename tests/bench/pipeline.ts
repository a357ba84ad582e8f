/**
 * A program in a pipeline, as people use it: something feeds it, something reads what it writes, and
 * it is measured meanwhile.
 *
 * @module
 */

import type { Sandbox } from "../support/sandbox.ts";

/** What runs. */
export interface Pipeline {
  /** The program that is measured. */
  readonly program: readonly [string, ...string[]];
  /**
   * A shell script that writes its stdin.
   *
   * @default {undefined} nothing is there
   */
  readonly feed?: string | undefined;
  /**
   * A shell script that reads its stdout, and may write to `$dir/reader`.
   *
   * @default one that counts lines and bytes
   */
  readonly reader?: string | undefined;
}

/** How it runs. */
export interface PipelineOptions {
  /** Variables beside the usual ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Is called with the program's id, again and again while it runs. */
  readonly sample?: (pid: number) => void;
  /**
   * How often, in milliseconds. The system keeps the peak of the memory, so that little is lost in between.
   *
   * @default {20}
   */
  readonly sampleMs?: number;
  /**
   * How the program has to end.
   *
   * @default {0}
   */
  readonly code?: number;
}

/** Where it runs. */
interface PipelinePlace extends PipelineOptions {
  readonly sandbox: Sandbox;
  readonly signal?: AbortSignal | undefined;
}

/** How much was written. */
export interface Written {
  readonly lines: number;
  readonly bytes: number;
}

/** What it took. */
export interface PipelineResult {
  /** From the start until all was read. */
  readonly seconds: number;
  /** The processor's time that the program took, and what it has waited for, in user and system mode. */
  readonly cpuSeconds: number;
  /** What the program wrote to stdout; all 0 with a reader of one's own. */
  readonly out: Written;
  /** What it wrote to stderr. */
  readonly err: Written;
  /** What a reader of one's own wrote. */
  readonly read: string;
}

const SAMPLE_MS = 20;

/** How much of what the program says on stderr is kept, for when it fails. */
const KEPT_BYTES = 4096;

/**
 * The program's times are those of a shell that waits for it alone. stderr has a reader, too: pretty's
 * progress goes there.
 */
const SCRIPT = `
dir=$1 feed=$2 reader=$3
shift 3
timed() {
  sh -c 'echo $$ >"$0"; exec "$@"' "$dir/pid" "$@"
  echo $? >"$dir/code"
  times >"$dir/times"
}
fed() {
  if [ -n "$feed" ]; then eval "$feed" | timed "$@"; else timed "$@" </dev/null; fi
}
{
  fed "$@" 2>&1 >&4 4>&- | { head -c ${KEPT_BYTES} >"$dir/err-head"; wc -lc >"$dir/err"; } 4>&-
} 4>&1 | eval "$reader"
`;

const COUNT = 'wc -lc >"$dir/out"';

/**
 * Runs a pipeline to its end and measures the program in it.
 *
 * @throws when it does not end as it should, or is aborted
 */
export async function runPipeline(
  pipeline: Pipeline,
  options: PipelinePlace,
): Promise<PipelineResult> {
  const { sandbox, env, signal, sample, sampleMs = SAMPLE_MS, code: wanted = 0 } = options;
  signal?.throwIfAborted();
  const dir = await Deno.makeTempDir({ dir: sandbox.root, prefix: "pipeline-" });
  const { program, feed = "", reader = COUNT } = pipeline;
  const start = performance.now();
  const process = new Deno.Command("/bin/sh", {
    args: ["-c", SCRIPT, "sh", dir, feed, reader, ...program],
    env: { ...env },
    clearEnv: true,
    cwd: sandbox.project,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
    // A group of its own, so that Ctrl-C is answered in one place and all of it is ended.
    detached: true,
  }).spawn();
  const end = () => endGroup(process.pid);
  signal?.addEventListener("abort", end);
  const timer = sample === undefined ? undefined : setInterval(() => {
    const pid = Number(readIfThere(`${dir}/pid`));
    if (pid > 0) sample(pid);
  }, sampleMs);
  try {
    await process.status;
    const seconds = (performance.now() - start) / 1000;
    signal?.throwIfAborted();
    const code = Number(readIfThere(`${dir}/code`) || NaN);
    const kept = readIfThere(`${dir}/err-head`);
    if (code !== wanted) {
      throw new Error(`${program.join(" ")} ended with ${code}, not ${wanted}: ${kept}`);
    }
    const rest = written(readIfThere(`${dir}/err`));
    const head = { lines: kept.split("\n").length - 1, bytes: new Blob([kept]).size };
    return {
      seconds,
      cpuSeconds: childSeconds(readIfThere(`${dir}/times`)),
      out: written(readIfThere(`${dir}/out`)),
      err: { lines: head.lines + rest.lines, bytes: head.bytes + rest.bytes },
      read: readIfThere(`${dir}/reader`),
    };
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", end);
    await Deno.remove(dir, { recursive: true });
  }
}

/** What has left the group is the sandbox's to find. */
function endGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGTERM");
  } catch {
    // It has ended.
  }
}

function readIfThere(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Reads what `wc -lc` says. */
function written(said: string): Written {
  const [lines = 0, bytes = 0] = said.trim().split(/\s+/).map(Number);
  return { lines, bytes };
}

/**
 * The seconds that a shell's children took, of what its `times` says: two lines, of its own times and
 * of theirs, such as `0m1.25s 0m0.50s`.
 */
export function childSeconds(said: string): number {
  const [, children = ""] = said.split("\n");
  const times = [...children.matchAll(/(\d+)m(\d+(?:[.,]\d+)?)s/g)];
  if (times.length !== 2) throw new Error(`no times of a shell: ${JSON.stringify(said)}`);
  const seconds = times.map(([, minutes, seconds]) =>
    Number(minutes) * 60 + Number(seconds?.replace(",", "."))
  );
  return seconds.reduce((sum, part) => sum + part, 0);
}

/** A word as the shell reads it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
