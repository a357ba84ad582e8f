import { resolve } from "@std/path/resolve";
import { type ClaudeOptions, DEFAULT_MODEL } from "./claude/options.ts";
import { checkImages, type PromptImage } from "./claude/prompt_image.ts";
import { isPendingSessionId, normalizeSessionId } from "./claude/session_id.ts";
import { asFailure, CcrunError } from "./errors.ts";
import type { RunEvent } from "./events.ts";
import { failedStartEvents } from "./run/failed_start.ts";
import type { CommonRunOptions, RunCallbacks, RunRequest } from "./run/request.ts";
import type { LeftoverProcess } from "./process/guardian.ts";
import type { ProcessBroker } from "./run/process_broker.ts";
import { ProcessKeeper } from "./run/process_keeper.ts";
import { checkAttemptOptions } from "./run/attempt_policy.ts";
import { Attempts } from "./run/attempts.ts";
import { Run } from "./run/run.ts";
import { STOPPED_BY_CALLER, type StopReason, stopReasonOf } from "./run/stop_reason.ts";
import { warmUp } from "./run/warm_up.ts";
import type { Env } from "./util/env.ts";
import { processEnv } from "./util/process_env.ts";

/** Options for {@linkcode ClaudeSession}. */
export interface ClaudeSessionOptions extends ClaudeOptions, CommonRunOptions {
  /** The directory that claude works in. @default {Deno.cwd()} */
  readonly workspace?: string | undefined;
  /** More directories that tools may use. @default none */
  readonly allowedDirs?: readonly string[] | undefined;
  /** The directory for plan files. @default the one of Claude Code */
  readonly plansDirectory?: string | undefined;
  /** The environment that claude inherits. @default {Deno.env.toObject()} */
  readonly env?: Env | undefined;
  /**
   * The session that the first run resumes. An id that begins with `pending_` means a new session.
   * @default a new session
   */
  readonly sessionId?: string | undefined;
  /**
   * How long an idle claude is kept for the next run, in milliseconds. A run on a kept claude starts
   * about ten times faster. An idle claude takes about 200 MB of memory, and keeps the program from ending;
   * {@linkcode ClaudeSession.close} ends it. Files that options name are read when claude starts.
   * @default {0} each run starts a claude of its own
   */
  readonly keepAliveMs?: number | undefined;
  /**
   * Decides which sessions may have a claude. @default all
   *
   * @internal
   */
  readonly broker?: ProcessBroker | undefined;
  /**
   * Called when the session becomes known, or changes.
   *
   * @internal
   */
  readonly onSessionId?: ((id: string) => void) | undefined;
  /** Receives diagnostics, a line at a time: sizes and kinds, no content. @default none */
  readonly diagnostics?: ((line: string) => void) | undefined;
  /** Whether diagnostics include content, for example claude's arguments. @default {false} */
  readonly logRawDiagnostics?: boolean | undefined;
}

/** Options of one {@linkcode ClaudeSession.run}. */
export interface RunOptions extends RunCallbacks {
  /**
   * The session to resume. An id that begins with `pending_` means a new session.
   * @default the session of the last run, if there is one
   */
  readonly sessionId?: string | undefined;
  /** Whether to resume the newest session of the workspace. @default {false} */
  readonly continueLast?: boolean | undefined;
  /** Whether to branch off the session instead of resuming it. @default {false} */
  readonly fork?: boolean | undefined;
  /** Images that belong to the prompt. @default none */
  readonly images?: readonly PromptImage[] | undefined;
  /** The model of this run. @default that of the session */
  readonly model?: string | undefined;
  /** The permission mode of this run. @default that of the session */
  readonly permissionMode?: string | undefined;
  /** How long this run may take, in milliseconds. @default that of the session */
  readonly timeoutMs?: number | undefined;
  /** Stops the run. Its reason may be a `StopReason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@linkcode ClaudeSession.warmUp}, which are those of the next run. */
export type WarmUpOptions = Pick<
  RunOptions,
  "sessionId" | "continueLast" | "fork" | "model" | "permissionMode"
>;

/**
 * One conversation with Claude Code. Its runs follow each other, and each resumes the session of the
 * previous one unless its options select another.
 *
 * A failed run does not throw. It ends with `error` and `exit` events. The `answer` of the last `result`
 * event is what claude said when it had finished working.
 *
 * The program needs Deno's permissions to run programs and to read files. It also needs `env` unless the
 * option is given, and `write` for options that claude reads from a temporary file, such as `settings`.
 *
 * @example
 * ```ts no-eval
 * import { ClaudeSession } from "./mod.ts";
 *
 * const session = new ClaudeSession({ workspace: "/project", permissionMode: "plan" });
 * for await (const event of session.run("What is this project?")) {
 *   if (event.type === "text") console.log(event.text);
 *   if (event.type === "error") console.error(event.error.message, event.error.hint ?? "");
 *   if (event.type === "exit") console.log(event.reason, session.currentSessionId);
 * }
 * ```
 */
export class ClaudeSession {
  #options: ClaudeSessionOptions;
  #baseDirectory = Deno.cwd();
  #lastRun: Promise<void> = Promise.resolve();
  #pendingRuns = 0;
  #run: Run | Attempts | undefined;
  #sessionId: string | undefined;
  #keeper: ProcessKeeper | undefined;
  #allStopped = new AbortController();
  /** Whether a run has changed the model, which claude remembers. */
  #hasChangedModel = false;

