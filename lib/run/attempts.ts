import type { FailureCause } from "../claude/failures.ts";
import type { Failure } from "../errors.ts";
import {
  createEventFactory,
  type EventBody,
  type EventFactory,
  type EventOf,
  type RunEvent,
} from "../events.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { createPausableClock } from "../util/clock.ts";
import { formatDuration } from "../util/duration.ts";
import { WallClockWait } from "../util/wall_clock_wait.ts";
import { AttemptPolicy, type PlannedWait } from "./attempt_policy.ts";
import { joinHints, resumeHint, withHint } from "./hints.ts";
import { type AttemptUse, nextRequest } from "./next_request.ts";
import { addNumbers, type Numbers } from "./numbers.ts";
import { denialFailure } from "./outcome.ts";
import type { RunRequest } from "./request.ts";
import type { Run } from "./run.ts";
import type { StopReason } from "./stop_reason.ts";

/** How often a wait is reported, in milliseconds. */
const REPORT_INTERVAL_MS = 30 * 60_000;

/** Failures of the API that remain. */
const PERMANENT: ReadonlySet<FailureCause | undefined> = new Set(
  ["model_not_found", "prompt_too_long", "context_window"] as const,
);

/** The last events of an attempt, which are not shown if another one follows. */
interface LastEvents {
  readonly exit: EventOf<"exit">;
  readonly error: Failure | undefined;
}

/**
 * One run in several attempts: it waits until a usage limit is reset or the API may work again, and then
 * resumes the session. Its events are those of one run, with the numbers of all attempts.
 */
export class Attempts {
  readonly #request: RunRequest;
  readonly #createRun: (request: RunRequest) => Run;
  readonly #policy: AttemptPolicy;
  #current: Run;
  /** Aborted when the run is stopped. */
  readonly #stopped = new AbortController();
  #stopReason: StopReason | undefined;
  #createEvent: EventFactory = createEventFactory(() => Math.round(this.#clock.now() * 10) / 10);
  readonly #clock = createPausableClock();
  #use: AttemptUse = { attempts: 0, workedMs: 0, turns: 0, costUsd: 0 };
  /** How many calls were denied in the attempts that have ended. */
  #deniedCount = 0;
  #numbers: Numbers | undefined;
  /** The notices before the first session, which each attempt repeats. */
  readonly #startNotices = new Set<string>();

  /** @param createRun creates the run of an attempt */
  constructor(request: RunRequest, createRun: (request: RunRequest) => Run) {
    this.#request = request;
    this.#createRun = createRun;
    this.#policy = new AttemptPolicy(request);
    this.#current = createRun(request);
  }

  /** The session, once it is known. */
  get sessionId(): string | undefined {
    return this.#current.sessionId;
  }

