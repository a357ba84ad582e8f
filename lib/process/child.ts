import { onExit } from "../util/exit_handlers.ts";
import { closeAfterExit } from "./child_stdio.ts";
import { type Guardian, type LeftoverProcess, startGuardian } from "./guardian.ts";
import { decodeShellStatus } from "./isolation.ts";
import { createRunToken, withRunToken } from "./run_token.ts";
import { spawnChild, type SpawnOptions } from "./spawn_child.ts";

/** Options for {@linkcode startChild}. The run token is added to the environment. */
export interface ChildOptions extends SpawnOptions {
  /**
   * The grace period if this program dies before the child, in milliseconds.
   * @default {DEFAULT_GRACE_MS}
   */
  readonly graceMs?: number | undefined;
}

/** How a child exited: either by itself or by a signal. */
export interface ChildExit {
  code?: number;
  signal?: Deno.Signal;
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
  const { env, graceMs = DEFAULT_GRACE_MS, isolation } = options;
  const token = createRunToken();
  const start = () =>
    startGuardian({ token, env, graceMs, signalsInnerProcess: isolation !== undefined });
  const guardian = isWindows ? undefined : start();
  await guardian?.ready;
  let process: Deno.ChildProcess;
  try {
    process = spawnChild({ ...options, env: withRunToken(env, token) });
  } catch (error) {
    await guardian?.listLeftovers();
    throw error;
  }
  guardian?.guard(process.pid);
  return new Child({
    process,
    guardian,
    startGuardian: start,
    isIsolated: isolation !== undefined,
  });
}

/** The parts of a {@linkcode Child}. */
interface ChildParts {
  readonly process: Deno.ChildProcess;
  /** Undefined if there is no shell. */
  readonly guardian: Guardian | undefined;
  /** Starts another guardian for the same processes. */
  readonly startGuardian: () => Guardian | undefined;
  readonly isIsolated: boolean;
}

/** A running child together with everything that it starts. */
export class Child {
  /** The process id, which is also the id of the child's process group and session. */
  readonly pid: number;
  /** Stays open until the caller closes it. */
  readonly stdin: WritableStream<Uint8Array>;
  /** Ends soon after the child, even if a descendant holds the pipe open. */
  readonly stdout: ReadableStream<Uint8Array>;
  /** Ends soon after the child, even if a descendant holds the pipe open. */
  readonly stderr: ReadableStream<Uint8Array>;
  /** Resolves when the child has exited. Never rejects. */
  readonly exited: Promise<ChildExit>;
  #process: Deno.ChildProcess;
  #guardian: Guardian | undefined;
  #startGuardian: () => Guardian | undefined;
  #isGuardianReplaced = false;
  #isRunning = true;
  #exitRequested = false;

