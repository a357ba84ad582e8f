import { onExit } from "../util/exit_handlers.ts";
import type { Child, ChildExit } from "./child.ts";
import { closeAfterExit } from "./child_stdio.ts";
import type { Guardian, LeftoverProcess } from "./guardian.ts";
import { decodeShellStatus } from "./isolation.ts";

const isWindows = Deno.build.os === "windows";

/** A child process with its guardian. */
export class ProcessTree implements Child {
  readonly pid: number;
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  readonly exited: Promise<ChildExit>;
  #process: Deno.ChildProcess;
  #guardian: Guardian | undefined;
  #isRunning = true;
  #exitRequested = false;

  constructor(process: Deno.ChildProcess, guardian: Guardian | undefined, isIsolated: boolean) {
    this.#process = process;
    this.#guardian = guardian;
    this.pid = process.pid;
    this.stdin = process.stdin;
    this.exited = this.#waitForExit(isIsolated);
    this.stdout = closeAfterExit(process.stdout, this.exited);
    this.stderr = closeAfterExit(process.stderr, this.exited);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  async suspend(): Promise<void> {
    await this.#guardian?.suspend();
  }

  async resume(): Promise<void> {
    await this.#guardian?.resume();
  }

  async stop(graceMs: number, keepDescendants = false): Promise<boolean> {
    if (!this.#isRunning) return false;
    this.#requestExit(graceMs, keepDescendants);
    const timer = setTimeout(() => {
      if (keepDescendants) this.#signal("SIGKILL");
      else this.#killGroup();
    }, graceMs);
    await this.exited;
    clearTimeout(timer);
    return true;
  }

  kill(): void {
    if (this.#isRunning) this.#killGroup();
    this.#guardian?.end(0);
  }

  async reapLeftovers(graceMs: number, keep = false): Promise<readonly LeftoverProcess[]> {
    await this.exited;
    const guardian = this.#guardian;
    const leftovers = await (keep ? guardian?.listLeftovers() : guardian?.end(graceMs));
    if (!keep && !this.#isGuarded) this.#killGroup();
    return leftovers ?? [];
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
    if (keepDescendants || !this.#isGuarded) {
      if (!wasRequested) interrupt();
      return;
    }
    this.#guardian?.end(graceMs, wasRequested).then(() => {
      // A guardian that was killed may not have sent the signal.
      if (!this.#isGuarded) interrupt();
    });
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
