/**
 * A process whose output a test can wait for.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import type { Sandbox } from "./sandbox.ts";
import { waitFor } from "./wait_for.ts";

/**
 * The stdin of a process: /dev/null, a pipe that stays open until `closeStdin`, or a text.
 */
export type StdinSource = "null" | "open" | string | Uint8Array;

/** How to start a process. */
export interface ProcessOptions {
  /** The sandbox whose environment it gets. */
  readonly sandbox: Sandbox;
  /** The URL of the scripted Messages API. By default nothing listens there. */
  readonly apiUrl?: string | undefined;
  /** Variables besides those of the sandbox. The value undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** @default {"null"} */
  readonly stdin?: StdinSource | undefined;
  /** Its working directory. @default {the project of the sandbox} */
  readonly cwd?: string | undefined;
  /** Milliseconds until it is killed and the test fails. @default {120000} */
  readonly limitMs?: number | undefined;
}

/** The exit status and the output of a process. */
export interface ProcessResult {
  /** The exit code, or 128 plus the number of the signal that killed it. */
  readonly code: number;
  /** The signal that killed it. */
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stdoutBytes: Uint8Array<ArrayBuffer>;
  readonly stderr: string;
}

/** A running process. Disposing of it kills it. */
export interface RunningProcess extends AsyncDisposable {
  readonly pid: number;
  /** Resolves when it has exited and its output has been read. */
  readonly finished: Promise<ProcessResult>;
  /** Returns its stdout so far. */
  stdout(): string;
  /** Returns its stderr so far. */
  stderr(): string;
  /** Resolves to stdout when it contains the text or satisfies the condition. */
  stdoutUntil(wanted: string | ((text: string) => boolean)): Promise<string>;
  /** Resolves to stderr when it contains the text or satisfies the condition. */
  stderrUntil(wanted: string | ((text: string) => boolean)): Promise<string>;
  /** Sends a signal to this process only. */
  kill(signal: Deno.Signal): void;
  /** Writes to its stdin, which must be "open". */
  write(text: string): Promise<void>;
  /** Closes its stdin, which must be "open". */
  closeStdin(): Promise<void>;
  /** Closes the pipe from its stdout, as a reader that exits does. */
  closeStdout(): Promise<void>;
}

/** After this time a process that hangs is killed and its test fails. */
const LIMIT_MS = 120_000;

/** The time until the output must end after the process, because a descendant may hold it open. */
const OUTPUT_END_MS = 10_000;

/** Starts a process in a sandbox. */
export function startProcess(
  argv: readonly [string, ...string[]],
  options: ProcessOptions,
): RunningProcess {
  const [command, ...args] = argv;
  const { sandbox, stdin = "null" } = options;
  const child = new Deno.Command(command, {
    args,
    cwd: options.cwd ?? sandbox.project,
    clearEnv: true,
    env: environment(options),
    stdin: stdin === "null" ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const writer = stdin === "null" ? undefined : child.stdin.getWriter();
  if (writer !== undefined && stdin !== "open") void feed(writer, stdin);

  const kill = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch {
      // It has exited.
    }
  };
  const describeOutput = () => `\nstdout:\n${stdout.text()}\nstderr:\n${stderr.text()}`;
  const line = argv.join(" ");

  async function end(): Promise<ProcessResult> {
    const limitMs = options.limitMs ?? LIMIT_MS;
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      kill("SIGKILL");
    }, limitMs);
    const status = await child.status;
    clearTimeout(timer);
    const read = await waitFor(() => stdout.ended() && stderr.ended(), OUTPUT_END_MS);
    if (isLate) throw new Error(`${line}: did not exit within ${limitMs} ms${describeOutput()}`);
    if (!read) {
      const holders = (await sandbox.processes()).join(" ") || "no process of the sandbox";
      throw new Error(
        `${line}: has exited, but ${holders} hold its output open${describeOutput()}`,
      );
    }
    const { code, signal } = status;
    return {
      code,
      signal,
      stdout: stdout.text(),
      stdoutBytes: stdout.bytes(),
      stderr: stderr.text(),
    };
  }

  const finished = end();
  // A test that does not await the result ignores the error.
  finished.catch(() => {});

  async function until(
    output: Output,
    wanted: string | ((text: string) => boolean),
  ): Promise<string> {
    const found = () =>
      typeof wanted === "string" ? output.text().includes(wanted) : wanted(output.text());
    await waitFor(() => found() || output.ended(), options.limitMs ?? LIMIT_MS);
    if (found()) return output.text();
    throw new Error(`${line}: never wrote ${JSON.stringify(String(wanted))}${describeOutput()}`);
  }

  return {
    pid: child.pid,
    finished,
    stdout: stdout.text,
    stderr: stderr.text,
    stdoutUntil: (wanted) => until(stdout, wanted),
    stderrUntil: (wanted) => until(stderr, wanted),
    kill,
    write: async (text) => await writer?.write(new TextEncoder().encode(text)),
    closeStdin: async () => await writer?.close(),
    closeStdout: stdout.cancel,
    async [Symbol.asyncDispose](): Promise<void> {
      kill("SIGKILL");
      await child.status;
      await Promise.all([stdout.cancel(), stderr.cancel()]);
      await writer?.abort().catch(() => {});
      await finished.catch(() => {});
    },
  };
}

function environment(options: ProcessOptions): Record<string, string> {
  const env = { ...options.sandbox.env(options.apiUrl), ...options.env };
  const set = Object.entries(env).filter((entry): entry is [string, string] =>
    entry[1] !== undefined
  );
  return Object.fromEntries(set);
}

async function feed(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  source: string | Uint8Array,
): Promise<void> {
  try {
    await writer.write(typeof source === "string" ? new TextEncoder().encode(source) : source);
    await writer.close();
  } catch {
    // It exited before it read everything. The test checks its result.
  }
}

interface Output {
  text(): string;
  bytes(): Uint8Array<ArrayBuffer>;
  ended(): boolean;
  cancel(): Promise<void>;
}

/** Reads a stream to its end and returns what has been read so far at any time. */
function collect(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Output {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let text = "";
  let ended = false;
  void (async () => {
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        chunks.push(next.value);
        text += decoder.decode(next.value, { stream: true });
      }
    } finally {
      text += decoder.decode();
      ended = true;
    }
  })();
  return {
    text: () => text,
    bytes: () => concat(chunks),
    ended: () => ended,
    cancel: () => reader.cancel(),
  };
}
