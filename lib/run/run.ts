import { stderrExcerpt } from "../claude/failures.ts";
import { classifyApiError, isStaticKey } from "../claude/api_errors.ts";
import { Normalizer } from "../claude/normalizer.ts";
import { asFailure, type Failure } from "../errors.ts";
import {
  createEventFactory,
  type EventBody,
  type EventFactory,
  type EventOf,
  type RunEvent,
  SCHEMA_ID,
} from "../events.ts";
import { type ChildExit, DEFAULT_GRACE_MS } from "../process/child.ts";
import { formatDuration } from "../util/duration.ts";
import { createPrivateFiles, type PrivateFiles } from "../util/private_files.ts";
import { VERSION } from "../version.ts";
import { notClaudeFailure } from "./claude_version.ts";
import { Connection } from "./connection.ts";
import { EventStream } from "./event_stream.ts";
import { explainRejectedCredential } from "./failures.ts";
import { finalEvents, resolveFailure, type RunOutcomeInput } from "./final_events.ts";
import { planLaunch } from "./launch.ts";
import { leftoverNotices } from "./leftover_notices.ts";
import { locateClaude } from "./locate_claude.ts";
import type { RunRequest } from "./request.ts";
import { RunState } from "./run_state.ts";
import { failureOfStop, rankStop, type RunPhase, type Stop } from "./stop_policy.ts";
import type { StopReason } from "./stop_reason.ts";
import { Watchdog } from "./watchdog.ts";

/**
 * How long claude may take to exit after its last result, or after it has closed its output, in
 * milliseconds. It exits within a second; hooks at the end of a session have one and a half.
 */
const DEFAULT_LINGER_MS = 5000;

/** After how long a stop is announced, in milliseconds. Nearly all have succeeded by then. */
const ANNOUNCE_STOP_AFTER_MS = 1000;

/** The longest grace period that timers support, in milliseconds. */
const MAX_GRACE_MS = 20 * 24 * 3_600_000;

/** What is known about a run when its final events are written, besides its events. */
type Ending = Pick<RunOutcomeInput, "failed" | "stderr" | "claudeExitCode" | "claudeSignal">;

/** One run of claude: its events, and the ways to stop it. */
export class Run {
  #request: RunRequest;
  #watchdog: Watchdog;
  #createEvent: EventFactory;
  #events = new EventStream();
  #state = new RunState();
  #connection: Connection | undefined;
  #phase: RunPhase = "preparing";
  #stop: Stop | undefined;
  #stopRequested = Promise.withResolvers<undefined>();
  #internal: Failure | undefined;
  #rejectedCredentials = 0;
  #isLateToExit = false;
  #isInputEnded = false;
  #isSuspended = false;
  #isObserverBusy = false;
  #isStopAnnounced = false;
  #isOver = false;

