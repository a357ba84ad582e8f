import type { ClaudeOptions } from "./claude/options.ts";
import { isPendingSessionId } from "./claude/session_id.ts";
import type { RunEvent } from "./events.ts";
import { CcrunError } from "./errors.ts";
import { STOPPED_BY_CALLER, type StopReason, stopReasonOf } from "./run/stop_reason.ts";
import { resolve } from "@std/path";
import { Run } from "./run/run.ts";
import type { Env } from "./util/env.ts";

export { isPendingSessionId, parseSessionId as sessionIdIn } from "./claude/session_id.ts";

/** Options of {@linkcode ClaudeSession}. */
export interface ClaudeSessionOptions extends ClaudeOptions {
  /** The directory that claude works in. @default {Deno.cwd()} */
  workspace?: string | undefined;
  /** A proxy or gateway, with or without `/v1` at its end. */
  apiUrl?: string | undefined;
  /** Further directories that tools may use. */
  allowedDirs?: readonly string[] | undefined;
  /** Where plan files go. */
  plansDirectory?: string | undefined;
  /** Which claude: a path, or a name in PATH. @default the one in PATH, or where it is installed */
  claudePath?: string | undefined;
  /** How the caller named that claude, for messages. @default {"claudePath"} */
  claudeSource?: string | undefined;
  /** The environment that claude inherits. @default {Deno.env.toObject()} */
  env?: Env | undefined;
  /** A refused tool makes a run fail. @default {false} */
  failOnDenied?: boolean | undefined;
  /** How long a run may take, in milliseconds. @default no limit */
  timeoutMs?: number | undefined;
  /** How long claude may say nothing, in milliseconds. @default no limit */
  idleTimeoutMs?: number | undefined;
  /** How long claude has to end when it is stopped, in milliseconds; 0 kills it at once. @default {5_000} */
  graceMs?: number | undefined;
  /** What a good run left running may stay. @default {false} */
  keepBackground?: boolean | undefined;
  /** Claude runs in a PID namespace of its own; only on Linux. @default {false} */
  isolate?: boolean | undefined;
  /** Is told what happens, a line at a time: sizes and kinds, no content. */
  diagnostics?: ((line: string) => void) | undefined;
  /** Diagnostics carry content, too: arguments. @default {false} */
  logRawDiagnostics?: boolean | undefined;
}

/** Options of one {@linkcode ClaudeSession.run}. */
export interface RunOptions {
  /**
   * The session to go on with. One that begins with `pending_` means a new one.
   * @default the session of the last run, else a new one
   */
  sessionId?: string | undefined;
  /** Go on with the newest session of the workspace. @default {false} */
  continueLast?: boolean | undefined;
  /** Branch off the session instead of going on in it. @default {false} */
  fork?: boolean | undefined;
  /** Stops the run. Its reason may be a `StopReason`. */
  signal?: AbortSignal | undefined;
  /** Is told when claude runs. */
  onStarted?: (() => void) | undefined;
  /** Is told when the run is stopped for a reason that makes it fail. */
  onStop?: ((cause: StopReason) => void) | undefined;
  /** Is given each chunk of claude's stdout as it came, and awaited. */
  onOutput?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
}

/**
 * One conversation with Claude Code. Runs follow each other in it: each goes on
 * where the last one ended, unless it is told otherwise.
 *
 * What goes wrong in a run comes as its `error` and `exit` events, not as an
 * exception.
 *
 * @example
 * ```ts no-eval
 * import { ClaudeSession } from "./mod.ts";
 *
 * const session = new ClaudeSession({ workspace: "/project", permissionMode: "plan" });
 * for await (const event of session.run("What is this project?")) {
 *   if (event.type === "text") console.log(event.text);
 *   if (event.type === "exit") console.log(event.reason, session.currentSessionId);
 * }
 * ```
 */
export class ClaudeSession {
  #options: ClaudeSessionOptions;
  #from = Deno.cwd();
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #run: Run | undefined;
  #sessionId: string | undefined;

  constructor(options: ClaudeSessionOptions = {}) {
    this.#options = { ...options };
  }

  /** Whether a run is under way or waits for its turn. */
  get busy(): boolean {
    return this.#waiting > 0;
  }

  /** The session of the current or last run, once it is known. */
  get currentSessionId(): string | undefined {
    return this.#run?.sessionId ?? this.#sessionId;
  }

