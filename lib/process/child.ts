import { atEnd } from "../at_end.ts";
import { osReason } from "../file_error.ts";
import { CcrunError } from "../outcome.ts";
import { guard } from "./guardian.ts";

/** Options of {@linkcode startChild}. */
export interface ChildOptions {
  /** The executable. */
  command: string;
  /** Its arguments. */
  args: readonly string[];
  /** Its whole environment. */
  env: { readonly [name: string]: string };
  /** The directory it runs in. */
  cwd: string;
  /** What it reads on stdin, which is closed after that. */
  stdin: string;
}

/** How a child ended. */
export interface ChildEnd {
  /** Its exit code; undefined when a signal ended it. */
  code?: number;
  /** The signal that ended it. */
  signal?: Deno.Signal;
}

/** A running child and everything in its process group. */
export interface Child {
  /** Its process id, which is also its group's where there are groups. */
  readonly pid: number;
  /** Its stdout. Ends soon after the child, also when what it started holds it open. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Its stderr, likewise. */
  readonly stderr: ReadableStream<Uint8Array>;
  /** Whether it has not ended yet. */
  readonly isRunning: boolean;
  /** How it ended, once it has. */
  readonly ended: Promise<ChildEnd>;
  /**
   * Asks it to stop, with SIGINT, waits, and then kills it and its group. Resolves
   * when it has ended, to whether it was running. A second call may shorten the wait.
   *
   * @param graceMs how long it may take, in milliseconds
   */
  stop(graceMs: number): Promise<boolean>;
}

const isWindows = Deno.build.os === "windows";

/** What the OS says of a file that is there and cannot be started. */
function startFailure(command: string, error: unknown): CcrunError {
  const why = error instanceof Deno.errors.NotFound
    ? "the interpreter that it names does not exist"
    : osReason(error).replace(/^Failed to spawn '.*': /, "");
  return new CcrunError(
    "not_executable",
    `cannot run ${command}: ${why}`,
    "check that the file is a program of this machine's kind, and that its interpreter exists",
    { cause: error },
  );
}

/** How long a child may take to stop after it was asked, also when the program has gone, in milliseconds. */
export const STOP_GRACE_MS = 5000;

/**
 * Starts a child in a process group and session of its own, so that a terminal's
 * Ctrl-C reaches it only through us, and that its group can be ended as one.
 *
 * @throws {CcrunError} `not_executable` when the OS cannot start it
 */
export function startChild(options: ChildOptions): Child {
  let process: Deno.ChildProcess;
  try {
    process = new Deno.Command(options.command, {
      args: [...options.args],
      env: { ...options.env },
      clearEnv: true,
      cwd: options.cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: !isWindows,
    }).spawn();
  } catch (error) {
    throw startFailure(options.command, error);
  }
  let hasEnded = false;
  const signal = (name: Deno.Signal, group: boolean): void => {
    try {
      if (group && !isWindows) Deno.kill(-process.pid, name);
      else if (!hasEnded) process.kill(name);
    } catch {
      // It has ended in the meantime, which is what a signal is for.
    }
  };
  const kill = () => signal("SIGKILL", true);
  // No child outlives the program. Where there is no guardian, it is killed as the program ends.
  const guardian = isWindows ? undefined : guard(process.pid, STOP_GRACE_MS);
  const forget = guardian === undefined ? atEnd(kill) : guardian.release;
  const ended = process.status.then(async ({ code, signal }): Promise<ChildEnd> => {
    hasEnded = true;
    await forget();
    return signal === null ? { code } : { signal };
  });
  const fed = feed(process.stdin, options.stdin);
  let isAsked = false;
  const stop = async (graceMs: number): Promise<boolean> => {
    if (hasEnded) return false;
    // Once: a second one could break off what it does at its end. Windows has no signal that asks.
    if (!isAsked) signal(isWindows ? "SIGKILL" : "SIGINT", false);
    isAsked = true;
    const timer = setTimeout(kill, graceMs);
    await ended;
    clearTimeout(timer);
    // What shares its group has lost its parent.
    kill();
    await settled(fed);
    return true;
  };
  return {
    pid: process.pid,
    get isRunning() {
      return !hasEnded;
    },
    stdout: endAfter(process.stdout, ended),
    stderr: endAfter(process.stderr, ended),
    ended,
    stop,
  };
}

async function feed(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    // It ended, or closed its stdin, before it had read everything: its own
    // output and exit code say why.
  }
}

/** How long a pipe may stay silent after its child has ended, until it counts as ended too. */
const SILENCE_AFTER_END_MS = 250;

/**
 * How often a read may be found waiting after that: what the child wrote is in the
 * pipe and comes at once, so what is waited for is somebody else's.
 */
const MAX_WAITS_AFTER_END = 8;

/** Waits for a pipe of a child that has ended, but not for whoever else holds it open. */
async function settled(pipe: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, SILENCE_AFTER_END_MS);
  });
  await Promise.race([pipe, silence]);
  clearTimeout(timer);
}

/**
 * A child's pipe that also ends when the child has ended and what it wrote is read:
 * a process that it left behind may hold the pipe open, and write to it, for ever.
 */
function endAfter(
  source: ReadableStream<Uint8Array>,
  ended: Promise<unknown>,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let isWaiting = false;
  let reads = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  ended.then(() => {
    let before = reads;
    let waits = 0;
    timer = setInterval(() => {
      if (isWaiting) waits++;
      if (isWaiting && (reads === before || waits >= MAX_WAITS_AFTER_END)) {
        clearInterval(timer);
        reader.cancel().catch(() => {});
      }
      before = reads;
    }, SILENCE_AFTER_END_MS);
    // Who waits is a reader; without one, the program may end.
    Deno.unrefTimer(timer);
    if (reads < 0) clearInterval(timer);
  });
  const finish = () => {
    reads = -1;
    clearInterval(timer);
  };
  return new ReadableStream({
    async pull(controller) {
      isWaiting = true;
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      isWaiting = false;
      if (done || value === undefined) {
        finish();
        controller.close();
      } else {
        reads++;
        controller.enqueue(value);
      }
    },
    cancel(reason) {
      finish();
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