  constructor({ process, guardian, startGuardian, isIsolated }: ChildParts) {
    this.#process = process;
    this.#guardian = guardian;
    this.#startGuardian = startGuardian;
    this.pid = process.pid;
    this.stdin = process.stdin;
    this.exited = this.#waitForExit(isIsolated);
    guardian?.exited.then(() => guardian.wasKilled && this.#replaceGuardian(guardian));
    this.stdout = closeAfterExit(process.stdout, this.exited);
    this.stderr = closeAfterExit(process.stderr, this.exited);
  }

  /** Suspends the child and its descendants. Resolves when they are suspended. */
  async suspend(): Promise<void> {
    await this.#guardian?.suspend();
  }

  /** Resumes the child and its descendants. */
  async resume(): Promise<void> {
    await this.#guardian?.resume();
  }

  /**
   * Sends SIGINT to the child, waits for the grace period, and then kills the child with all its
   * descendants. SIGINT is sent only once, because a second one can interrupt the child's cleanup.
   *
   * @param graceMs in milliseconds
   * @param keepDescendants leaves the descendants to {@linkcode reapLeftovers}
   * @returns whether the child was running, when it has exited
   */
  async stop(graceMs: number, keepDescendants = false): Promise<boolean> {
    if (!this.#isRunning) return false;
    this.#requestExit(graceMs, keepDescendants);
    const timer = setTimeout(() => {
      if (keepDescendants) this.#signal("SIGKILL");
      else this.#killNow();
    }, graceMs);
    await this.exited;
    clearTimeout(timer);
    return true;
  }

  /** Kills the child and its descendants now, even while they are being stopped. */
  kill(): void {
    this.#killNow();
    this.#guardian?.end(0);
  }

  /**
   * Waits until the child has exited, and then stops the processes that it left running. Must be
   * called for every child, because its guardian stays until then. Further calls return the first result.
   *
   * @param graceMs in milliseconds
   * @param keep lists the processes and lets them run
   */
  async reapLeftovers(graceMs: number, keep = false): Promise<readonly LeftoverProcess[]> {
    await this.exited;
    const guardian = this.#guardian;
    const leftovers = await (keep ? guardian?.listLeftovers() : guardian?.end(graceMs)) ?? [];
    if (guardian?.wasKilled && this.#replaceGuardian(guardian)) {
      const others = await this.reapLeftovers(graceMs, keep);
      return [...new Map([...leftovers, ...others].map((found) => [found.pid, found])).values()];
    }
    // Without a shell, there is no guardian.
    if (!keep && guardian === undefined) this.#killGroup();
    // A guardian that was killed may not have stopped what it has reported.
    if (!guardian?.wasKilled) return leftovers;
    return leftovers.map((process) => ({ ...process, isRunning: true }));
  }

  /** Whether the guardian of this child was killed. Another one has replaced it. */
  get lostGuardian(): boolean {
    return this.#isGuardianReplaced;
  }

  /** Whether {@linkcode reapLeftovers} may have missed processes, because guardians were killed. */
  get mayHaveLeftovers(): boolean {
    return this.#isGuardianReplaced && !this.#isGuarded;
  }

  /**
   * Replaces a guardian that was killed, but only once.
   *
   * @returns whether it is replaced
   */
  #replaceGuardian(killed: Guardian): boolean {
    if (this.#guardian === killed && !this.#isGuardianReplaced) {
      this.#isGuardianReplaced = true;
      this.#guardian = this.#startGuardian();
      // A child that has exited is known by its session, if its start time is known.
      if (this.#isRunning || killed.rootStart !== undefined) {
        this.#guardian?.guard(this.pid, killed.rootStart);
      }
    }
    return this.#guardian !== killed;
  }

  get #isGuarded(): boolean {
    return this.#guardian !== undefined && !this.#guardian.hasDied;
  }

  async #waitForExit(isIsolated: boolean): Promise<ChildExit> {
    const removeHandler = onExit(() => {
      if (!this.#isGuarded) this.#killGroup();
    });
    const { code, signal } = await this.#process.status;
    this.#isRunning = false;
    removeHandler();
    if (signal !== null) return { signal };
    return isIsolated ? decodeShellStatus(code) : { code };
  }

  #requestExit(graceMs: number, keepDescendants: boolean): void {
    const wasRequested = this.#exitRequested;
    this.#exitRequested = true;
    // Windows has no signal that requests an exit.
    const interrupt = () => this.#signal(isWindows ? "SIGKILL" : "SIGINT");
    const guardian = this.#guardian;
    if (keepDescendants || guardian === undefined || guardian.hasDied) {
      if (!wasRequested) interrupt();
      return;
    }
    guardian.end(graceMs, wasRequested).then(() => {
      // A guardian that was killed may not have sent the signal.
      if (guardian.hasDied) interrupt();
    });
  }

  /** Kills the child. Its guardian kills the descendants, except those that run as another user. */
  #killNow(): void {
    if (this.#isGuarded) this.#signal("SIGKILL");
    else if (this.#isRunning) this.#killGroup();
  }

  #signal(name: Deno.Signal): void {
    if (!this.#isRunning) return;
    try {
      this.#process.kill(name);
    } catch {
      // It has exited in the meantime.
    }
  }

  /** Kills the process group, the only processes that can be found without a guardian. */
  #killGroup(): void {
    if (isWindows) return this.#signal("SIGKILL");
    try {
      Deno.kill(-this.pid, "SIGKILL");
    } catch {
      // The group is empty.
    }
  }
}
