import { asFailure } from "../errors.ts";
import type { EventBody } from "../events.ts";
import { type Child, DEFAULT_GRACE_MS } from "../process/child.ts";
import { formatDuration } from "../util/duration.ts";
import type { RunRequest } from "./request.ts";
import { stoppingNotice } from "./stop_notices.ts";
import { nextStop, type RunPhase, type Stop } from "./stop_policy.ts";
import type { StopReason } from "./stop_reason.ts";
import type { Watchdog } from "./watchdog.ts";

/**
 * How long claude may take to exit after its last result, or after it has closed its output, in
 * milliseconds. It exits within a second; hooks at the end of a session have one and a half.
 */
const DEFAULT_LINGER_MS = 5000;

/** How late a scheduled turn may begin, in milliseconds. */
const WAKE_UP_MARGIN_MS = 5000;

/** After how long a stop is announced, in milliseconds. Most stops succeed sooner. */
const ANNOUNCE_STOP_AFTER_MS = 1000;

/** The longest grace period, in milliseconds: 20 days. Timers support 24. */
const MAX_GRACE_MS = 20 * 24 * 3_600_000;

/** The methods that stop a child process. */
interface StoppableChild extends Pick<Child, "stop" | "kill"> {
  reapLeftovers(graceMs: number, keep?: boolean): Promise<unknown>;
}

/** Options for {@linkcode StopController}. */
export interface StopControllerOptions {
  readonly request: RunRequest;
  readonly watchdog: Watchdog;
  /** Receives the notice that a stop takes long. */
  readonly onSlowStop: (notice: EventBody<"notice">) => void;
}

/** Stops the claude of a run, and keeps the cause that counts. */
export class StopController {
  #request: RunRequest;
  #watchdog: Watchdog;
  #onSlowStop: (notice: EventBody<"notice">) => void;
  #child: StoppableChild | undefined;
  #phase: RunPhase = "preparing";
  #stop: Stop | undefined;
  #requested = Promise.withResolvers<undefined>();

  constructor({ request, watchdog, onSlowStop }: StopControllerOptions) {
    this.#request = request;
    this.#watchdog = watchdog;
    this.#onSlowStop = onSlowStop;
  }

  /** Why the run ends before claude has finished: because it was stopped, or because ccrun failed. */
  get current(): Stop | undefined {
    return this.#stop;
  }

  /** Resolves when a stop is requested. */
  get requested(): Promise<undefined> {
    return this.#requested.promise;
  }

