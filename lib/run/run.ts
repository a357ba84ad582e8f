import { isStaticKey } from "../claude/api_errors.ts";
import { classifyRejectedCredential, stderrExcerpt } from "../claude/failures.ts";
import { Normalizer } from "../claude/normalizer.ts";
import { asFailure } from "../errors.ts";
import {
  createEventFactory,
  type EventFactory,
  type EventOf,
  type RunEvent,
  startBody,
} from "../events.ts";
import { type ChildExit, DEFAULT_GRACE_MS } from "../process/child.ts";
import { formatDuration } from "../util/duration.ts";
import { createPrivateFiles, type PrivateFiles } from "../util/private_files.ts";
import { Connection } from "./connection.ts";
import { EventStream } from "./event_stream.ts";
import { finalEvents } from "./final_events.ts";
import { explain, timeoutHint } from "./hints.ts";
import { locateClaude, planLaunch } from "./launch.ts";
import { leftoverNotices } from "./leftover_notices.ts";
import { notClaudeFailure } from "./not_claude.ts";
import { type OutcomeInput, resolveFailure } from "./outcome.ts";
import type { RunRequest } from "./request.ts";
import { RunState } from "./run_state.ts";
import { lateResultNotice, stoppedNotice, stoppingNotice } from "./stop_notices.ts";
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

/** One run of claude: its events, and the ways to stop it. */
export class Run {
  #request: RunRequest;
  #watchdog: Watchdog;
  #createEvent: EventFactory;
  #events = new EventStream();
  #state = new RunState();
  #connection: Connection | undefined;
  #phase: RunPhase = "preparing";
  /** Why the run ends before claude has finished: because it was stopped, or because ccrun failed. */
  #stop: Stop | undefined;
  #stopRequested = Promise.withResolvers<undefined>();

