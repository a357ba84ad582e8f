import { isStaticKey } from "../claude/api_errors.ts";
import { hideConfigContent } from "../claude/config_error.ts";
import {
  brokenConfigFailure,
  type FailureCause,
  outputExcerpt,
  rejectedCredential,
} from "../claude/failures.ts";
import { CcrunError } from "../errors.ts";
import {
  createEventFactory,
  type EventBody,
  type EventFactory,
  type EventOf,
  type RunEvent,
  startBody,
} from "../events.ts";
import type { ChildExit } from "../process/child.ts";
import { createPausableClock } from "../util/clock.ts";
import { formatDuration } from "../util/duration.ts";
import { readUntilAborted } from "../stream/read_until_aborted.ts";
import type { ClaudeProcess } from "./claude_process.ts";
import { verifyClaude } from "./claude_version.ts";
import type { Connection } from "./connection.ts";
import { EventStream } from "./event_stream.ts";
import { finalEvents } from "./final_events.ts";
import { timeoutHint, withHintForCause } from "./hints.ts";
import { type Launch, prepareLaunch } from "./launch.ts";
import { killedGuardianNotice, leftoverNotices } from "./leftover_notices.ts";
import { LineReader } from "./line_reader.ts";
import { locateClaude } from "./locate_claude.ts";
import { openProcess } from "./open_process.ts";
import { type OutcomeInput, resolveFailure } from "./outcome.ts";
import type { ProcessKeeper } from "./process_keeper.ts";
import { checkReadPermission } from "./read_permission.ts";
import type { RunRequest } from "./request.ts";
import { findResumeCommand } from "./resume_command.ts";
import { RunProgress } from "./run_progress.ts";
import { RunState } from "./run_state.ts";
import { silenceNotice } from "./silence_notice.ts";
import { startNotices } from "./start_notices.ts";
import { StopController } from "./stop_controller.ts";
import { stoppedNotice } from "./stop_notices.ts";
import type { StopReason } from "./stop_reason.ts";
import { TurnInterrupter } from "./turn_interrupter.ts";
import { type TimeLimit, Watchdog } from "./watchdog.ts";

/** One run of claude: its events, and the ways to stop it. */
export class Run {
  #request: RunRequest;
  #keeper: ProcessKeeper | undefined;
  #onOutput: RunRequest["onOutput"];
  #clock = createPausableClock();
  #watchdog: Watchdog;
  #stops: StopController;
  #createEvent: EventFactory;
  #events = new EventStream();
  #state = new RunState();
  #process: ClaudeProcess | undefined;
  /** Whether the keeper expects this run to end. */
  #holdsPlace = false;
  /** What claude has left to do, once it runs. */
  #progress: RunProgress | undefined;