  constructor(request: RunRequest) {
    this.#request = request;
    this.#watchdog = new Watchdog({
      timeoutMs: request.timeoutMs,
      idleTimeoutMs: request.idleTimeoutMs,
      onTimeout: (limit, ms) => this.#timeOut(limit, ms),
      isReaderBusy: () => this.#isObserverBusy || this.#events.isFull,
    });
    this.#createEvent = createEventFactory(() => Math.round(this.#watchdog.now() * 10) / 10);
  }

  /** The session, once it is known. */
  get sessionId(): string | undefined {
    return this.#state.sessionId;
  }

  /** Yields the events, from `start` to `exit`. Leaving the loop early stops the run. */
  async *events(): AsyncGenerator<RunEvent, void, void> {
    const files = createPrivateFiles();
    try {
      const located = await locateClaude(this.#request).catch((error) => this.#toFailure(error));
      const path = typeof located === "string" ? located : undefined;
      yield this.#startEvent(path);
      const connection = typeof located === "string"
        ? await this.#connect(located, files)
        : located;
      if (!(connection instanceof Connection)) return yield* this.#finish({ failed: connection });
      this.#pump(connection);
      yield* this.#events;
      const exit = await connection.exited;
      this.#request.diagnose(`claude exited: ${JSON.stringify(exit)}`);
      const lateStop = this.#lateStopNotice();
      if (lateStop !== undefined) yield this.#createEvent(lateStop);
      const ending = await this.#describeExit(connection, exit, located as string);
      yield* this.#reapLeftovers(connection, ending);
      yield* this.#finish(ending);
    } finally {
      this.#isOver = true;
      this.#watchdog.close();
      this.#events.close();
      await this.#connection?.stop(this.#graceMs);
      await this.#connection?.reapLeftovers(this.#graceMs);
      files.remove();
    }
  }

  /**
   * Stops the run: claude is asked to exit, and killed with its descendants when the grace period is over.
   * {@linkcode rankStop} decides whether the reason becomes the outcome.
   *
   * @param graceMs 0 kills at once, also what is being stopped already
   * @returns whether there was something to stop
   */
  async stop(reason: StopReason, graceMs: number = this.#graceMs): Promise<boolean> {
    if (graceMs === 0) this.#connection?.kill();
    const stop = this.#isOver ? undefined : rankStop(this.#stop, reason, this.#phase);
    if (stop === undefined) return false;
    if (stop !== this.#stop) {
      this.#stop = stop;
      this.#request.diagnose(`stopping: ${reason.failure.kind}`);
      if (failureOfStop(stop) !== undefined) this.#request.onStop?.(reason);
      this.#stopRequested.resolve(undefined);
    }
    // A successful result stands, and with it the background processes that it may keep.
    const keep = this.#request.keepBackground === true && failureOfStop(stop) === undefined;
    const wasRunning = await this.#stopClaude(graceMs, keep);
    if (!keep) await this.#connection?.reapLeftovers(graceMs);
    return wasRunning;
  }

  /** Suspends claude with its descendants, and the clock of the limits. */
  async suspend(): Promise<void> {
    this.#isSuspended = true;
    this.#watchdog.suspend();
    await this.#connection?.suspend();
  }

  /** Resumes what {@linkcode suspend} suspended. */
  async resume(): Promise<void> {
    this.#isSuspended = false;
    await this.#connection?.resume();
    this.#watchdog.resume();
  }

  get #graceMs(): number {
    return Math.min(this.#request.graceMs ?? DEFAULT_GRACE_MS, MAX_GRACE_MS);
  }

  get #lingerMs(): number {
    return this.#request.lingerMs ?? DEFAULT_LINGER_MS;
  }

  /** Starts claude. Returns the failure if that is impossible, and undefined if the run is stopped. */
  async #connect(path: string, files: PrivateFiles): Promise<Connection | Failure | undefined> {
    try {
      if (this.#stop !== undefined) return undefined;
      const planning = planLaunch(this.#request, path, files);
      // A file of the caller may be a pipe that never ends, so a stop does not wait for the plan.
      planning.catch(() => {}).then(() => this.#isOver && files.remove());
      const plan = await Promise.race([planning, this.#stopRequested.promise]);
      if (plan === undefined || this.#stop !== undefined) return undefined;
      const connection = await Connection.open({
        ...plan,
        graceMs: this.#graceMs,
        onOutput: (chunk) => this.#observe(chunk),
        onActivity: () => this.#watchdog.noteOutput(),
      });
      this.#connection = connection;
      this.#phase = "working";
      this.#request.diagnose(`claude runs as process ${connection.pid}`);
      if (this.#isSuspended) await connection.suspend();
      if (this.#stop !== undefined) this.#stopClaude(this.#graceMs, false);
      this.#watchdog.expectOutput();
      connection.exited.then(() => this.#handleExit(connection, files));
      return connection;
    } catch (error) {
      return this.#toFailure(error);
    }
  }

  #handleExit(connection: Connection, files: PrivateFiles): void {
    this.#phase = "exited";
    this.#watchdog.close();
    files.remove();
    // Which processes are kept is known only when the outcome is.
    if (!this.#request.keepBackground) connection.reapLeftovers(this.#graceMs);
  }

  /** Passes claude's bytes to the observer of the request. Its failure stops the run. */
  async #observe(chunk: Uint8Array): Promise<void> {
    const { onOutput } = this.#request;
    if (onOutput === undefined || this.#internal !== undefined) return;
    this.#isObserverBusy = true;
    try {
      await onOutput(chunk);
    } catch (error) {
      this.#fail(error);
    }
    this.#isObserverBusy = false;
  }

  /** Sends the prompt and turns claude's output into events until it ends. */
  async #pump(connection: Connection): Promise<void> {
    try {
      connection.sendPrompt(this.#request.prompt);
      await Promise.all([this.#readStdout(connection), this.#readStderr(connection)]);
    } catch (error) {
      this.#fail(error);
    }
    this.#events.close();
  }

  async #readStdout(connection: Connection): Promise<void> {
    const { claude, target, diagnose } = this.#request;
    const normalizer = new Normalizer({
      createEvent: this.#createEvent,
      partial: claude.partial ?? false,
      ...(target.fork && target.resume !== undefined ? { forkedFrom: target.resume } : {}),
    });
    for await (const line of connection.lines) {
      this.#readLine(line, normalizer, connection);
      if (this.#events.isFull) await this.#events.ready();
    }
    this.#endInput(connection);
    if (connection.isRunning) this.#expectExitAfterOutput();
    diagnose(`stdout ended, ${normalizer.ignoredCount} messages without content ignored`);
  }

  #readLine(line: string, normalizer: Normalizer, connection: Connection): void {
    let hasResult = false;
    for (const event of normalizer.read(line)) {
      if (event.type === "result") hasResult = true;
      this.#emit(event.type === "result" && this.#isAfterStop ? lateResultNotice(event) : event);
      if (event.type === "retry") this.#handleRetry(event, normalizer);
    }
    if (normalizer.hasOwnResult) this.#endInput(connection);
    const isIdle = this.#phase === "idle";
    if (hasResult || normalizer.isIdle !== isIdle) this.#setIdle(normalizer.isIdle);
  }

  async #readStderr(connection: Connection): Promise<void> {
    for await (const line of connection.stderrLines) {
      if (line !== "") this.#emit(this.#stderrNotice(line));
      if (this.#events.isFull) await this.#events.ready();
    }
    if (connection.isStderrTruncated) {
      this.#emit(this.#stderrNotice("claude wrote more to stderr than is shown"));
    }
  }

  #stderrNotice(text: string): RunEvent {
    return this.#createEvent({ type: "notice", level: "info", kind: "stderr", text });
  }

  #emit(event: RunEvent): void {
    this.#state.record(event);
    this.#events.emit(event);
  }

  /** After its own result claude gets no more input, so that it exits when its background tasks have ended. */
  #endInput(connection: Connection): void {
    if (this.#isInputEnded) return;
    this.#isInputEnded = true;
    connection.endInput();
  }

  /** Whether claude was stopped after its result, so that what it still reports does not count. */
  get #isAfterStop(): boolean {
    return this.#isLateToExit || this.#stop?.isAfterResult === true;
  }

  /** Handles that the last result is in, or that a background task starts another turn. */
  #setIdle(isIdle: boolean): void {
    if (this.#isAfterStop || this.#phase === "exited") return;
    this.#phase = isIdle ? "idle" : "working";
    this.#watchdog.cancelExpectedExit();
    if (isIdle && this.#stop === undefined) {
      this.#watchdog.expectExit(this.#lingerMs, () => this.#stopLateClaude());
    }
  }

  #expectExitAfterOutput(): void {
    if (this.#phase !== "working") return;
    this.#watchdog.expectExit(this.#lingerMs, () => {
      if (this.#state.result !== undefined) return this.#stopLateClaude();
      const message = "claude closed its output without a result and did not exit";
      this.stop({ failure: { kind: "failed", message } });
    });
  }

  #stopLateClaude(): void {
    this.#isLateToExit = true;
    this.#request.diagnose("stopping: claude did not exit after its last result");
    this.#stopClaude(this.#graceMs, this.#request.keepBackground ?? false);
  }

  #timeOut(limit: string, ms: number): void {
    const activity = this.#state.describeActivity(this.#watchdog.now());
    const raise = `raise --${limit.replace(" ", "-")}`;
    this.stop({
      failure: {
        kind: "timeout",
        message: `${limit} of ${formatDuration(ms)} reached: ${activity}`,
        hint: this.#state.hasOutput ? raise : `${raise}, or find the cause with: ccrun doctor`,
      },
    });
  }

  /** A rejected key that nothing renews stops the run at once, another credential at the second time. */
  #handleRetry(retry: EventOf<"retry">, { keySource }: Normalizer): void {
    this.#watchdog.noteOutput(retry.delay_ms);
    if (classifyApiError(retry.reason, retry.http_status) !== "auth") return;
    this.#rejectedCredentials++;
    if (this.#rejectedCredentials > 1 || isStaticKey(keySource)) {
      this.stop({ failure: explainRejectedCredential(retry) });
    }
  }

  /** Ends the run after a failure inside ccrun. What claude still reports is read. */
  #fail(error: unknown): void {
    if (this.#internal !== undefined || this.#stop?.reason.signal !== undefined) return;
    this.#internal = this.#toFailure(error);
    this.#stopClaude(this.#graceMs, false);
  }

  #toFailure(error: unknown): Failure {
    const failure = asFailure(error);
    if (failure.kind === "internal" && error instanceof Error) {
      this.#request.diagnose(error.stack ?? error.message);
    }
    return failure;
  }

  /** Stops claude and resolves when it has exited, to whether it was running or about to start. */
  async #stopClaude(graceMs: number, keepDescendants: boolean): Promise<boolean> {
    this.#watchdog.cancelExpectedExit();
    const timer = setTimeout(() => this.#announceStop(graceMs), ANNOUNCE_STOP_AFTER_MS);
    const wasRunning = await this.#connection?.stop(graceMs, keepDescendants);
    clearTimeout(timer);
    return wasRunning ?? true;
  }

  #announceStop(graceMs: number): void {
    if (this.#isStopAnnounced || this.#events.isClosed || graceMs <= ANNOUNCE_STOP_AFTER_MS) return;
    this.#isStopAnnounced = true;
    const kill = this.#stop?.reason.signal === undefined ? "" : "; a second signal kills it";
    const text = `stopping claude, which has ${formatDuration(graceMs)} to exit${kill}`;
    this.#events.emit(
      this.#createEvent({ type: "notice", level: "info", kind: "stopping", text }),
    );
  }

  /** Explains that claude was stopped although its result is valid. */
  #lateStopNotice(): EventBody<"notice"> | undefined {
    if (failureOfStop(this.#stop) !== undefined) return undefined;
    const why = this.#stop !== undefined
      ? `${this.#stop.reason.failure.message} after the last result; claude was stopped`
      : this.#isLateToExit
      ? `claude did not exit within ${formatDuration(this.#lingerMs)} of its result and was stopped`
      : undefined;
    if (why === undefined) return undefined;
    return { type: "notice", level: "info", kind: "stopped", text: `${why}; the result is valid` };
  }

  async #describeExit(connection: Connection, exit: ChildExit, path: string): Promise<Ending> {
    return {
      failed: await this.#notClaudeFailure(exit, connection.stderr, path),
      stderr: connection.stderr.trimEnd(),
      claudeExitCode: exit.code,
      claudeSignal: exit.signal,
    };
  }

  /** Returns a failure if nothing that the program wrote shows that it is Claude Code. */
  async #notClaudeFailure(
    exit: ChildExit,
    stderr: string,
    path: string,
  ): Promise<Failure | undefined> {
    const isExplained = this.#state.messages > 0 || this.#stop !== undefined ||
      exit.signal !== undefined;
    if (isExplained) return undefined;
    const failure = await notClaudeFailure({
      path,
      env: this.#request.env,
      cwd: this.#request.target.cwd,
      stderr: stderrExcerpt(stderr),
      aborted: this.#stopRequested.promise,
    });
    return this.#stop === undefined ? failure : undefined;
  }

  /** Stops, or names and keeps, what claude left running. */
  async *#reapLeftovers(connection: Connection, ending: Ending): AsyncGenerator<RunEvent> {
    const keep = this.#request.keepBackground === true &&
      resolveFailure(this.#outcomeInput(ending)) === undefined;
    const leftovers = await connection.reapLeftovers(this.#graceMs, keep);
    for (const notice of leftoverNotices(leftovers, keep)) yield this.#createEvent(notice);
  }

  #startEvent(path: string | undefined): RunEvent {
    const { cwd, resume } = this.#request.target;
    return this.#createEvent({
      type: "start",
      schema: SCHEMA_ID,
      ccrun: VERSION,
      time: new Date().toISOString(),
      claude: path === undefined ? null : { path },
      cwd,
      ...(resume !== undefined ? { resume } : {}),
    });
  }

  *#finish(ending: Ending): Generator<RunEvent> {
    yield* finalEvents(this.#createEvent, this.#outcomeInput(ending));
  }

  #outcomeInput(ending: Ending): RunOutcomeInput {
    const { claude, failOnDenied = false } = this.#request;
    return {
      ...ending,
      state: this.#state,
      internal: this.#internal,
      stop: this.#stop,
      wantsOutput: claude.jsonSchema !== undefined,
      failOnDenied,
      durationMs: Math.round(this.#watchdog.now()),
    };
  }
}

/** What claude reports after it was stopped is not the outcome. */
function lateResultNotice({ subtype, text, seq, time_ms }: EventOf<"result">): EventOf<"notice"> {
  return {
    type: "notice",
    seq,
    time_ms,
    level: "info",
    kind: "late_result",
    text: `${subtype}: ${text}`,
  };
}
