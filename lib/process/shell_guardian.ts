import { TextLineStream } from "@std/streams/text-line-stream";
import { waitBriefly } from "./child_stdio.ts";
import type { Guardian, LeftoverProcess } from "./guardian.ts";

/** How often a guardian scans while the child runs, in milliseconds. */
const SCAN_INTERVAL_MS = 2000;

/** How long a reply may take, in milliseconds. */
const REPLY_LIMIT_MS = 5000;

/** How long the end may take after the grace period, in milliseconds: some processes die slowly. */
const END_LIMIT_MS = 15_000;

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has exited.
  }
}

/** Sends commands to a process that runs guardian.sh, and reads its replies. */
export class ShellGuardian implements Guardian {
  #process: Deno.ChildProcess;
  #stdin: WritableStreamDefaultWriter<Uint8Array>;
  #repliesRead: Promise<void>;
  #pendingReplies: (() => void)[] = [];
  #leftovers = new Map<number, LeftoverProcess>();
  #ending: Promise<readonly LeftoverProcess[]> | undefined;
  #graceTimer = Promise.withResolvers<number>();
  #scanTimer: ReturnType<typeof setInterval> | undefined;
  #isRunning = true;
  #hasDied = false;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#stdin = process.stdin.getWriter();
    this.#repliesRead = this.#readReplies();
    process.status.then(({ success }) => this.#handleExit(success));
    // A guardian does not keep the program alive. Its task begins when the program dies.
    process.unref();
  }

  get hasDied(): boolean {
    return this.#hasDied;
  }

  guard(pid: number): void {
    this.#send(`root ${pid}`);
    this.#scanTimer = setInterval(() => {
      if (this.#pendingReplies.length === 0) this.scan();
    }, SCAN_INTERVAL_MS);
    Deno.unrefTimer(this.#scanTimer);
  }

  removeAtDeath(directory: string): void {
    this.#send(`remove ${directory}`);
  }

  scan(): Promise<void> {
    return this.#sendAndWait("scan");
  }

  suspend(): Promise<void> {
    return this.#sendAndWait("suspend");
  }

  resume(): Promise<void> {
    return this.#sendAndWait("resume");
  }

  listLeftovers(): Promise<readonly LeftoverProcess[]> {
    return this.#ending ??= this.#sendFinalCommand("list", REPLY_LIMIT_MS)
      .then((leftovers) => leftovers.map((process) => ({ ...process, stays: true })));
  }

  end(graceMs: number, isAsked = false): Promise<readonly LeftoverProcess[]> {
    if (this.#ending === undefined) {
      const command = `end ${graceMs / 1000}${isAsked ? " asked" : ""}`;
      this.#ending = this.#sendFinalCommand(command, graceMs + END_LIMIT_MS);
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
    if (!this.#isRunning || this.#ending !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pendingReplies.push(resolve);
    const timer = setTimeout(resolve, REPLY_LIMIT_MS);
    this.#send(command);
    await promise;
    clearTimeout(timer);
  }

  /** Sends the command after which the guardian exits. Keeps the program alive until then. */
  async #sendFinalCommand(command: string, limitMs: number): Promise<readonly LeftoverProcess[]> {
    clearInterval(this.#scanTimer);
    this.#process.ref();
    this.#send(command);
    const timer = setTimeout(() => this.#forceKill(), limitMs);
    await this.#process.status;
    clearTimeout(timer);
    await waitBriefly(this.#repliesRead);
    await this.#stdin.close().catch(() => {});
    return [...this.#leftovers.values()].sort((a, b) => a.pid - b.pid);
  }

  async #expireGrace(): Promise<void> {
    const timer = await this.#graceTimer.promise;
    if (this.#isRunning) kill(timer);
  }

  /** Kills a guardian whose helpers do not return. */
  #forceKill(): void {
    kill(-this.#process.pid);
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

  #addLeftover(pid: number, command: string, stays: boolean): void {
    const known = this.#leftovers.get(pid);
    this.#leftovers.set(pid, { pid, command: command.trim() || known?.command || "", stays });
  }

  #handleExit(success: boolean): void {
    this.#isRunning = false;
    this.#hasDied = !success;
    clearInterval(this.#scanTimer);
    for (const resolve of this.#pendingReplies.splice(0)) resolve();
  }
}
