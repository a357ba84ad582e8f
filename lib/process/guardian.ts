import { TextLineStream } from "@std/streams/text-line-stream";
import { spawnHelper } from "./helper_process.ts";
import { GUARDIAN_SCRIPT } from "./guardian_script.ts";
import { waitBriefly } from "./child_stdio.ts";
import type { Env } from "../util/env.ts";

/** A process that a run has left behind. */
export interface LeftoverProcess {
  /** Its process id. */
  readonly pid: number;
  /** Its command line, or as much of it as names it. It is foreign text. */
  readonly command: string;
  /** Whether it is still there: it was to be kept, or cannot be killed. */
  readonly stays: boolean;
}

/** Options of {@linkcode startGuardian}. */
export interface GuardianOptions {
  /** What the run's processes carry in CCRUN_RUNS. */
  readonly token: string;
  /** The environment whose PATH and outer runs the guardian has. */
  readonly env: Env;
  /** How long an end may take when the program has died, in milliseconds. */
  readonly graceMs: number;
  /** Whether the child's child runs the one that is asked to end. @default {false} */
  readonly signalsInnerProcess?: boolean;
  /**
   * Where processes are listed: in /proc, or by `ps` where there is none.
   * @default {"proc" on Linux, else "ps"}
   */
  readonly source?: "proc" | "ps";
  /** The shell and its first arguments. @default {["/bin/sh"]} */
  readonly shell?: readonly [string, ...string[]];
  /** Where its helpers are. @default {"/usr/bin:/bin, and then the environment's PATH"} */
  readonly path?: string;
}

/**
 * A process that outlives the program: it knows all processes of a run, wherever they have gone,
 * and ends them when it is told to, or when the program has died.
 */
export interface Guardian {
  /** Whether it has died before its time, so that what it was to do is not done. */
  readonly hasDied: boolean;
  /** Says which child is the run's. */
  guard(pid: number): void;
  /** Names a folder that the run needs, which is to go also when the program dies. */
  removeAtDeath(folder: string): void;
  /** Has it remember whom the run has started by now. */
  scan(): Promise<void>;
  /** Stops all processes of the run where they are. Resolves when they stand. */
  suspend(): Promise<void>;
  /** Lets them go on. */
  resume(): Promise<void>;
  /** Names what the run has left behind, and leaves it. The guardian is gone then. */
  listLeftovers(): Promise<readonly LeftoverProcess[]>;
  /**
   * Ends all processes of the run: the child is asked, if it lives, then what it has left behind;
   * who is there after the grace is killed. The guardian is gone then.
   *
   * @param graceMs how long all of it may take, in milliseconds; a second call may only shorten it to 0
   * @param isAsked the child has been asked already. @default {false}
   * @returns what the child had left behind
   */
  end(graceMs: number, isAsked?: boolean): Promise<readonly LeftoverProcess[]>;
}

/** How often the run's processes are listed while the child runs, in milliseconds. */
const SCAN_INTERVAL_MS = 2000;

/** How long an answer is waited for: a look takes some hundredths of a second. */
const ANSWER_LIMIT_MS = 5000;

/** How much longer than the grace an end may take: a process in the kernel's hands does not die at once. */
const END_LIMIT_MS = 15_000;

/**
 * Starts a guardian. It comes before the child, so that there is no moment without one.
 *
 * @returns undefined where there is no shell to do it
 */