  /** @param keeper keeps claude for the next run. @default claude ends with the run */
  constructor(request: RunRequest, keeper?: ProcessKeeper) {
    this.#request = request;
    this.#keeper = keeper;
    this.#onOutput = request.onOutput;
    this.#watchdog = new Watchdog({
      clock: this.#clock,
      timeoutMs: request.timeoutMs,
      idleTimeoutMs: request.idleTimeoutMs,
      onTimeout: (limit, ms) => this.#timeOut(limit, ms),
      silenceMs: request.silenceMs,
      onSilence: (ms) => this.#emitWhileOpen(silenceNotice(ms)),
    });
    this.#stops = new StopController({
      request,
      watchdog: this.#watchdog,
      onSlowStop: (notice) => this.#emitWhileOpen(notice),
    });
    this.#createEvent = createEventFactory(() => Math.round(this.#clock.now() * 10) / 10);
  }

  /** The session, once it is known. */
  get sessionId(): string | undefined {
    return this.#state.sessionId;
  }

  /** What caused the failure that claude has reported. */
  get failureCause(): FailureCause | undefined {
    return this.#state.resultFailure?.cause;
  }

  /** How many tool calls were denied. */
  get deniedCount(): number {
    return this.#state.deniedCount;
  }

  /** Yields the events, from `start` to `exit`. Leaving the loop early stops the run. */
  async *events(): AsyncGenerator<RunEvent, void, void> {
    try {
      const path = await this.#locateClaude();
      yield this.#startEvent(path);
      for (const notice of await startNotices(this.#request)) yield this.#createEvent(notice);
      const exit = path === undefined ? undefined : yield* this.#runClaude(path);
      const resume = this.#process && await findResumeCommand(this.#request, this.#state);
      yield* finalEvents(this.#createEvent, { ...this.#outcomeInput(exit), resume });
    } finally {
      this.#events.close();
      await this.#stops.close().finally(() => this.#releaseProcess());
    }
  }

  /** Stops the run, as {@linkcode StopController.stop} does. */
  async stop(reason: StopReason, graceMs?: number): Promise<boolean> {
    return await this.#stops.stop(reason, graceMs);
  }

  /** Suspends claude with its descendants, and the clock of the limits. */
  async suspend(): Promise<void> {
    this.#clock.pause();
    await this.#process?.connection.child.suspend();
  }

  /** Resumes what {@linkcode suspend} suspended. */
  async resume(): Promise<void> {
    await this.#process?.connection.child.resume();
    this.#clock.resume();
  }

  /** Returns the path of claude, or undefined if the run has failed. */
  async #locateClaude(): Promise<string | undefined> {
    return await this.#attempt(async () => {
      await checkReadPermission();
      return await locateClaude(this.#request);
    });
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

  /**
   * Runs the prompt on a claude, and yields its events.
   *
   * @returns how claude exited; undefined if it was not started, or is kept
   */
  async *#runClaude(path: string): AsyncGenerator<RunEvent, ChildExit | undefined> {
    const launch = await this.#attempt(() =>
      prepareLaunch(this.#request, path, this.#stops.requested)
    );
    if (launch === undefined) return undefined;
    for (const notice of launch.notices) yield this.#createEvent(notice);
    const process = await this.#openProcess(launch);
    if (process === undefined) return undefined;
    const progress = await this.#handleStart(process);
    for (const notice of this.#keeper?.takeNotices() ?? []) this.#emit(notice);
    this.#readOutput(process, progress);
    yield* this.#events;
    if (progress.isFinished) return undefined;
    const { connection } = process;
    const exit = await connection.child.exited;
    this.#request.diagnose(`claude exited: ${JSON.stringify(exit)}`);
    const stopped = stoppedNotice(this.#stops.current);
    if (stopped !== undefined) yield this.#createEvent(stopped);
    await this.#verifyClaude(path, connection, exit);
    yield* this.#reapLeftovers(connection, exit);
    return exit;
  }

  /** Does what can fail, unless the run is stopped. Does not wait for it when the run is stopped. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#stops.current !== undefined) return undefined;
    try {
      // A file of the caller may be a pipe that never ends.
      return await Promise.race([work(), this.#stops.requested]);
    } catch (error) {
      return this.#stops.fail(error);
    }
  }

  /** Takes the claude that was kept or starts one, unless that is impossible or the run is stopped. */
  async #openProcess(launch: Launch): Promise<ClaudeProcess | undefined> {
    if (this.#stops.current !== undefined) return undefined;
    this.#state.apiRoute = launch.apiRoute;
    this.#state.home = launch.home;
    const { resume, fork } = this.#request.target;
    try {
      this.#holdsPlace = this.#keeper !== undefined;
      await this.#keeper?.acquire(fork ? undefined : resume, this.#stops.requested);
      if (this.#stops.current !== undefined) return undefined;
      return await openProcess(launch, this.#request, {
        keeper: this.#keeper,
        graceMs: this.#stops.graceMs,
        aborted: this.#stops.requested,
        listener: {
          onOutput: (chunk) => this.#passOutput(chunk),
          onActivity: () => this.#watchdog.noteOutput(),
          onExit: () => this.#handleExit(),
        },
      });
    } catch (error) {
      return this.#stops.fail(error);
    }
  }

  /** Begins to watch claude, and stops it if the run was stopped before. */
  async #handleStart(process: ClaudeProcess): Promise<RunProgress> {
    const { child } = process.connection;
    // claude counts a budget for its whole life, so it serves only one run.
    const isKept = this.#keeper?.isKeeping === true &&
      this.#request.claude.maxBudgetUsd === undefined;
    const progress = new RunProgress({
      process,
      stops: this.#stops,
      watchdog: this.#watchdog,
      isKept,
    });
    this.#process = process;
    this.#progress = progress;
    const interrupter = new TurnInterrupter({
      process,
      runningTasks: () => this.#state.backgroundTasks.runningIds,
      finished: progress.finished,
    });
    // An idle claude has nothing to stop.
    if (isKept && this.#stops.current !== undefined) progress.finish();
    else this.#stops.handleStart(isKept ? interrupter : child);
    this.#request.diagnose(`claude runs as process ${child.pid}`);
    if (this.#clock.isPaused) await child.suspend();
    this.#watchdog.expectOutput();
    return progress;
  }

  /** Passes bytes of claude to `onOutput`, until that fails. */
  async #passOutput(chunk: Uint8Array): Promise<void> {
    if (this.#onOutput === undefined) return;
    try {
      await this.#watchdog.waitForReader(this.#onOutput(chunk));
    } catch (error) {
      this.#onOutput = undefined;
      this.#stops.fail(error);
    }
  }

  /** Sends the prompt, and turns what claude writes into events until its work for the run has ended. */
  async #readOutput(process: ClaudeProcess, progress: RunProgress): Promise<void> {
    try {
      if (!progress.isFinished) {
        process.sendPrompt(this.#request);
        progress.recordPrompt(this.#request.prompt);
      }
      await Promise.all([
        this.#readStdout(process, progress),
        this.#readStderr(process.connection, progress.finished),
      ]);
    } catch (error) {
      this.#stops.fail(error);
    }
    this.#events.close();
  }

  async #readStdout(process: ClaudeProcess, progress: RunProgress): Promise<void> {
    const { claude, target, diagnose } = this.#request;
    const { connection } = process;
    const reader = new LineReader({
      createEvent: this.#createEvent,
      state: this.#state,
      answer: this.#request.answer,
      partial: claude.partial ?? false,
      forkedFrom: target.fork ? target.resume : undefined,
      usage: process.usage,
      // claude can exit, and the run be stopped, before its result is read. That result counts.
      isTooLate: () => this.#stops.current?.isAfterResult === true && this.#state.hasResult,
    });
    const { normalizer } = reader;
    const hasEnded = await process.readLines(progress.finished, (line) => {
      for (const event of reader.read(line)) {
        this.#events.emit(event);
        progress.recordEvent(event);
        if (event.type === "session_info" && event.session_id !== undefined) {
          this.#keeper?.setSessionId(event.session_id);
        }
        if (event.type === "retry") this.#handleRetry(event, normalizer.apiKeySource);
      }
      progress.update(normalizer);
      return this.#waitIfFull();
    }, (state) => {
      if (state !== undefined) progress.recordState(state);
      progress.update(normalizer);
    });
    for (const event of reader.end()) this.#events.emit(event);
    if (!hasEnded) return;
    connection.endInput();
    this.#stops.handleOutputEnd(this.#state.hasResult);
    diagnose(`stdout ended, ${normalizer.ignoredCount} messages without content ignored`);
  }

  async #readStderr(connection: Connection, finished: AbortSignal): Promise<void> {
    const notice = { type: "notice", level: "info", kind: "stderr" } as const;
    const hasEnded = await readUntilAborted(connection.stderrLines, finished, (text) => {
      if (text !== "") this.#emit({ ...notice, text: hideConfigContent(text) });
      return this.#waitIfFull();
    });
    if (hasEnded && connection.isStderrTruncated) {
      const text = "claude wrote more to stderr than is shown";
      this.#emit({ ...notice, text });
    }
  }

  /** Emits an event that is not on stdout. */
  #emit(body: EventBody): void {
    const event = this.#createEvent(body);
    this.#state.record(event);
    this.#events.emit(event);
  }

  /** Emits an event. Creates none that would be dropped, because its number would be missing. */
  #emitWhileOpen(body: EventBody): void {
    if (!this.#events.isClosed) this.#events.emit(this.#createEvent(body));
  }

  /** Waits until the reader of the events has room, if it has none. */
  #waitIfFull(): Promise<void> | undefined {
    if (!this.#events.isFull) return undefined;
    return this.#watchdog.waitForReader(this.#events.ready());
  }

  #timeOut(limit: TimeLimit, ms: number): void {
    const { activity } = this.#state;
    const description = activity.describe(this.#clock.now());
    const message = `${limit} of ${formatDuration(ms)} reached: ${description}`;
    const hint = timeoutHint(limit, activity.hasOutput);
    this.stop({ failure: { kind: "timeout", message, hint } });
  }

  /** Stops the run if the API rejects a key. A credential that can be renewed may be rejected once. */
  #handleRetry(retry: EventOf<"retry">, apiKeySource: string | undefined): void {
    this.#watchdog.noteOutput(retry.delay_ms);
    const limit = isStaticKey(apiKeySource) ? 1 : 2;
    if (this.#state.rejectedCredentials >= limit) {
      this.stop({ failure: withHintForCause(rejectedCredential(retry), undefined) });
    }
  }

  #handleExit(): void {
    this.#stops.handleExit();
    // Which processes are kept is known only when the outcome is.
    if (this.#request.keepBackground) return;
    this.#process?.connection.child.reapLeftovers(this.#stops.graceMs);
  }

  /** Leaves claude to the next run if it can serve it. */
  #releaseProcess(): void {
    const process = this.#process;
    if (!this.#holdsPlace) return;
    if (process === undefined || !this.#progress?.isFinished) return this.#keeper?.free();
    process.sessionId = this.#state.sessionId;
    const unfitness = this.#state.rejectedCredentials > 0
      ? "its credential was rejected"
      : this.#progress.unfitness;
    this.#keeper?.keep(process, unfitness);
  }

  /** Fails the run if nothing that the program wrote shows that it is Claude Code. */
  async #verifyClaude(path: string, { stderr }: Connection, exit: ChildExit): Promise<void> {
    const isExplained = this.#state.hasMessages || this.#stops.current !== undefined ||
      exit.signal !== undefined ||
      brokenConfigFailure(stderr, ...this.#state.rawLines) !== undefined;
    if (isExplained) return;
    const failure = await verifyClaude({
      path,
      env: this.#request.env,
      cwd: this.#request.target.cwd,
      stderr: outputExcerpt(stderr),
      aborted: this.#stops.requested,
    });
    if (failure === undefined) return;
    this.#stops.fail(new CcrunError(failure.kind, failure.message, failure.hint));
  }

  /** Stops or keeps what claude left running, and yields the notices about it. */
  async *#reapLeftovers({ child }: Connection, exit: ChildExit): AsyncGenerator<RunEvent> {
    const keep = this.#request.keepBackground === true &&
      resolveFailure(this.#outcomeInput(exit)) === undefined;
    const leftovers = await child.reapLeftovers(this.#stops.graceMs, keep);
    for (const notice of leftoverNotices(leftovers, keep)) yield this.#createEvent(notice);
    if (child.lostGuardian) {
      yield this.#createEvent(killedGuardianNotice(child.mayHaveLeftovers));
    }
  }

  #outcomeInput(claudeExit: ChildExit | undefined): OutcomeInput {
    return {
      state: this.#state,
      failure: this.#stops.current?.failure,
      signal: this.#stops.current?.cause.signal,
      claudeExit,
      stderr: this.#process?.connection.stderr.trimEnd(),
      wantsOutput: this.#request.claude.jsonSchema !== undefined,
      failOnDenied: this.#request.failOnDenied,
      durationMs: Math.round(this.#clock.now()),
    };
  }
}