  constructor(request: RunRequest) {
    this.#request = request;
    this.#watchdog = new Watchdog({
      timeoutMs: request.timeoutMs,
      idleTimeoutMs: request.idleTimeoutMs,
      onTimeout: (limit, ms) => this.#timeOut(limit, ms),
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
      const path = await locateClaude(this.#request).catch((error) => this.#fail(error));
      yield this.#startEvent(path);
      const exit = path === undefined ? undefined : yield* this.#runClaude(path, files);
      yield* finalEvents(this.#createEvent, this.#outcomeInput(exit));
    } finally {
      this.#phase = "over";
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
    const stop = rankStop(this.#stop, reason, this.#phase);
    if (stop === undefined) return false;
    const failure = failureOfStop(stop);
    if (stop !== this.#stop) {
      this.#request.diagnose(`stopping: ${reason.failure.kind}`);
      this.#beginStop(stop, graceMs);
      if (failure !== undefined) this.#request.onStop?.(reason);
    }
    // A successful result stands, and with it the background processes that it may keep.
    const keep = this.#request.keepBackground === true && failure === undefined;
    const wasRunning = await this.#connection?.stop(graceMs, keep) ?? true;
    if (!keep) await this.#connection?.reapLeftovers(graceMs);
    return wasRunning;
  }

  /** Suspends claude with its descendants, and the clock of the limits. */
  async suspend(): Promise<void> {
    this.#watchdog.suspend();
    await this.#connection?.suspend();
  }

  /** Resumes what {@linkcode suspend} suspended. */
  async resume(): Promise<void> {
    await this.#connection?.resume();
    this.#watchdog.resume();
  }

  get #graceMs(): number {
    return Math.min(this.#request.graceMs ?? DEFAULT_GRACE_MS, MAX_GRACE_MS);
  }

  #startEvent(path: string | undefined): RunEvent {
    const { cwd, resume } = this.#request.target;
    return this.#createEvent(startBody({
      time: new Date().toISOString(),
      claude: path === undefined ? null : { path },
      cwd,
      ...(resume !== undefined ? { resume } : {}),
    }));
  }

  /** Starts claude, yields its events, and returns how it exited: undefined if it was not started. */
  async *#runClaude(
    path: string,
    files: PrivateFiles,
  ): AsyncGenerator<RunEvent, ChildExit | undefined> {
    const connection = await this.#startClaude(path, files);
    if (connection === undefined) return undefined;
    this.#readOutput(connection);
    yield* this.#events;
    const exit = await connection.exited;
    this.#request.diagnose(`claude exited: ${JSON.stringify(exit)}`);
    const stopped = stoppedNotice(this.#stop);
    if (stopped !== undefined) yield this.#createEvent(stopped);
    await this.#checkProgram(path, connection, exit);
    yield* this.#reapLeftovers(connection, exit);
    return exit;
  }

  /** Starts claude, unless that is impossible or the run is stopped. */
  async #startClaude(path: string, files: PrivateFiles): Promise<Connection | undefined> {
    if (this.#stop !== undefined) return undefined;
    try {
      // A file of the caller may be a pipe that never ends, so a stop does not wait for the plan.
      const planning = planLaunch(this.#request, path, files);
      const plan = await Promise.race([planning, this.#stopRequested.promise]);
      if (plan === undefined) {
        planning.finally(() => files.remove()).catch(() => {});
        return undefined;
      }
      const connection = await Connection.open({
        ...plan,
        graceMs: this.#graceMs,
        onOutput: this.#createObserver(),
        onActivity: () => this.#watchdog.noteOutput(),
      });
      this.#connection = connection;
      this.#phase = "working";
      this.#request.diagnose(`claude runs as process ${connection.pid}`);
      if (this.#watchdog.isSuspended) await connection.suspend();
      if (this.#stop !== undefined) connection.stop(this.#graceMs);
      this.#watchdog.expectOutput();
      connection.exited.then(() => this.#handleExit(connection, files));
      return connection;
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Creates the function that passes claude's bytes to `onOutput`, until that fails. */
  #createObserver(): (chunk: Uint8Array) => Promise<void> {
    let { onOutput } = this.#request;
    return async (chunk) => {
      try {
        if (onOutput !== undefined) await this.#watchdog.waitForReader(onOutput(chunk));
      } catch (error) {
        onOutput = undefined;
        this.#fail(error);
      }
    };
  }

  /** Sends the prompt and turns claude's output into events until it ends. */
  async #readOutput(connection: Connection): Promise<void> {
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
      for (const event of normalizer.read(line)) {
        this.#emit(event);
        if (event.type === "retry") this.#handleRetry(event, normalizer.keySource);
      }
      if (normalizer.hasOwnResult) connection.endInput();
      this.#setIdle(normalizer.isIdle);
      await this.#waitForReader();
    }
    connection.endInput();
    this.#handleOutputEnd();
    diagnose(`stdout ended, ${normalizer.ignoredCount} messages without content ignored`);
  }

  async #readStderr(connection: Connection): Promise<void> {
    const notice = { type: "notice", level: "info", kind: "stderr" } as const;
    for await (const text of connection.stderrLines) {
      if (text !== "") this.#emit(this.#createEvent({ ...notice, text }));
      await this.#waitForReader();
    }
    if (connection.isStderrTruncated) {
      const text = "claude wrote more to stderr than is shown";
      this.#emit(this.#createEvent({ ...notice, text }));
    }
  }

  #emit(event: RunEvent): void {
    const isLate = event.type === "result" && this.#stop?.isAfterResult;
    const emitted = isLate ? lateResultNotice(event) : event;
    this.#state.record(emitted);
    this.#events.emit(emitted);
  }

  async #waitForReader(): Promise<void> {
    if (this.#events.isFull) await this.#watchdog.waitForReader(this.#events.ready());
  }

  /** Whether claude runs and nothing has stopped it. */
  get #isOngoing(): boolean {
    return this.#stop === undefined && (this.#phase === "working" || this.#phase === "idle");
  }

  /** Handles that the last result is in, or that a background task starts another turn. */
  #setIdle(isIdle: boolean): void {
    const phase = isIdle ? "idle" : "working";
    if (!this.#isOngoing || this.#phase === phase) return;
    this.#phase = phase;
    if (isIdle) this.#expectExit();
    else this.#watchdog.cancelExpectedExit();
  }

  /** Handles that claude has closed its output, after which no background task can report anything. */
  #handleOutputEnd(): void {
    if (this.#state.result !== undefined) this.#setIdle(true);
    else if (this.#isOngoing) this.#expectExit();
  }

  /** Stops a claude that has nothing to do and does not exit. */
  #expectExit(): void {
    const lingerMs = this.#request.lingerMs ?? DEFAULT_LINGER_MS;
    const message = this.#state.result === undefined
      ? "claude closed its output without a result and did not exit"
      : `claude did not exit within ${formatDuration(lingerMs)} of its result and was stopped`;
    this.#watchdog.expectExit(lingerMs, () => this.stop({ failure: { kind: "failed", message } }));
  }

  #timeOut(limit: "timeout" | "idle timeout", ms: number): void {
    const activity = this.#state.describeActivity(this.#watchdog.now());
    const message = `${limit} of ${formatDuration(ms)} reached: ${activity}`;
    const hint = timeoutHint(limit, this.#state.hasOutput);
    this.stop({ failure: { kind: "timeout", message, hint } });
  }

  /** A rejected key that nothing renews stops the run at once, another credential at the second time. */
  #handleRetry(retry: EventOf<"retry">, keySource: string | undefined): void {
    this.#watchdog.noteOutput(retry.delay_ms);
    const limit = isStaticKey(keySource) ? 1 : 2;
    if (this.#state.rejectedCredentials >= limit) {
      this.stop({ failure: explain(classifyRejectedCredential(retry), undefined) });
    }
  }

  /** Ends the run after a failure inside ccrun. What claude still reports is read. */
  #fail(error: unknown): undefined {
    if (failureOfStop(this.#stop) !== undefined) return;
    const failure = asFailure(error);
    if (failure.kind === "internal" && error instanceof Error) {
      this.#request.diagnose(error.stack ?? error.message);
    }
    this.#beginStop({ reason: { failure }, isAfterResult: false }, this.#graceMs);
    this.#connection?.stop(this.#graceMs);
  }

  #beginStop(stop: Stop, graceMs: number): void {
    this.#stop = stop;
    this.#stopRequested.resolve(undefined);
    if (this.#phase === "exited" || graceMs <= ANNOUNCE_STOP_AFTER_MS) return;
    this.#watchdog.expectExit(ANNOUNCE_STOP_AFTER_MS, () => {
      if (this.#events.isClosed) return;
      this.#events.emit(this.#createEvent(stoppingNotice(stop, graceMs)));
    });
  }

  #handleExit(connection: Connection, files: PrivateFiles): void {
    if (this.#phase !== "over") this.#phase = "exited";
    this.#watchdog.close();
    files.remove();
    // Which processes are kept is known only when the outcome is.
    if (!this.#request.keepBackground) connection.reapLeftovers(this.#graceMs);
  }

  /** Fails the run if nothing that the program wrote shows that it is Claude Code. */
  async #checkProgram(path: string, { stderr }: Connection, exit: ChildExit): Promise<void> {
    const isExplained = this.#state.messages > 0 || this.#stop !== undefined ||
      exit.signal !== undefined;
    if (isExplained) return;
    const failure = await notClaudeFailure({
      path,
      env: this.#request.env,
      cwd: this.#request.target.cwd,
      stderr: stderrExcerpt(stderr),
      aborted: this.#stopRequested.promise,
    });
    if (failure !== undefined) this.#stop ??= { reason: { failure }, isAfterResult: false };
  }

  /** Stops, or names and keeps, what claude left running. */
  async *#reapLeftovers(connection: Connection, exit: ChildExit): AsyncGenerator<RunEvent> {
    const keep = this.#request.keepBackground === true &&
      resolveFailure(this.#outcomeInput(exit)) === undefined;
    const leftovers = await connection.reapLeftovers(this.#graceMs, keep);
    for (const notice of leftoverNotices(leftovers, keep)) yield this.#createEvent(notice);
  }

  #outcomeInput(claudeExit: ChildExit | undefined): OutcomeInput {
    return {
      state: this.#state,
      failure: failureOfStop(this.#stop),
      signal: this.#stop?.reason.signal,
      claudeExit,
      stderr: this.#connection?.stderr.trimEnd(),
      wantsOutput: this.#request.claude.jsonSchema !== undefined,
      failOnDenied: this.#request.failOnDenied,
      durationMs: Math.round(this.#watchdog.now()),
    };
  }
}
