import { TextLineStream } from "@std/streams/text-line-stream";
import { type GuardianOptions, spawnGuardian } from "./spawn_guardian.ts";

/** A process that a run left behind. */
export interface LeftoverProcess {
  readonly pid: number;
  /** The beginning of its command line, which is untrusted text. */
  readonly command: string;
  /** Whether it still runs, because it was kept or SIGKILL did not end it. */
  readonly isRunning: boolean;
}

/** How often a guardian scans while the child runs, in milliseconds. */
const SCAN_INTERVAL_MS = 2000;

/** How long a command may take besides a grace period, in milliseconds. Some processes die slowly. */
const COMMAND_LIMIT_MS = 15_000;

/**
 * How long the last replies may take after the guardian has exited, in milliseconds. A helper of a killed
 * guardian can hold the pipe open.
 */
const LAST_REPLIES_LIMIT_MS = 250;

/**
 * Starts a guardian. This must happen before the child starts, so that the child is never unguarded.
 *
 * @returns undefined if there is no shell
 */
export function startGuardian(options: GuardianOptions): Guardian | undefined {
  try {
    return new Guardian(spawnGuardian(options));
  } catch {
    return undefined;
  }
}

/**
 * A helper process that finds all processes of a run, and stops them even if this program dies. It runs
 * guardian.sh, which describes its commands and replies.
 */
export class Guardian {
  #process: Deno.ChildProcess;
  #stdin: WritableStreamDefaultWriter<Uint8Array>;
  #repliesRead: Promise<void>;
  #pendingReplies: (() => void)[] = [];
  #leftovers = new Map<number, LeftoverProcess>();
  #ending: Promise<readonly LeftoverProcess[]> | undefined;
  #graceTimer = Promise.withResolvers<number>();
  #scanTimer: ReturnType<typeof setInterval> | undefined;
  /** How the guardian exited. */
  #status: Deno.CommandStatus | undefined;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#stdin = process.stdin.getWriter();
    this.#repliesRead = this.#readReplies();
    process.status.then((status) => this.#handleExit(status));
    // A guardian does not keep the program alive. Its task begins when the program dies.
    process.unref();
  }

  /** Whether the guardian has died or failed, so that it cannot stop anything. */
  get hasDied(): boolean {
    return this.#status?.success === false;
  }

  /** Whether a signal has ended the guardian. */
  get wasKilled(): boolean {
    return typeof this.#status?.signal === "string";
  }

  /** Sets the child whose descendants are the run's processes, and scans for them from now on. */
  guard(pid: number): void {
    this.#send(`root ${pid}`);
    this.#scanTimer = setInterval(() => {
      if (this.#pendingReplies.length === 0) this.scan();
    }, SCAN_INTERVAL_MS);
    Deno.unrefTimer(this.#scanTimer);
  }

  /** Records the run's current processes. */
  scan(): Promise<void> {
    return this.#sendAndWait("scan");
  }

  /** Suspends all processes of the run. Resolves when they are suspended. */
  suspend(): Promise<void> {
    return this.#sendAndWait("suspend");
  }

  /** Resumes all processes of the run. */
  resume(): Promise<void> {
    return this.#sendAndWait("resume");
  }

  /** Lists the run's processes and lets them run. The guardian exits. */
  listLeftovers(): Promise<readonly LeftoverProcess[]> {
    return this.#ending ??= this.#sendFinalCommand("list", COMMAND_LIMIT_MS)
      .then((leftovers) => leftovers.map((process) => ({ ...process, isRunning: true })));
  }

  /**
   * Stops the child, if it runs, and then its leftovers. Kills what remains after the grace period.
   * The guardian exits.
   *
   * @param graceMs in milliseconds. A further call with 0 ends the grace period of the first one.
   * @param isAsked whether the child has received SIGINT already. @default {false}
   * @returns the processes that outlived the child
   */
  end(graceMs: number, isAsked = false): Promise<readonly LeftoverProcess[]> {
    if (this.#ending === undefined) {
      const command = `end ${graceMs / 1000}${isAsked ? " asked" : ""}`;
      this.#ending = this.#sendFinalCommand(command, graceMs + COMMAND_LIMIT_MS);
    } else if (graceMs === 0) {
      this.#expireGrace();
    }
    return this.#ending;
  }

  #send(command: string): void {
    // The write fails if the guardian has died.
    this.#stdin.write(new TextEncoder().encode(`${command}\n`)).catch(() => {});
  }

  async #sendAndWait(command: string): Promise<void> {
    if (this.#status !== undefined || this.#ending !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pendingReplies.push(resolve);
    this.#send(command);
    await waitAtMost(promise, COMMAND_LIMIT_MS);
  }

  /** Sends the command after which the guardian exits. Keeps the program alive until then. */
  async #sendFinalCommand(command: string, limitMs: number): Promise<readonly LeftoverProcess[]> {
    clearInterval(this.#scanTimer);
    this.#process.ref();
    this.#send(command);
    // The helpers of a guardian may not return.
    const timer = setTimeout(() => kill(-this.#process.pid), limitMs);
    await this.#process.status;
    clearTimeout(timer);
    await waitAtMost(this.#repliesRead, LAST_REPLIES_LIMIT_MS);
    await this.#stdin.close().catch(() => {});
    return [...this.#leftovers.values()].sort((a, b) => a.pid - b.pid);
  }

  async #expireGrace(): Promise<void> {
    const timer = await this.#graceTimer.promise;
    if (this.#status === undefined) kill(timer);
  }

  async #readReplies(): Promise<void> {
    const lines = this.#process.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const [word, pid, ...command] = line.split(" ");
      if (word === "ok") this.#pendingReplies.shift()?.();
      else if (word === "timer") this.#graceTimer.resolve(Number(pid));
      else if (word === "leftover") this.#addLeftover(Number(pid), command.join(" "), false);
      else if (word === "remains") this.#addLeftover(Number(pid), command.join(" "), true);
    }
  }

  #addLeftover(pid: number, command: string, isRunning: boolean): void {
    const known = this.#leftovers.get(pid);
    this.#leftovers.set(pid, { pid, command: command.trim() || known?.command || "", isRunning });
  }

  #handleExit(status: Deno.CommandStatus): void {
    this.#status = status;
    clearInterval(this.#scanTimer);
    for (const resolve of this.#pendingReplies.splice(0)) resolve();
  }
}

/** Waits until a promise resolves, but not longer than `ms` milliseconds. */
async function waitAtMost(promise: Promise<void>, ms: number): Promise<void> {
  const { promise: limit, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([promise, limit]);
  clearTimeout(timer);
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has exited.
  }
}