export function startGuardian(options: GuardianOptions): Guardian | undefined {
  const { token, env, graceMs } = options;
  const source = options.source ?? (Deno.build.os === "linux" ? "proc" : "ps");
  const process = spawnHelper({
    name: "ccrun-guardian",
    script: GUARDIAN_SCRIPT,
    args: [token, source, seconds(graceMs), options.signalsInnerProcess ? "inside" : "self"],
    env,
    path: options.path,
    shell: options.shell,
    stdout: "piped",
    stderr: "null",
  });
  return process === undefined ? undefined : new ShellGuardian(process);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

class ShellGuardian implements Guardian {
  #process: Deno.ChildProcess;
  #orders: WritableStreamDefaultWriter<Uint8Array>;
  #awaited: (() => void)[] = [];
  #left = new Map<number, LeftoverProcess>();
  #answered: Promise<void>;
  #ending: Promise<readonly LeftoverProcess[]> | undefined;
  #timer = Promise.withResolvers<number>();
  #scanTimer: ReturnType<typeof setInterval> | undefined;
  #isAlive = true;
  #isLost = false;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#orders = process.stdin.getWriter();
    this.#answered = this.#listen();
    process.status.then(({ success }) => this.#die(success));
    // It does not keep the program alive; that it ends with the program is its purpose.
    process.unref();
  }

  get hasDied(): boolean {
    return this.#isLost;
  }

  guard(pid: number): void {
    this.#order(`root ${pid}`);
    this.#scanTimer = setInterval(() => {
      if (this.#awaited.length === 0) this.scan();
    }, SCAN_INTERVAL_MS);
    Deno.unrefTimer(this.#scanTimer);
  }

  removeAtDeath(folder: string): void {
    this.#order(`remove ${folder}`);
  }

  scan(): Promise<void> {
    return this.#orderAndWait("look");
  }

  suspend(): Promise<void> {
    return this.#orderAndWait("hold");
  }

  resume(): Promise<void> {
    return this.#orderAndWait("go");
  }

  listLeftovers(): Promise<readonly LeftoverProcess[]> {
    return this.#ending ??= this.#last("list", ANSWER_LIMIT_MS)
      .then((left) => left.map((process) => ({ ...process, stays: true })));
  }

  end(graceMs: number, isAsked = false): Promise<readonly LeftoverProcess[]> {
    if (this.#ending === undefined) {
      const order = `end ${seconds(graceMs)}${isAsked ? " asked" : ""}`;
      this.#ending = this.#last(order, graceMs + END_LIMIT_MS);
    } else if (graceMs === 0) this.#hurry();
    return this.#ending;
  }

  #order(line: string): void {
    // Who has died takes no orders, and needs none.
    this.#orders.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
  }

  async #orderAndWait(line: string): Promise<void> {
    // Who carries out its last order listens no more.
    if (!this.#isAlive || this.#ending !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#awaited.push(resolve);
    const timer = setTimeout(resolve, ANSWER_LIMIT_MS);
    this.#order(line);
    await promise;
    clearTimeout(timer);
  }

  /** Gives the last order. Until it is carried out, the program must not end. */
  async #last(line: string, limitMs: number): Promise<readonly LeftoverProcess[]> {
    clearInterval(this.#scanTimer);
    this.#process.ref();
    this.#order(line);
    const timer = setTimeout(() => this.#giveUp(), limitMs);
    await this.#process.status;
    clearTimeout(timer);
    await waitBriefly(this.#answered);
    await this.#orders.close().catch(() => {});
    return [...this.#left.values()].sort((a, b) => a.pid - b.pid);
  }

  /** Nothing is to be waited for any more. */
  async #hurry(): Promise<void> {
    const timer = await this.#timer.promise;
    if (this.#isAlive) kill(timer);
  }

  /** Its helpers may be stuck in something that the kernel does not come back from. */
  #giveUp(): void {
    kill(-this.#process.pid);
  }

  async #listen(): Promise<void> {
    const lines = this.#process.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const [word, pid, ...command] = line.split(" ");
      if (word === "ok") this.#awaited.shift()?.();
      else if (word === "timer") this.#timer.resolve(Number(pid));
      else if (word === "left" || word === "stays") {
        const known = this.#left.get(Number(pid));
        this.#left.set(Number(pid), {
          pid: Number(pid),
          command: command.join(" ").trim() || known?.command || "",
          stays: word === "stays",
        });
      }
    }
  }

  #die(hasDone: boolean): void {
    this.#isAlive = false;
    this.#isLost = !hasDone;
    for (const resolve of this.#awaited.splice(0)) resolve();
  }
}
