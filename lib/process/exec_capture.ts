import { TailBuffer } from "../util/tail_buffer.ts";
import { type ChildOptions, startChild } from "./child.ts";

/** Options for {@linkcode execCapture}. */
export interface ExecOptions extends Pick<ChildOptions, "command" | "args" | "env" | "cwd"> {
  /** How long the program may run before it is killed, in milliseconds. */
  readonly limitMs: number;
  /** Kills the program when it resolves. */
  readonly aborted?: Promise<unknown> | undefined;
}

/** The output of a short program, and how it exited. */
export interface ExecResult {
  /** The exit code; undefined when a signal ended the program. */
  readonly code: number | undefined;
  /** The last 64 KiB of stdout. */
  readonly stdout: string;
  /** The last 64 KiB of stderr. */
  readonly stderr: string;
}

const MAX_OUTPUT_BYTES = 64 * 1024;

/**
 * Runs a short program with an empty stdin until it exits, and stops everything that it started.
 *
 * @throws {CcrunError} `not_executable` when the OS cannot start it
 */
export async function execCapture(options: ExecOptions): Promise<ExecResult> {
  const { limitMs, aborted, ...program } = options;
  const child = await startChild({ ...program, graceMs: 0 });
  child.stdin.close().catch(() => {});
  const timer = setTimeout(() => child.kill(), limitMs);
  aborted?.then(() => child.kill());
  const [stdout, stderr] = await Promise.all([readTail(child.stdout), readTail(child.stderr)]);
  const { code } = await child.exited;
  clearTimeout(timer);
  await child.reapLeftovers(0);
  return { code, stdout, stderr };
}

/** Returns the end of a stream as text. */
async function readTail(stream: ReadableStream<Uint8Array>): Promise<string> {
  const tail = new TailBuffer(MAX_OUTPUT_BYTES);
  for await (const chunk of stream) tail.push(chunk);
  return tail.text();
}
