import { osErrorMessage } from "../util/file_errors.ts";
import { CcrunError } from "../errors.ts";
import { type LeftoverProcess, startGuardian } from "./guardian.ts";
import { createRunToken, withRunToken } from "./run_token.ts";
import { ProcessTree } from "./process_tree.ts";
import type { Env } from "../util/env.ts";

export type { LeftoverProcess } from "./guardian.ts";

/** Options for {@linkcode startChild}. */
export interface ChildOptions {
  /** The executable. */
  command: string;
  args: readonly string[];
  /** The whole environment. The run token is added to it. */
  env: Env;
  /** The working directory. */
  cwd: string;
  /**
   * The grace period if this program dies before the child, in milliseconds.
   * @default {DEFAULT_GRACE_MS}
   */
  graceMs?: number | undefined;
  /** The command that isolates the child, as `isolation` returns it. @default not isolated */
  isolation?: readonly [string, ...string[]] | undefined;
  /** A directory of private files that the guardian removes if this program dies. */
  privateDirectory?: string | undefined;
}

/** How a child exited: either by itself or by a signal. */
export interface ChildExit {
  code?: number;
  signal?: Deno.Signal;
}

/** A running child together with everything that it starts. */
export interface Child {
  /** The process id, which is also the id of the child's process group and session. */
  readonly pid: number;
  /** Stays open until the caller closes it. */
  readonly stdin: WritableStream<Uint8Array>;
  /** Ends soon after the child, even if a descendant holds the pipe open. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Ends soon after the child, even if a descendant holds the pipe open. */
  readonly stderr: ReadableStream<Uint8Array>;
  /** Whether the child has not exited yet. */
  readonly isRunning: boolean;
  /** Resolves when the child has exited. Never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Suspends the child and its descendants. Resolves when they are suspended. */
  suspend(): Promise<void>;
  /** Resumes the child and its descendants. */
  resume(): Promise<void>;
  /**
   * Sends SIGINT to the child, waits for the grace period, and then kills the child with all its
   * descendants. SIGINT is sent only once, because a second one can interrupt the child's cleanup.
   *
   * @param graceMs in milliseconds
   * @param keepDescendants leaves the descendants to {@linkcode reapLeftovers}
   * @returns whether the child was running, when it has exited
   */
  stop(graceMs: number, keepDescendants?: boolean): Promise<boolean>;
  /** Kills the child and its descendants now, even while they are being stopped. */
  kill(): void;
  /**
   * Waits until the child has exited, and then stops the processes that it left running. Must be
   * called for every child, because its guardian stays until then. Further calls return the first result.
   *
   * @param graceMs in milliseconds
   * @param keep lists the processes and lets them run
   */
  reapLeftovers(graceMs: number, keep?: boolean): Promise<readonly LeftoverProcess[]>;
}

/** The grace period between a request to stop and SIGKILL, in milliseconds. */
export const DEFAULT_GRACE_MS = 5000;

const isWindows = Deno.build.os === "windows";

/**
 * Starts a child as the root of a process tree. The child leads a process group and session, so a
 * terminal's Ctrl-C does not reach it. It carries a token that its descendants inherit. A guardian
 * stops all of them even if this program dies.
 *
 * @throws {CcrunError} `not_executable` when the OS cannot start it
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { command, env, graceMs = DEFAULT_GRACE_MS, isolation, privateDirectory } = options;
  const token = createRunToken();
  const guardian = isWindows ? undefined : startGuardian({
    token,
    env,
    graceMs,
    signalsInnerProcess: isolation !== undefined,
  });
  let process: Deno.ChildProcess;
  try {
    process = spawn(options, withRunToken(env, token));
  } catch (error) {
    await guardian?.listLeftovers();
    throw startFailure(command, error);
  }
  guardian?.guard(process.pid);
  if (privateDirectory !== undefined) guardian?.removeAtDeath(privateDirectory);
  return new ProcessTree(process, guardian, isolation !== undefined);
}

function spawn({ command, args, cwd, isolation }: ChildOptions, env: Env): Deno.ChildProcess {
  const [program, ...rest] = isolation === undefined
    ? [command, ...args] as const
    : [...isolation, command, ...args] as const;
  return new Deno.Command(program, {
    args: rest,
    env: { ...env },
    clearEnv: true,
    cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: !isWindows,
  }).spawn();
}

function startFailure(command: string, error: unknown): CcrunError {
  const reason = error instanceof Deno.errors.NotFound
    ? "its interpreter does not exist"
    : osErrorMessage(error).replace(/^Failed to spawn '.*': /, "");
  return new CcrunError(
    "not_executable",
    `cannot run ${command}: ${reason}`,
    "check that the file is a program for this machine and that its interpreter exists",
    { cause: error },
  );
}