  /** The time that claude has to exit, in milliseconds. */
  get graceMs(): number {
    return graceOf(this.#request);
  }

  /**
   * Stops the run: claude is asked to exit, and killed with its descendants when the grace period is over.
   * {@linkcode nextStop} decides whether the reason changes the outcome.
   *
   * @param requestedGraceMs 0 kills now, even if claude is being stopped already
   * @returns whether there was something to stop
   */
  async stop(reason: StopReason, requestedGraceMs: number = this.graceMs): Promise<boolean> {
    const graceMs = limitGrace(requestedGraceMs);
    if (graceMs === 0) this.#child?.kill();
    const stop = nextStop(this.#stop, reason, this.#phase);
    if (stop === undefined) return false;
    if (stop !== this.#stop) {
      this.#request.diagnose(`stopping: ${reason.failure.kind}`);
      this.#setStop(stop, graceMs);
      if (stop.failure !== undefined) this.#request.onStop?.(reason);
    }
    // If the result remains valid, the background processes may survive.
    const keep = this.#request.keepBackground === true && stop.failure === undefined;
    const wasRunning = await this.#child?.stop(graceMs, keep) ?? true;
    if (!keep) await this.#child?.reapLeftovers(graceMs);
    return wasRunning;
  }

  /** Stops the run because of an error in ccrun. {@linkcode nextStop} decides whether it counts. */
  fail(error: unknown): undefined {
    const failure = asFailure(error);
    const stop = nextStop(this.#stop, { failure, ccrunFailed: true }, this.#phase);
    if (stop === undefined || stop === this.#stop) return;
    if (failure.kind === "internal" && error instanceof Error) {
      this.#request.diagnose(error.stack ?? error.message);
    }
    this.#setStop(stop, this.graceMs);
    this.#child?.stop(this.graceMs);
  }

  /** Records that claude has started, and stops it if a stop was requested before. */
  handleStart(child: StoppableChild): void {
    this.#child = child;
    this.#phase = "working";
    if (this.#stop === undefined) return;
    child.stop(this.graceMs);
    this.#announce(this.#stop, this.graceMs);
  }

  /** Records whether the last result is in, and no turn or background task is in progress. */
  setIdle(isIdle: boolean): void {
    if (!this.#isOngoing) return;
    const wasIdle = this.#phase === "idle";
    this.#phase = isIdle ? "idle" : "working";
    if (!isIdle) return this.#watchdog.cancelExpectedExit();
    if (wasIdle) return;
    const limit = formatDuration(this.#lingerMs);
    this.#expectExit(`claude did not exit within ${limit} of its result and was stopped`);
  }

  /**
   * Records that the last result is in, and that a turn is scheduled to begin after a delay.
   *
   * @param onMissed called if the turn does not begin
   */
  expectWakeUp(delayMs: number, onMissed: () => void): void {
    if (!this.#isOngoing) return;
    this.#phase = "working";
    this.#watchdog.expectExit(delayMs + WAKE_UP_MARGIN_MS, () => {
      onMissed();
      this.setIdle(true);
    });
  }

  /** Records that claude has closed its output, so that no background task can report anything. */
  handleOutputEnd(hasResult: boolean): void {
    if (hasResult) return this.setIdle(true);
    this.#expectExit("claude closed its output without a result and did not exit");
  }

  /** Records that claude has exited. */
  handleExit(): void {
    if (this.#phase !== "ended") this.#phase = "exited";
    this.#watchdog.close();
  }

  /** Ends the run: stops the processes that still run, and ignores further causes. */
  async close(): Promise<void> {
    this.#phase = "ended";
    this.#watchdog.close();
    await this.#child?.stop(this.graceMs);
    await this.#child?.reapLeftovers(this.graceMs);
  }

  get #lingerMs(): number {
    return this.#request.lingerMs ?? DEFAULT_LINGER_MS;
  }

  get #isRunning(): boolean {
    return this.#phase === "working" || this.#phase === "idle";
  }

  /** Whether claude runs and nothing has stopped it. */
  get #isOngoing(): boolean {
    return this.#isRunning && this.#stop === undefined;
  }

  /** Stops a claude that has nothing to do and does not exit. */
  #expectExit(message: string): void {
    if (!this.#isOngoing) return;
    const reason: StopReason = { failure: { kind: "failed", message } };
    this.#watchdog.expectExit(this.#lingerMs, () => this.stop(reason));
  }

  #setStop(stop: Stop, graceMs: number): void {
    this.#stop = stop;
    this.#requested.resolve(undefined);
    this.#announce(stop, graceMs);
  }

  /** Reports a stop that takes long. */
  #announce(stop: Stop, graceMs: number): void {
    if (!this.#isRunning || graceMs <= ANNOUNCE_STOP_AFTER_MS) return;
    const notice = stoppingNotice(stop, graceMs);
    this.#watchdog.expectExit(ANNOUNCE_STOP_AFTER_MS, () => this.#onSlowStop(notice));
  }
}

/** Returns the time that the claude of a run has to exit when it is stopped, in milliseconds. */
export function graceOf({ graceMs = DEFAULT_GRACE_MS }: Pick<RunRequest, "graceMs">): number {
  return limitGrace(graceMs);
}

/** Returns a grace period that timers support, because a timer with a longer delay fires at once. */
function limitGrace(graceMs: number): number {
  return Math.min(graceMs, MAX_GRACE_MS);
}
