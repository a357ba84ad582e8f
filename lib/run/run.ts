import { isStaticKey } from "../claude/api_errors.ts";
import { hideConfigContent } from "../claude/config_error.ts";
import { brokenConfigFailure, outputExcerpt, rejectedCredential } from "../claude/failures.ts";
import type { Normalizer } from "../claude/normalizer.ts";
import { CcrunError } from "../errors.ts";
import {
  createEventFactory,
  type EventBody,
  type EventFactory,
  type EventOf,
  type RunEvent,
  startBody,
} from "../events.ts";
import type { Child, ChildExit } from "../process/child.ts";
import { createPausableClock } from "../util/clock.ts";
import { formatDuration } from "../util/duration.ts";
import { createPrivateFiles, type PrivateFiles } from "../util/private_files.ts";
import { verifyClaude } from "./claude_version.ts";
import { Connection } from "./connection.ts";
import { EventStream } from "./event_stream.ts";
import { finalEvents } from "./final_events.ts";
import { timeoutHint, withHintForCause } from "./hints.ts";
import { type LaunchPlan, planLaunch } from "./launch.ts";
import { killedGuardianNotice, leftoverNotices } from "./leftover_notices.ts";
import { LineReader } from "./line_reader.ts";
import { locateClaude } from "./locate_claude.ts";
import { type OutcomeInput, resolveFailure } from "./outcome.ts";
import { checkReadPermission } from "./read_permission.ts";
import type { RunRequest } from "./request.ts";
import { findResumeCommand } from "./resume_command.ts";
import { RunState } from "./run_state.ts";
import { silenceNotice } from "./silence_notice.ts";
import { startNotices } from "./start_notices.ts";
import { StopController } from "./stop_controller.ts";
import { stoppedNotice } from "./stop_notices.ts";
import type { StopReason } from "./stop_reason.ts";
import { wakeUpDelay } from "./wake_up_delay.ts";
import { type TimeLimit, Watchdog } from "./watchdog.ts";

/** One run of claude: its events, and the ways to stop it. */
export class Run {
  #request: RunRequest;
  #onOutput: RunRequest["onOutput"];
  #clock = createPausableClock();
  #watchdog: Watchdog;
  #stops: StopController;
  #createEvent: EventFactory;
  #events = new EventStream();
  #state = new RunState();
  #connection: Connection | undefined;