  /**
   * Runs a prompt and gives its events, from `start` to `exit`. A run that is
   * under way is waited for. Leaving the loop early, or aborting the signal, stops
   * claude before it returns.
   *
   * @throws {CcrunError} `usage` when options contradict each other
   */
  async *run(prompt: string, options: RunOptions = {}): AsyncGenerator<RunEvent, void, void> {
    for await (const events of this.runBatches(prompt, options)) {
      for (const event of events) yield event;
    }
  }

  /**
   * As {@linkcode run}, for who has much to read: gives all events at once that are there, never
   * none of them.
   *
   * @throws {CcrunError} `usage` when options contradict each other
   */
  async *runBatches(
    prompt: string,
    options: RunOptions = {},
  ): AsyncGenerator<readonly RunEvent[], void, void> {
    this.#waiting++;
    const before = this.#queue;
    const turn = Promise.withResolvers<void>();
    // Also a run that does not wait keeps the next one waiting for those before it.
    this.#queue = before.then(() => turn.promise);
    const { signal } = options;
    let onAbort: (() => void) | undefined;
    let run: Run | undefined;
    try {
      await unlessAborted(before, signal);
      const current = run = this.#plan(prompt, options);
      // One that was aborted before its turn starts nothing.
      if (!signal?.aborted) this.#run = current;
      onAbort = () => void current.stop(stopReasonOf(signal));
      if (signal?.aborted) onAbort();
      else signal?.addEventListener("abort", onAbort, { once: true });
      for await (const events of current.batches()) {
        for (const event of events) {
          if (event.type === "session_info") this.#sessionId = event.session_id;
        }
        if (events.length > 0) yield events;
      }
    } finally {
      if (onAbort !== undefined) signal?.removeEventListener("abort", onAbort);
      if (this.#run === run) this.#run = undefined;
      this.#waiting--;
      turn.resolve();
    }
  }

  /**
   * Stops the run that is under way: asks claude to end, waits, and kills it with all that it
   * has started.
   *
   * @param graceMs how long to wait, in milliseconds; 0 kills at once, also what is being stopped
   * already
   * @param cause why, which becomes the run's outcome
   * @returns whether there was something to stop
   */
  async stop(graceMs?: number, cause: StopReason = STOPPED_BY_CALLER): Promise<boolean> {
    return await this.#run?.stop(cause, graceMs) ?? false;
  }

  /** Stops all processes of the run where they are, with its clock; until {@linkcode unpause}. */
  async pause(): Promise<void> {
    await this.#run?.pause();
  }

  /** Lets a paused run go on. */
  async unpause(): Promise<void> {
    await this.#run?.unpause();
  }

  #plan(prompt: string, options: RunOptions): Run {
    const session = this.#options;
    const from = this.#from;
    const { continueLast, fork } = options;
    const wanted = options.sessionId ?? (continueLast ? undefined : this.#sessionId);
    const isNew = wanted === undefined || isPendingSessionId(wanted);
    if (fork && wanted === undefined && !continueLast) {
      throw new CcrunError("usage", "fork needs a session to branch off", "give sessionId");
    }
    if (options.sessionId !== undefined && continueLast) {
      throw new CcrunError("usage", "sessionId and continueLast contradict each other");
    }
    const goesOn = !isNew || continueLast === true;
    return new Run({
      prompt,
      // An id for a new session has no place in one that goes on.
      agent: goesOn && !fork ? { ...session, newSessionId: undefined } : session,
      place: {
        cwd: resolve(from, session.workspace ?? "."),
        allowedDirs: session.allowedDirs,
        plansDirectory: session.plansDirectory,
        resume: isNew ? undefined : wanted,
        continueLast,
        fork: fork && goesOn,
      },
      from,
      env: session.env ?? Deno.env.toObject(),
      claudePath: session.claudePath,
      claudeSource: session.claudeSource ?? "claudePath",
      apiUrl: session.apiUrl,
      failOnDenied: session.failOnDenied,
      timeoutMs: session.timeoutMs,
      idleTimeoutMs: session.idleTimeoutMs,
      graceMs: session.graceMs,
      keepBackground: session.keepBackground,
      isolate: session.isolate,
      onStarted: options.onStarted,
      onStop: options.onStop,
      onOutput: options.onOutput,
      diagnose: (what, content) => {
        const detail = session.logRawDiagnostics && content !== undefined ? `: ${content}` : "";
        session.diagnostics?.(`${what}${detail}`);
      },
    });
  }
}

/** Waits, but not longer than until the signal is aborted. */
async function unlessAborted(waiting: Promise<void>, signal?: AbortSignal): Promise<void> {
  if (signal === undefined) return await waiting;
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([waiting, promise]);
  signal.removeEventListener("abort", onAbort);
}
