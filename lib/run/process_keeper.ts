import type { EventBody } from "../events.ts";
import type { ChildExit } from "../process/child.ts";
import type { LeftoverProcess } from "../process/guardian.ts";
import { createDeadline, type Deadline } from "../util/deadline.ts";
import { formatDuration } from "../util/duration.ts";
import type { ClaudeProcess } from "./claude_process.ts";
import type { ConnectionListener } from "./connection.ts";
import type { Launch } from "./launch.ts";
import { leftoverNotices } from "./leftover_notices.ts";
import type { ProcessBroker, ProcessHolder } from "./process_broker.ts";
import type { RunRequest } from "./request.ts";

/** Options for {@linkcode ProcessKeeper}. */
export interface ProcessKeeperOptions {
  /** How long an idle claude is kept, in milliseconds. */
  readonly keepAliveMs: number;
  /** Whether the background processes of a claude survive it. @default {false} */
  readonly keepBackground?: boolean | undefined;
  /** Decides which processes there can be. @default any */
  readonly broker?: ProcessBroker | undefined;
}

const OTHER_OPTIONS = "the options of the run require it";

/** Keeps the claude of a session between its runs. */
export class ProcessKeeper implements ProcessHolder {
  #keepAliveMs: number;
  #keepBackground: boolean;
  #broker: ProcessBroker | undefined;
  /** The idle claude. */
  #idle: ClaudeProcess | undefined;
  /** When the idle claude ends. */
  #deadline: Deadline | undefined;
  /** Resolves when no run uses a claude. */
  #run: PromiseWithResolvers<void> | undefined;
  /** The end of the last idle claude. */
  #ending: Promise<void> = Promise.resolve();
  /** Why the last claude is gone, unless a run has reported it. */
  #lossReason: string | undefined;
  /** What ended claudes left running, unless it was reported. */
  #leftovers: LeftoverProcess[] = [];

  constructor({ keepAliveMs, keepBackground = false, broker }: ProcessKeeperOptions) {
    this.#keepAliveMs = keepAliveMs;
    this.#keepBackground = keepBackground;
    this.#broker = broker;
  }

  /** Whether a claude is kept at all. */
  get isKeeping(): boolean {
    return this.#keepAliveMs > 0;
  }

  /** Whether a claude runs. */
  get hasProcess(): boolean {
    return this.#idle !== undefined || this.#run !== undefined;
  }

  /**
   * Waits until a run may use a claude. Each call needs a {@linkcode keep} or {@linkcode free}.
   *
   * @param sessionId the session that the run resumes
   * @param aborted resolves when the run is stopped
   */
  async acquire(sessionId: string | undefined, aborted: Promise<unknown>): Promise<void> {
    const idleSession = this.#idle?.sessionId;
    // Others can have that session only when its claude has exited.
    if (idleSession !== undefined && idleSession !== sessionId) this.#endIdle(OTHER_OPTIONS);
    await this.#ending;
    await this.#broker?.acquire(this, sessionId, aborted);
    this.#run = Promise.withResolvers();
  }

  /** Returns the idle claude if it can serve the run; ends it otherwise. */
  async take(
    launch: Launch,
    request: RunRequest,
    listener: ConnectionListener,
  ): Promise<ClaudeProcess | undefined> {
    const process = this.#takeIdle();
    if (process !== undefined) {
      const isSuitable = process.canServe(launch, request) && await process.configure(request);
      if (isSuitable && !process.hasExited) {
        process.connection.attach(listener);
        return process;
      }
      this.#end(process, OTHER_OPTIONS);
    }
    // It can also have been released since the run acquired it. Its session is free when it has exited.
    await this.#ending;
    return undefined;
  }

  /** Records the session of a run, from when no other claude may continue it. */
  setSessionId(sessionId: string): void {
    this.#broker?.setSessionId(this, sessionId);
  }

  /**
   * Keeps the claude of a run that has ended.
   *
   * @param unfitness why it cannot serve another run. @default it can
   */
  keep(process: ClaudeProcess, unfitness?: string): void {
    this.#idle = process;
    this.#deadline = createDeadline({
      ms: this.#keepAliveMs,
      onReached: () => this.#endIdle(`it was idle for ${formatDuration(this.#keepAliveMs)}`),
    });
    process.connection.attach({ onExit: () => this.#endIdle() });
    if (unfitness !== undefined) this.#endIdle(unfitness);
    this.#endRun();
    if (process.sessionId !== undefined) this.#broker?.setSessionId(this, process.sessionId);
    if (this.#idle !== undefined) this.#broker?.setIdle(this);
  }

  /** Records that a run has ended without a claude to keep, or before it has taken the idle one. */
  free(): void {
    this.#endRun();
    if (this.#idle === undefined) this.#broker?.free(this);
    else this.#broker?.setIdle(this);
  }

  /** Ends the claude, after the run that uses it, because another session needs its place. */
  async release(): Promise<void> {
    await this.#run?.promise;
    this.#endIdle("another session needed its place");
    await this.#ending;
  }

  /** Ends the claude, after the run that uses it. Returns all leftover processes that no run has reported. */
  async close(): Promise<readonly LeftoverProcess[]> {
    await this.#run?.promise;
    this.#endIdle();
    await this.#ending;
    this.#lossReason = undefined;
    return this.#leftovers.splice(0);
  }

  /** Returns the notices about the claudes before. */
  takeNotices(): EventBody<"notice">[] {
    const notices = [...leftoverNotices(this.#leftovers.splice(0), this.#keepBackground)];
    if (this.#lossReason !== undefined) notices.unshift(replacedNotice(this.#lossReason));
    this.#lossReason = undefined;
    return notices;
  }

  #endRun(): void {
    this.#run?.resolve();
    this.#run = undefined;
  }

  #takeIdle(): ClaudeProcess | undefined {
    const process = this.#idle;
    this.#deadline?.clear();
    this.#idle = undefined;
    return process;
  }

  #endIdle(reason?: string): void {
    const process = this.#takeIdle();
    if (process !== undefined) this.#end(process, reason);
  }

  /** Ends a claude. If it has exited, that is the reason. */
  #end(process: ClaudeProcess, reason: string | undefined): void {
    const { exit } = process.connection;
    this.#lossReason = exit === undefined ? reason : describeExit(exit);
    this.#ending = process.end(this.#keepBackground).then((leftovers) => {
      this.#leftovers.push(...leftovers);
      // A run that needs another claude keeps the place.
      if (this.#run === undefined) this.#broker?.free(this);
    });
  }
}

function describeExit({ signal, code }: ChildExit): string {
  return signal === undefined ? `it exited with code ${code}` : `it was killed by ${signal}`;
}

function replacedNotice(reason: string): EventBody<"notice"> {
  const text = `claude was started again, because ${reason}`;
  return { type: "notice", level: "info", kind: "restarted", text };
}