  /** Yields the events, from `start` to `exit`. Leaving the loop early stops the run. */
  async *events(): AsyncGenerator<RunEvent, void, void> {
    let request = this.#request;
    while (true) {
      const tracker = new ProgressTracker();
      const end = yield* this.#runAttempt(tracker);
      const { exit } = end;
      this.#recordUse(exit);
      const { cwd, hasProgress } = tracker;
      const next = nextRequest(this.#request, request, this.#use, { ...exit, cwd });
      const wait = next && this.#planWait(exit, hasProgress);
      if (wait === "too_long") yield this.#createEvent(this.#tooLongNotice(exit));
      if (next === undefined || wait === undefined || wait === "too_long") {
        return yield* this.#end(end);
      }
      yield* this.#wait(wait, end);
      if (this.#stopReason !== undefined) return yield* this.#endStopped(exit, this.#stopReason);
      request = next;
      this.#current = this.#createRun(request);
      if (this.#clock.isPaused) await this.#current.suspend();
    }
  }

  /** Stops the run, as {@linkcode Run.stop} does, or the wait. */
  async stop(reason: StopReason, graceMs?: number): Promise<boolean> {
    const isFirst = this.#stopReason === undefined;
    this.#stopReason ??= reason;
    this.#stopped.abort();
    return await this.#current.stop(reason, graceMs) || isFirst;
  }

  /** Suspends the attempt in progress, or the next one when the wait is over. */
  async suspend(): Promise<void> {
    this.#clock.pause();
    await this.#current.suspend();
  }

  /** Resumes what {@linkcode suspend} suspended. */
  async resume(): Promise<void> {
    await this.#current.resume();
    this.#clock.resume();
  }

  /** Yields the events of the current attempt, without its end. */
  async *#runAttempt(tracker: ProgressTracker): AsyncGenerator<RunEvent, LastEvents> {
    const isFirst = this.#numbers === undefined;
    let error: Failure | undefined;
    let exit: EventOf<"exit"> | undefined;
    for await (const event of this.#current.events()) {
      tracker.record(event);
      if (event.type === "exit") exit = event;
      else if (event.type === "error") error = event.error;
      else if (isFirst || !this.#isRepeated(event, tracker)) yield this.#renumber(event);
      if (isFirst && event.type === "notice" && !tracker.hasSession) {
        this.#startNotices.add(event.text);
      }
    }
    if (exit === undefined) throw new Error("the run has no exit event");
    return { exit, error };
  }

  /** Returns whether an event at the start of a later attempt is that of the first one. */
  #isRepeated(event: RunEvent, { hasSession }: ProgressTracker): boolean {
    if (event.type === "start") return true;
    return event.type === "notice" && !hasSession && this.#startNotices.has(event.text);
  }

  #renumber(event: RunEvent): RunEvent {
    const { seq: _seq, time_ms: _time, ...body } = event;
    return this.#createEvent(body as EventBody);
  }

  #recordUse(exit: EventOf<"exit">): void {
    const { turns, cost_usd, usage, models, duration_ms } = exit;
    const numbers = { turns, cost_usd, usage, ...(models === undefined ? {} : { models }) };
    this.#numbers = this.#numbers === undefined ? numbers : addNumbers(this.#numbers, numbers);
    this.#use = {
      attempts: this.#use.attempts + 1,
      workedMs: this.#use.workedMs + (duration_ms ?? 0),
      turns: this.#use.turns + (turns ?? 0),
      costUsd: this.#use.costUsd + (cost_usd ?? 0),
    };
    this.#deniedCount += this.#current.deniedCount;
  }

  #planWait(exit: EventOf<"exit">, hasProgress: boolean) {
    const isTransient = !PERMANENT.has(this.#current.failureCause);
    return this.#policy.next({ ...exit, isTransient, hasProgress }, Date.now());
  }

  #tooLongNotice({ resets_at }: EventOf<"exit">): EventBody<"notice"> {
    const limit = formatDuration(this.#request.waitForLimitMs ?? 0);
    const reset = resets_at === undefined ? "" : `, because the limit is reset at ${resets_at}`;
    const text = `ccrun waits no longer than --wait-for-limit ${limit}${reset}`;
    return { type: "notice", level: "warning", kind: "waiting", text };
  }

  /** Waits until the next attempt or a stop, and reports that again and again. */
  async *#wait(
    { until, reason, attempt }: PlannedWait,
    { exit, error }: LastEvents,
  ): AsyncGenerator<RunEvent, void> {
    const wait = new WallClockWait({ until });
    const { resets_at } = exit;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      yield this.#createEvent({
        type: "waiting",
        reason,
        message: error?.message ?? "",
        until: new Date(until).toISOString(),
        ...(resets_at === undefined ? {} : { resets_at }),
        ...(attempt === undefined ? {} : { attempt, max_attempts: this.#policy.maxAttempts }),
      });
      if (await wait.waitFor(REPORT_INTERVAL_MS, signal)) return;
    }
  }

  *#end({ exit, error }: LastEvents): Generator<RunEvent, void> {
    const denial = exit.ok || exit.reason === "denied" ? this.#denialFailure(exit) : undefined;
    const failure = denial ?? error;
    if (failure !== undefined) yield this.#createEvent({ type: "error", error: failure });
    if (denial === undefined) return yield this.#exitEvent(exit);
    yield this.#exitEvent({ ...exit, code: EXIT_CODES.denied, reason: "denied", ok: false });
  }

  /** Returns the failure because of calls that were denied in any attempt, if they fail the run. */
  #denialFailure({ resume }: EventOf<"exit">): Failure | undefined {
    const { failOnDenied } = this.#request;
    return denialFailure({ state: { deniedCount: this.#deniedCount }, failOnDenied, resume });
  }

  /** Ends a run that was stopped while it waited. */
  *#endStopped(exit: EventOf<"exit">, reason: StopReason): Generator<RunEvent, void> {
    const { failure, signal } = reason;
    this.#request.onStop?.(reason);
    const error = withHint(failure, joinHints(failure.hint, resumeHint(exit.resume)));
    yield this.#createEvent({ type: "error", error });
    yield this.#exitEvent({
      ...exit,
      code: EXIT_CODES[failure.kind],
      reason: failure.kind,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  #exitEvent(exit: EventOf<"exit">): RunEvent {
    return this.#renumber({
      ...exit,
      ...this.#numbers,
      duration_ms: Math.round(this.#clock.now()),
    });
  }
}

/** Records how far an attempt has come. */
class ProgressTracker {
  /** Whether claude has opened a session. */
  hasSession = false;
  /** The directory that claude works in, once it is known. */
  cwd: string | undefined;
  /** Whether the model has worked. */
  hasProgress = false;

  record(event: RunEvent): void {
    if (event.type === "session_info") {
      this.hasSession ||= event.session_id !== undefined;
      this.cwd = event.cwd ?? this.cwd;
    }
    if (event.type === "tool_use" || event.type === "text" && !event.synthetic) {
      this.hasProgress = true;
    }
  }
}
