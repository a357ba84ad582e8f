import { type Child, type ChildOptions, startChild } from "./child.ts";
import { createTailBuffer } from "../stream/tail_buffer.ts";

/** Options of {@linkcode execCapture}. */
export interface ExecOptions extends Pick<ChildOptions, "command" | "args" | "env" | "cwd"> {
  /** How long it may take, in milliseconds. Then it is killed. */
  readonly limitMs: number;
  /** It is killed before that when this resolves. */
  readonly signal?: Promise<unknown>;
}

/** What a short program said, and how it ended. */
export interface ExecResult {
  /** Its exit code; undefined when it was killed. */
  readonly code: number | undefined;
  /** The end of its stdout. */
  readonly stdout: string;
  /** The end of its stderr. */
  readonly stderr: string;
}

/** As much as a short answer can be. */
const MAX_OUTPUT_BYTES = 64 * 1024;

/**
 * Runs a short program without input to its end, with all that it starts.
 *
 * @throws {CcrunError} `not_executable` when the OS cannot start it
 */
export async function execCapture(options: ExecOptions): Promise<ExecResult> {
  const { limitMs, signal: until, ...program } = options;
  let child: Child;
  let gone: Promise<unknown> | undefined;
  try {
    child = startChild({
      ...program,
      stdin: "",
      graceMs: 0,
      onUnstarted: (promise) => gone = promise,
    });
  } catch (error) {
    await gone;
    throw error;
  }
  const timer = setTimeout(() => child.kill(), limitMs);
  until?.then(() => child.kill());
  const [stdout, stderr] = await Promise.all([child.stdout, child.stderr].map(endOf));
  const { code } = await child.ended;
  clearTimeout(timer);
  await child.reapLeftovers(0);
  return { code, stdout: stdout ?? "", stderr: stderr ?? "" };
}

async function endOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  const tail = createTailBuffer(MAX_OUTPUT_BYTES);
  for await (const chunk of stream) tail.push(chunk);
  return tail.text();
}
