import { TextLineStream } from "@std/streams/text-line-stream";
import { resolvesWithin } from "../util/resolves_within.ts";
import { readPipe } from "./child_stdio.ts";
import { encodeOrder, pidField, secondsField, tokenField } from "./guardian_order.ts";
import { spawnGuardian, type SpawnGuardianOptions } from "./spawn_guardian.ts";

/** Options for {@linkcode startGuardian}. */
export interface GuardianOptions extends SpawnGuardianOptions {
  /** The token that the run's processes carry. */
  readonly token: string;
}

/** A process that a run left behind. */
export interface LeftoverProcess {
  /** Its process id. */
  readonly pid: number;
  /** The beginning of its command line, which is untrusted text. */
  readonly command: string;
  /** Whether it still runs, because it was kept or SIGKILL did not end it. */
  readonly isRunning: boolean;
}

/**
 * How often a guardian looks for new sessions while the child runs, in milliseconds. A session belongs to
 * the run only if the guardian has seen its first process.
 */
const WATCH_INTERVAL_MS = 100;

/** How often it scans instead, in these intervals. */
const SCAN_EVERY = 20;

/** The exit code of a guardian that cannot list processes. */
const CANNOT_SCAN = 3;

/** How long an order may take besides a grace period, in milliseconds. Some processes die slowly. */
const ORDER_LIMIT_MS = 15_000;

/**
 * How long the last replies may take after the guardian has exited, in milliseconds. A helper of a killed
 * guardian can hold the pipe open.
 */
const LAST_REPLIES_LIMIT_MS = 250;

/**
 * Starts a guardian. It must be ready before the child starts, so that the child is never unguarded.
 *
 * @returns undefined if there is no shell
 * @throws {Deno.errors.NotCapable} if Deno does not let this program run it
 */
export function startGuardian(options: GuardianOptions): Guardian | undefined {
  try {
    return new Guardian(spawnGuardian(options), options.token);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

/**
 * A helper process that finds all processes of a run, and stops them even if this program dies. It runs
 * guardian.sh, which describes its orders and replies.
 */
export class Guardian {
  /** Resolves when the guardian can find the processes of the run, even if this program dies. */
  readonly ready: Promise<void>;
  #process: Deno.ChildProcess;
  #stdin: WritableStreamDefaultWriter<Uint8Array>;
  #repliesRead: Promise<void>;
  #pendingReplies: (() => void)[] = [];
  #leftovers = new Map<number, LeftoverProcess>();
  #ending: Promise<readonly LeftoverProcess[]> | undefined;
  #isWaiting = Promise.withResolvers<void>();
  #rootStart: string | undefined;
  #watchTimer: ReturnType<typeof setInterval> | undefined;
  /** How the guardian exited. */
  #status: Deno.CommandStatus | undefined;

  constructor(process: Deno.ChildProcess, token: string) {
    this.#process = process;
    this.#stdin = process.stdin.getWriter();
    this.ready = this.#send(tokenField(token));
    this.#repliesRead = this.#readReplies();
    process.status.then((status) => this.#handleExit(status));
    // A guardian does not keep the program alive. Its task begins when the program dies.
    process.unref();
  }

  /** Whether the guardian has died or failed, so that it cannot stop anything. */
  get hasDied(): boolean {
    return this.#status?.success === false;
  }

  /** Whether the guardian was killed, or could not finish, so that another one has to. */
  get wasKilled(): boolean {
    return this.hasDied && this.#status?.code !== CANNOT_SCAN;
  }

  /** Resolves when the guardian has exited. */
  get exited(): Promise<unknown> {
    return this.#process.status;
  }

  /** When the child started, as the guardian writes it: undefined until the guardian has read it. */
  get rootStart(): string | undefined {
    return this.#rootStart;
  }

  /**
   * Sets the child whose descendants are the run's processes, and watches them from now on.
   *
   * @param start when the child started, if the guardian replaces one that has read it
   */
  guard(pid: number, start?: string): void {
    this.#send("root", pidField(pid), ...(start === undefined ? [] : [start]));
    let ticks = 0;
    this.#watchTimer = setInterval(() => {
      if (this.#pendingReplies.length > 0) return;
      this.#sendAndWait(++ticks % SCAN_EVERY === 0 ? "scan" : "watch");
    }, WATCH_INTERVAL_MS);
    Deno.unrefTimer(this.#watchTimer);
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
    return this.#ending ??= this.#sendFinalOrder(["list"], ORDER_LIMIT_MS)
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
      const order = ["end", secondsField(graceMs), ...(isAsked ? ["asked"] : [])];
      this.#ending = this.#sendFinalOrder(order, graceMs + ORDER_LIMIT_MS);
    } else if (graceMs === 0) {
      this.#expireGrace();
    }
    return this.#ending;
  }

  async #send(...fields: readonly string[]): Promise<void> {
    // The write fails if the guardian has died.
    await this.#stdin.write(new TextEncoder().encode(encodeOrder(...fields))).catch(() => {});
  }

  async #sendAndWait(order: string): Promise<void> {
    if (this.#status !== undefined || this.#ending !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pendingReplies.push(resolve);
    this.#send(order);
    await resolvesWithin(promise, ORDER_LIMIT_MS);
  }

  /** Sends the order after which the guardian exits. Keeps the program alive until then. */
  async #sendFinalOrder(
    order: readonly string[],
    limitMs: number,
  ): Promise<readonly LeftoverProcess[]> {
    clearInterval(this.#watchTimer);
    this.#process.ref();
    this.#continue();
    this.#send(...order);
    // The helpers of a guardian may not return.
    const timer = setTimeout(() => this.#killWithHelpers(), limitMs);
    await this.#process.status;
    clearTimeout(timer);
    await resolvesWithin(this.#repliesRead, LAST_REPLIES_LIMIT_MS);
    await this.#stdin.close().catch(() => {});
    return [...this.#leftovers.values()].sort((a, b) => a.pid - b.pid);
  }

  async #expireGrace(): Promise<void> {
    await this.#isWaiting.promise;
    if (this.#status === undefined) this.#process.kill("SIGUSR1");
  }

  /** Resumes a guardian that a process of the run has suspended. */
  #continue(): void {
    if (this.#status === undefined) this.#process.kill("SIGCONT");
  }

  #killWithHelpers(): void {
    if (this.#status === undefined) Deno.kill(-this.#process.pid, "SIGKILL");
  }

  async #readReplies(): Promise<void> {
    const lines = readPipe(this.#process.stdout)
      .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const [word, pid, ...command] = line.split(" ");
      if (word === "ok") this.#pendingReplies.shift()?.();
      else if (word === "root") this.#rootStart = pid || undefined;
      else if (word === "waiting") this.#isWaiting.resolve();
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
    clearInterval(this.#watchTimer);
    for (const resolve of this.#pendingReplies.splice(0)) resolve();
  }
}