  /**
   * Creates a session. Claude Code starts with its first run, or with {@linkcode warmUp}.
   *
   * @throws {CcrunError} `usage` if a number in the options is not possible
   */
  constructor(options: ClaudeSessionOptions = {}) {
    this.#options = { ...options };
    const { sessionId, keepAliveMs = 0, keepBackground, broker } = options;
    if (!(keepAliveMs >= 0)) {
      throw new CcrunError("usage", `keepAliveMs must be 0 or more, not ${keepAliveMs}`);
    }
    checkAttemptOptions(options);
    this.#sessionId = sessionId;
    if (keepAliveMs > 0 || broker !== undefined) {
      this.#keeper = new ProcessKeeper({ keepAliveMs, keepBackground, broker });
    }
  }

  /** Whether a run is in progress or waits for its turn. */
  get busy(): boolean {
    return this.#pendingRuns > 0;
  }

  /** Whether a claude is running for this session. */
  get hasProcess(): boolean {
    return this.#keeper?.hasProcess ?? this.#run !== undefined;
  }

  /** The session of the current or last run, once it is known. */
  get currentSessionId(): string | undefined {
    return this.#run?.sessionId ?? this.#sessionId;
  }

  /**
   * Runs a prompt and yields its events, from `start` to `exit`, when the previous run has ended. Nothing
   * starts until the first event is requested. If the caller leaves the loop or aborts the signal, the run
   * is stopped before the generator returns.
   *
   * @throws {CcrunError} `usage` if options exclude each other, or an image is not valid
   */
  async *run(prompt: string, options: RunOptions = {}): AsyncGenerator<RunEvent, void, void> {
    const signal = this.#stopSignal(options.signal);
    const turn = this.#takeTurn();
    let run: Run | Attempts | undefined;
    const onAbort = () => void run?.stop(stopReasonOf(signal));
    try {
      await waitUnlessAborted(turn.previous, signal);
      try {
        run = this.#createRun(this.#createRequest(prompt, options));
      } catch (error) {
        if (!(error instanceof Deno.errors.NotCapable)) throw error;
        yield* failedStartEvents({ failure: asFailure(error), cwd: this.#workspace });
        return;
      }
      if (signal.aborted) {
        onAbort();
      } else {
        this.#run = run;
        signal.addEventListener("abort", onAbort, { once: true });
      }
      for await (const event of run.events()) {
        if (event.type === "session_info") this.#recordSession(event.session_id);
        yield event;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      if (this.#run === run) this.#run = undefined;
      turn.end();
    }
  }

  /**
   * Starts claude before the next run, when the previous run has ended, so that the run need not wait for
   * it. The options select the session, as those of {@linkcode run} do.
   *
   * @throws {CcrunError} `usage` without `keepAliveMs`; otherwise, what would make the run fail
   */
  async warmUp(options: WarmUpOptions = {}): Promise<void> {
    const keeper = this.#keeper;
    if (!keeper?.isKeeping) {
      throw new CcrunError("usage", "warmUp needs a session with keepAliveMs");
    }
    const turn = this.#takeTurn();
    try {
      await turn.previous;
      await warmUp(this.#createRequest("", options), keeper);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      const { kind, message, hint } = asFailure(error);
      throw new CcrunError(kind, message, hint, { cause: error });
    } finally {
      turn.end();
    }
  }

  /**
   * Ends claude when the previous runs have ended. A later run starts another one and resumes the session.
   *
   * @returns the processes that claude had left running, which were stopped
   */
  async close(): Promise<readonly LeftoverProcess[]> {
    await this.#lastRun;
    return await this.#keeper?.close() ?? [];
  }

  /** Stops all runs, and ends claude. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopAll();
    await this.close();
  }

  /**
   * Stops the current run: claude is asked to exit or, with `keepAliveMs`, to stop its turn. It is killed
   * with its descendants if it has not done so after the grace period.
   *
   * @param graceMs the grace period in milliseconds, by default that of the session; 0 kills now, even if
   * claude is being stopped already
   * @param reason becomes the outcome of the run
   * @returns whether there was something to stop
   */
  async stop(graceMs?: number, reason: StopReason = STOPPED_BY_CALLER): Promise<boolean> {
    return await this.#run?.stop(reason, graceMs) ?? false;
  }

  /**
   * Stops the current run, and those that wait for it.
   *
   * @param graceMs as for {@linkcode stop}
   * @param reason becomes the outcome of the runs
   */
  async stopAll(graceMs?: number, reason: StopReason = STOPPED_BY_CALLER): Promise<void> {
    const stopping = this.stop(graceMs, reason);
    this.#allStopped.abort(reason);
    this.#allStopped = new AbortController();
    await stopping;
  }

  /** Suspends all processes of the run, and its limits, until {@linkcode resume}. */
  async suspend(): Promise<void> {
    await this.#run?.suspend();
  }

  /** Resumes a suspended run. */
  async resume(): Promise<void> {
    await this.#run?.resume();
  }

  /** Returns the signal that stops a run. */
  #stopSignal(signal: AbortSignal | undefined): AbortSignal {
    const all = this.#allStopped.signal;
    return signal === undefined ? all : AbortSignal.any([signal, all]);
  }

  /** Puts a run at the end of the queue. */
  #takeTurn(): { readonly previous: Promise<void>; readonly end: () => void } {
    const previous = this.#lastRun;
    const ended = Promise.withResolvers<void>();
    // An aborted run does not wait, but the next one still waits for those before it.
    this.#lastRun = previous.then(() => ended.promise);
    this.#pendingRuns++;
    return {
      previous,
      end: () => {
        this.#pendingRuns--;
        ended.resolve();
      },
    };
  }

  #recordSession(id: string | undefined): void {
    if (id === undefined || id === this.#sessionId) return;
    this.#sessionId = id;
    this.#options.onSessionId?.(id);
  }

  get #workspace(): string {
    return resolve(this.#baseDirectory, this.#options.workspace ?? ".");
  }

  #createRun(request: RunRequest): Run | Attempts {
    const createAttempt = (request: RunRequest) => new Run(request, this.#keeper);
    const { waitForLimitMs = 0, attempts = 1 } = request;
    const isOneAttempt = waitForLimitMs === 0 && attempts === 1;
    return isOneAttempt ? createAttempt(request) : new Attempts(request, createAttempt);
  }

  #createRequest(prompt: string, options: RunOptions): RunRequest {
    const session = this.#options;
    const { resume, continueLast, fork } = this.#selectSession(options);
    const isResumed = (resume !== undefined || continueLast) && !fork;
    if (options.model !== undefined) this.#hasChangedModel = true;
    const defaultModel = session.model ?? (this.#hasChangedModel ? DEFAULT_MODEL : undefined);
    const { model = defaultModel, permissionMode = session.permissionMode } = options;
    return {
      ...session,
      timeoutMs: options.timeoutMs ?? session.timeoutMs,
      prompt,
      images: checkImages(options.images),
      claude: {
        ...session,
        model,
        permissionMode,
        // Otherwise it would take precedence over the mode of the run.
        dangerouslySkipPermissions: options.permissionMode === undefined &&
          session.dangerouslySkipPermissions,
        // A session that is resumed has its id already.
        newSessionId: isResumed ? undefined : session.newSessionId,
      },
      target: {
        cwd: this.#workspace,
        allowedDirs: session.allowedDirs,
        plansDirectory: session.plansDirectory,
        resume,
        continueLast,
        fork,
      },
      baseDirectory: this.#baseDirectory,
      env: session.env ?? processEnv(),
      claudeSource: session.claudeSource ?? "claudePath",
      onStop: options.onStop,
      onOutput: options.onOutput,
      diagnose: (text, content) => {
        const detail = session.logRawDiagnostics && content !== undefined ? `: ${content}` : "";
        session.diagnostics?.(`${text}${detail}`);
      },
    };
  }

  /** Returns which session a run resumes or branches off. */
  #selectSession({ sessionId, continueLast = false, fork = false }: RunOptions) {
    if (sessionId !== undefined && continueLast) {
      throw new CcrunError("usage", "sessionId cannot be combined with continueLast");
    }
    const id = sessionId ?? (continueLast ? undefined : this.#sessionId);
    if (fork && id === undefined && !continueLast) {
      throw new CcrunError("usage", "fork needs a session to branch off", "set sessionId");
    }
    const resume = id === undefined || isPendingSessionId(id) ? undefined : normalizeSessionId(id);
    return { resume, continueLast, fork: fork && (resume !== undefined || continueLast) };
  }
}

/** Waits until `promise` resolves or the signal is aborted. */
async function waitUnlessAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const onAbort = () => aborted.resolve();
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([promise, aborted.promise]);
  signal.removeEventListener("abort", onAbort);
}
