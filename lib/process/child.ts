import { onExit } from "../util/exit_handlers.ts";
import { osErrorMessage } from "../util/file_errors.ts";
import { CcrunError } from "../errors.ts";
import { decodeShellStatus } from "./shell_status.ts";
import { type LeftoverProcess, startGuardian } from "./guardian.ts";
import { createRunToken, withRunToken } from "./run_token.ts";
import { makeWatch } from "./watch.ts";
import { closeAfterExit, waitBriefly, writeStdin } from "./child_stdio.ts";
import type { Env } from "../util/env.ts";

export type { LeftoverProcess as LeftProcess } from "./guardian.ts";

/** Options of {@linkcode startChild}. */
export interface ChildOptions {
  /** The executable. */
  command: string;
  /** Its arguments. */
  args: readonly string[];
  /** Its whole environment, to which the run's mark is added. */
  env: Env;
  /** The directory it runs in. */
  cwd: string;
  /** What it reads on stdin, which is closed after that. */
  stdin: string;
  /** How long its end may take when the program has died, in milliseconds. @default {STOP_GRACE_MS} */
  graceMs?: number | undefined;
  /** The words that run it in a namespace of its own. */
  isolation?: readonly [string, ...string[]] | undefined;
  /** A folder with files for it, which is removed when the program dies. @default none */
  folder?: string | undefined;
  /** Is told of each chunk that is read. */
  onRead?: (() => void) | undefined;
  /** Is given, where it cannot be started, what resolves when nothing is left of the attempt. */
  onUnstarted?: ((gone: Promise<unknown>) => void) | undefined;
}

/** How a child ended. */
export interface ChildEnd {
  /** Its exit code; undefined when a signal ended it. */
  code?: number;
  /** The signal that ended it. */
  signal?: Deno.Signal;
}

/** A running child and everything that it has started. */
export interface Child {
  /** Its process id, which is also its group's and its session's where there are any. */
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
   * Watches what it starts until {@linkcode unwatch}: what it has started may soon have no parent
   * any more, and then be known by nothing else but its session. A second call begins anew.
   */
  watch(): void;
  /** It starts nothing any more. */
  unwatch(): void;
  /** Stops it and all that it has started where they are. Resolves when they stand. */
  suspend(): Promise<void>;
  /** Lets them go on. */
  resume(): Promise<void>;
  /**
   * Asks it to end, with SIGINT, waits, and then kills it with all that it has started. Resolves
   * when it has ended, to whether it was running.
   *
   * @param graceMs how long it may take, in milliseconds
   * @param keeps what it has started is left alone, until {@linkcode reapLeftovers}
   */
  stop(graceMs: number, keeps?: boolean): Promise<boolean>;
  /** Kills it, and whatever it has left behind, at once; also during a stop or a clearing. */
  kill(): void;
  /**
   * When it has ended: ends what it has left behind, or names it and keeps it. To be called for
   * every child; until then, its guardian stays. A second call gives what the first one gave.
   *
   * @param graceMs how long it may take, in milliseconds
   * @returns what it had left behind
   */
  reapLeftovers(graceMs: number, keeps?: boolean): Promise<readonly LeftoverProcess[]>;
}

const isWindows = Deno.build.os === "windows";

/** What the OS says of a file that is there and cannot be started. */
function startFailure(command: string, error: unknown): CcrunError {
  const why = error instanceof Deno.errors.NotFound
    ? "the interpreter that it names does not exist"
    : osErrorMessage(error).replace(/^Failed to spawn '.*': /, "");
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
 * Starts a child that owns a process tree. It is in a process group and session of its own, so that
 * a terminal's Ctrl-C reaches it only through us, carries a mark that all it starts inherits, and
 * has a guardian that ends all of these also when the program dies.
 *
 * @throws {CcrunError} `not_executable` when the OS cannot start it
 */
export function startChild(options: ChildOptions): Child {
  const { graceMs = STOP_GRACE_MS, isolation } = options;
  const token = createRunToken();
  const guardian = isWindows ? undefined : startGuardian({
    token,
    env: options.env,
    graceMs,
    asksInside: isolation !== undefined,
  });
  const [command, ...first] = isolation === undefined
    ? [options.command]
    : [...isolation, options.command];
  let process: Deno.ChildProcess;
  try {
    process = new Deno.Command(command ?? "", {
      args: [...first, ...options.args],
      env: withRunToken(options.env, token),
      clearEnv: true,
      cwd: options.cwd,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: !isWindows,
    }).spawn();
  } catch (error) {
    const gone = guardian?.listLeftovers();
    if (gone !== undefined) options.onUnstarted?.(gone);
    throw startFailure(options.command, error);
  }
  guardian?.guard(process.pid);
  if (options.folder !== undefined) guardian?.removeAtDeath(options.folder);
  let hasEnded = false;
  const signal = (name: Deno.Signal, group: boolean): void => {
    try {
      if (group && !isWindows) Deno.kill(-process.pid, name);
      else if (!hasEnded) process.kill(name);
    } catch {
      // It has ended in the meantime, which is what a signal is for.
    }
  };
  const killGroup = () => signal("SIGKILL", true);
  const isGuarded = () => guardian !== undefined && !guardian.hasDied;
  // Without a guardian, it is killed as the program ends.
  const forget = onExit(() => {
    if (!isGuarded()) killGroup();
  });
  const ended = process.status.then(async ({ code, signal }): Promise<ChildEnd> => {
    hasEnded = true;
    watch.close();
    forget();
    if (signal !== null) return { signal };
    return isolation === undefined ? { code } : await decodeShellStatus(code);
  });
  const fed = writeStdin(process.stdin, options.stdin);
  let isAsked = false;
  /** Once: a second one could break off what it does at its end. */
  const ask = (graceMs: number, keeps: boolean) => {
    // Windows has no signal that asks.
    const askAlone = () => signal(isWindows ? "SIGKILL" : "SIGINT", false);
    if (!keeps && guardian !== undefined && isGuarded()) {
      guardian.end(graceMs, isAsked).then(() => {
        // Somebody has killed it, and perhaps before it could ask.
        if (!isGuarded()) askAlone();
      });
    } else if (!isAsked) {
      askAlone();
    }
    isAsked = true;
  };
  const watch = makeWatch(guardian);
  const onRead = options.onRead ?? (() => {});
  return {
    pid: process.pid,
    get isRunning() {
      return !hasEnded;
    },
    stdout: closeAfterExit(process.stdout, ended, onRead),
    stderr: closeAfterExit(process.stderr, ended, onRead),
    ended,
    watch: () => {
      if (!hasEnded) watch.begin();
    },
    unwatch: watch.end,
    async suspend() {
      await guardian?.suspend();
    },
    async resume() {
      await guardian?.resume();
    },
    async stop(graceMs, keeps = false) {
      if (hasEnded) return false;
      ask(graceMs, keeps);
      const timer = setTimeout(() => signal("SIGKILL", !keeps), graceMs);
      await ended;
      clearTimeout(timer);
      await waitBriefly(fed);
      return true;
    },
    kill() {
      if (!hasEnded) killGroup();
      guardian?.end(0);
    },
    async reapLeftovers(graceMs, keeps = false) {
      await ended;
      let left: readonly LeftoverProcess[] = [];
      if (guardian !== undefined && isGuarded()) {
        left = await (keeps ? guardian.listLeftovers() : guardian.end(graceMs));
      } else {
        // Its pipes are closed, also where it has died.
        await guardian?.end(0);
      }
      // Without one, at least what shares its group ends with it.
      if (!keeps && !isGuarded()) killGroup();
      return left;
    },
  };
}
