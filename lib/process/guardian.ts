import { TextLineStream } from "@std/streams/text-line-stream";
import type { Env } from "../util/env.ts";
import { SYSTEM_PATH } from "../util/run_shell.ts";
import { waitBriefly } from "./child_stdio.ts";
import GUARDIAN_SCRIPT from "./guardian.sh" with { type: "text" };
import { RUN_TOKEN_VARIABLE } from "./run_token.ts";

/** A process that a run left behind. */
export interface LeftoverProcess {
  readonly pid: number;
  /** The beginning of its command line, which is untrusted text. */
  readonly command: string;
  /** Whether it still runs, because it was kept or SIGKILL did not end it. */
  readonly stays: boolean;
}

/** Options of {@linkcode startGuardian}. */
export interface GuardianOptions {
  /** The token that the run's processes carry. */
  readonly token: string;
  /** The environment that provides PATH and the tokens of outer runs. */
  readonly env: Env;
  /** The grace period if this program dies, in milliseconds. */
  readonly graceMs: number;
  /** Sends SIGINT to the program inside a PID namespace instead of the child. @default {false} */
  readonly signalsInnerProcess?: boolean;
  /** How processes are listed. @default {"proc" on Linux, otherwise "ps"} */
  readonly source?: "proc" | "ps";
  /** The shell and its first arguments. @default {["/bin/sh"]} */
  readonly shell?: readonly [string, ...string[]];
  /** The PATH of the script. @default {"/usr/bin:/bin, then the PATH of the environment"} */
  readonly path?: string;
}

/** A helper process that finds all processes of a run, and stops them even if this program dies. */
export interface Guardian {
  /** Whether the guardian has died or failed, so that it cannot stop anything. */
  readonly hasDied: boolean;
  /** Sets the child whose descendants are the run's processes, and scans for them from now on. */
  guard(pid: number): void;
  /** Sets a directory that is removed if this program dies. */
  removeAtDeath(directory: string): void;
  /** Records the run's current processes. */
  scan(): Promise<void>;
  /** Suspends all processes of the run. Resolves when they are suspended. */
  suspend(): Promise<void>;
  /** Resumes all processes of the run. */
  resume(): Promise<void>;
  /** Lists the run's processes and lets them run. The guardian exits. */
  listLeftovers(): Promise<readonly LeftoverProcess[]>;
  /**
   * Stops the child, if it runs, and then its leftovers. Kills what remains after the grace period.
   * The guardian exits.
   *
   * @param graceMs in milliseconds. A further call with 0 ends the grace period of the first one.
   * @param isAsked whether the child has received SIGINT already. @default {false}
   * @returns the processes that outlived the child
   */
  end(graceMs: number, isAsked?: boolean): Promise<readonly LeftoverProcess[]>;
}

/** How often a guardian scans while the child runs, in milliseconds. */
const SCAN_INTERVAL_MS = 2000;

/** How long a reply may take, in milliseconds. */
const REPLY_LIMIT_MS = 5000;

/** How long the end may take after the grace period, in milliseconds: some processes die slowly. */
const END_LIMIT_MS = 15_000;

/**
 * Starts a guardian. This must happen before the child starts, so that the child is never unguarded.
 *
 * @returns undefined if there is no shell
 */
export function startGuardian(options: GuardianOptions): Guardian | undefined {
  try {
    return new ShellGuardian(spawnScript(options));
  } catch {
    return undefined;
  }
}

function spawnScript(options: GuardianOptions): Deno.ChildProcess {
  const { token, env, graceMs, signalsInnerProcess = false } = options;
  const { source = Deno.build.os === "linux" ? "proc" : "ps" } = options;
  const { shell: [shell, ...shellArgs] = ["/bin/sh"] } = options;
  const outerTokens = env[RUN_TOKEN_VARIABLE];
  return new Deno.Command(shell, {
    // The script is not in argv, where `pkill -f` with an everyday word would match it.
    args: [...shellArgs, "-c", 's=$G; unset G; eval "$s"', "ccrun-guardian"],
    env: {
      G: GUARDIAN_SCRIPT,
      TOKEN: token,
      SOURCE: source,
      GRACE: seconds(graceMs),
      SIGNAL_TARGET: signalsInnerProcess ? "inner" : "root",
      PATH: options.path ?? `${SYSTEM_PATH}:${env["PATH"] ?? ""}`,
      // An outer run stops this guardian together with its own processes.
      ...(outerTokens === undefined ? {} : { [RUN_TOKEN_VARIABLE]: outerTokens }),
    },
    clearEnv: true,
    cwd: "/",
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
}

function seconds(ms: number): string {
  return String(ms / 1000);
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has exited.
  }
}

class ShellGuardian implements Guardian {
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
      const command = `end ${seconds(graceMs)}${isAsked ? " asked" : ""}`;
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