  constructor(request: RunRequest) {
    this.#request = request;
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

  /** Yields the events, from `start` to `exit`. Leaving the loop early stops the run. */
  async *events(): AsyncGenerator<RunEvent, void, void> {
    const files = createPrivateFiles();
    try {
      const path = await this.#locateClaude();
      yield this.#startEvent(path);
      for (const notice of await startNotices(this.#request)) yield this.#createEvent(notice);
      const exit = path === undefined ? undefined : yield* this.#runClaude(path, files);
      const resume = exit && await findResumeCommand(this.#request, this.#state);
      yield* finalEvents(this.#createEvent, { ...this.#outcomeInput(exit), resume });
    } finally {
      this.#events.close();
      await this.#stops.close();
      files.remove();
    }
  }

  /** Stops the run, as {@linkcode StopController.stop} does. */
  async stop(reason: StopReason, graceMs?: number): Promise<boolean> {
    return await this.#stops.stop(reason, graceMs);
  }

  /** Suspends claude with its descendants, and the clock of the limits. */
  async suspend(): Promise<void> {
    this.#clock.pause();
    await this.#connection?.child.suspend();
  }

  /** Resumes what {@linkcode suspend} suspended. */
  async resume(): Promise<void> {
    await this.#connection?.child.resume();
    this.#clock.resume();
  }

  /** Returns the path of claude, or undefined if the run has failed. */
  async #locateClaude(): Promise<string | undefined> {
    try {
      await checkReadPermission();
      return await locateClaude(this.#request);
    } catch (error) {
      return this.#stops.fail(error);
    }
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
    const plan = await this.#planLaunch(path, files);
    if (plan === undefined) return undefined;
    for (const notice of plan.notices) yield this.#createEvent(notice);
    const connection = await this.#startClaude(plan, files);
    if (connection === undefined) return undefined;
    this.#readOutput(connection);
    yield* this.#events;
    const exit = await connection.child.exited;
    this.#request.diagnose(`claude exited: ${JSON.stringify(exit)}`);
    const stopped = stoppedNotice(this.#stops.current);
    if (stopped !== undefined) yield this.#createEvent(stopped);
    await this.#verifyClaude(path, connection, exit);
    yield* this.#reapLeftovers(connection, exit);
    return exit;
  }

  /** Returns how to start claude, unless that is impossible or the run is stopped. */
  async #planLaunch(path: string, files: PrivateFiles): Promise<LaunchPlan | undefined> {
    if (this.#stops.current !== undefined) return undefined;
    try {
      // A file of the caller may be a pipe that never ends, so a stop does not wait for the plan.
      const planning = planLaunch(this.#request, path, files, this.#stops.requested);
      return await Promise.race([planning, this.#stops.requested]);
    } catch (error) {
      return this.#stops.fail(error);
    }
  }

  /** Starts claude, unless that is impossible or the run is stopped. */
  async #startClaude(plan: LaunchPlan, files: PrivateFiles): Promise<Connection | undefined> {
    if (this.#stops.current !== undefined) return undefined;
    this.#state.apiRoute = plan.apiRoute;
    this.#state.home = plan.home;
    try {
      const connection = await Connection.open({
        ...plan,
        graceMs: this.#stops.graceMs,
        onOutput: (chunk) => this.#passOutput(chunk),
        onActivity: () => this.#watchdog.noteOutput(),
      });
      this.#connection = connection;
      const { child } = connection;
      this.#stops.handleStart(child);
      this.#request.diagnose(`claude runs as process ${child.pid}`);
      if (this.#clock.isPaused) await child.suspend();
      this.#watchdog.expectOutput();
      child.exited.then(() => this.#handleExit(child, files));
      return connection;
    } catch (error) {
      return this.#stops.fail(error);
    }
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

  /** Sends the prompt and turns claude's output into events until it ends. */
  async #readOutput(connection: Connection): Promise<void> {
    try {
      connection.sendPrompt(this.#request.prompt);
      await Promise.all([this.#readStdout(connection), this.#readStderr(connection)]);
    } catch (error) {
      this.#stops.fail(error);
    }
    this.#events.close();
  }

  async #readStdout(connection: Connection): Promise<void> {
    const { claude, target, diagnose } = this.#request;
    const reader = new LineReader({
      createEvent: this.#createEvent,
      state: this.#state,
      answer: this.#request.answer,
      partial: claude.partial ?? false,
      forkedFrom: target.fork ? target.resume : undefined,
      // claude can exit, and the run be stopped, before its result is read. That result counts.
      isTooLate: () => this.#stops.current?.isAfterResult === true && this.#state.hasResult,
    });
    const { normalizer } = reader;
    for await (const line of connection.lines) {
      for (const event of reader.read(line)) {
        this.#events.emit(event);
        if (event.type === "retry") this.#handleRetry(event, normalizer.apiKeySource);
      }
      if (!normalizer.needsInput) connection.endInput();
      this.#trackProgress(normalizer, connection);
      if (this.#events.isFull) await this.#waitForReader();
    }
    for (const event of reader.end()) this.#events.emit(event);
    connection.endInput();
    this.#stops.handleOutputEnd(this.#state.hasResult);
    diagnose(`stdout ended, ${normalizer.ignoredCount} messages without content ignored`);
  }

  /** Tracks whether claude has finished, or waits for the time of a wake-up. */
  #trackProgress({ isIdle, wakesAt }: Normalizer, connection: Connection): void {
    if (!isIdle || wakesAt === undefined) return this.#stops.setIdle(isIdle);
    const delayMs = wakeUpDelay(wakesAt, Date.now());
    this.#watchdog.noteOutput(delayMs);
    this.#stops.expectWakeUp(delayMs, () => connection.endInput());
  }

  async #readStderr(connection: Connection): Promise<void> {
    const notice = { type: "notice", level: "info", kind: "stderr" } as const;
    for await (const text of connection.stderrLines) {
      if (text !== "") this.#emit({ ...notice, text: hideConfigContent(text) });
      if (this.#events.isFull) await this.#waitForReader();
    }
    if (connection.isStderrTruncated) {
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

  async #waitForReader(): Promise<void> {
    await this.#watchdog.waitForReader(this.#events.ready());
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

  #handleExit(child: Child, files: PrivateFiles): void {
    this.#stops.handleExit();
    files.remove();
    // Which processes are kept is known only when the outcome is.
    if (!this.#request.keepBackground) child.reapLeftovers(this.#stops.graceMs);
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
      stderr: this.#connection?.stderr.trimEnd(),
      wantsOutput: this.#request.claude.jsonSchema !== undefined,
      failOnDenied: this.#request.failOnDenied,
      durationMs: Math.round(this.#clock.now()),
    };
  }
}
