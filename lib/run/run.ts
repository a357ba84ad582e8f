/**
 * One run of claude, from its first event to its last.
 *
 * @module
 */

import { ActivityTracker } from "./current_activity.ts";
import { claudeArguments } from "../claude/arguments.ts";
import { claudeEnvironment } from "../claude/environment.ts";
import { hasStoredCredential } from "../claude/credentials.ts";
import { homeDirectory } from "../process/home_directory.ts";
import { findClaude } from "../claude/find.ts";
import type { Normalizer } from "../claude/normalizer.ts";
import type { ClaudeOptions, SessionTarget } from "../claude/options.ts";
import { shellQuote } from "../util/shell_quote.ts";
import { createPrivateFiles, type PrivateFiles } from "../util/private_files.ts";
import { formatDuration } from "../util/duration.ts";
import type { RunOutcomeInput } from "./final_events.ts";
import {
  createEventFactory,
  type EventBody,
  type EventFactory,
  type EventOf,
  type RunEvent,
  SCHEMA_ID,
} from "../events.ts";
import { RunState } from "./run_state.ts";
import { canEnterDirectory } from "../util/can_enter_directory.ts";
import { asFailure, CcrunError, type Failure } from "../errors.ts";
import type { StopReason } from "./stop_reason.ts";
import {
  type Child,
  type ChildEnd,
  type ChildOptions,
  startChild,
  STOP_GRACE_MS,
} from "../process/child.ts";
import { createPausableClock } from "../util/clock.ts";
import { createDeadline, type Deadline, type DeadlineOptions } from "../util/deadline.ts";
import { createTailBuffer, type TailBuffer } from "../stream/tail_buffer.ts";
import { Channel } from "../stream/channel.ts";
import type { Line } from "../stream/line_splitter.ts";
import { VERSION } from "../version.ts";
import { TRUNCATION_MARK } from "../util/truncate.ts";
import type { Env } from "../util/env.ts";

/** What a run needs to know. */
export interface RunPlan {
  /** The prompt. */
  prompt: string;
  /** The agent's options. */
  agent: ClaudeOptions;
  /** Where it works, and which session goes on. */
  place: SessionTarget;
  /** The directory that relative paths start from. */
  from: string;
  /** The environment, before ccrun's changes. */
  env: Env;
  /** Which claude, if it is not to be looked for. */
  claudePath?: string | undefined;
  /** How the caller said which claude, for messages. */
  claudeSource?: string | undefined;
  /** A proxy or gateway. */
  apiUrl?: string | undefined;
  /** A refused tool makes the run fail. */
  failOnDenied?: boolean | undefined;
  /** How long it may take, in milliseconds. */
  timeoutMs?: number | undefined;
  /** How long claude may say nothing, in milliseconds. */
  idleTimeoutMs?: number | undefined;
  /** How long its end may take once it is stopped, in milliseconds. */
  graceMs?: number | undefined;
  /** What a good run has left running stays. */
  keepBackground?: boolean | undefined;
  /** claude runs in a PID namespace of its own. */
  isolate?: boolean | undefined;
  /** Is told when claude runs. */
  onStarted?: (() => void) | undefined;
  /** Is told when it is stopped for a reason that makes it fail. */
  onStop?: ((cause: StopReason) => void) | undefined;
  /** Is given each chunk of claude's stdout before it is decoded, and awaited. */
  onOutput?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
  /** Is told what happens, in sizes and kinds. */
  diagnose: (what: string, content?: string) => void;
}

/** How much of claude's stderr is kept, and how much of it becomes events: 256 KiB each. */
const MAX_STDERR_BYTES = 256 * 1024;

/** What an event takes of the channel besides its text. */
const EVENT_SIZE = 256;

/**
 * How much may wait where who reads the output holds claude back anyway: about what is read at once.
 * What waits for longer is memory that is long not given back: 20 MB of a busy run.
 */
const SHORT_QUEUE = 64 * 1024;

/** The longest line of stderr that becomes one event. */
const MAX_STDERR_LINE_BYTES = 16 * 1024;

/**
 * How long claude may take to end after its last result, or after it has closed its output, in
 * milliseconds. It ends within a second; hooks at the end of a session have one and a half.
 */
const LINGER_MS = 5000;

/** When a run that is being stopped says so, in milliseconds: nearly all have ended by then. */
const SAY_STOPPING_AFTER_MS = 1000;

/** As long a grace as timers take. */
const MAX_GRACE_MS = 20 * 24 * 3_600_000;

/**
 * What a run needs only when claude runs, or cannot be started. It is loaded while claude starts: with
 * it, and with what shows the run, claude would be started 9 ms later (46 instead of 37 from the start
 * of Deno).
 */
async function loadParts() {
  const [ending, failures, explain, kinds, impostor, left, normalizer, lines] = await Promise.all([
    import("./final_events.ts"),
    import("../claude/failures.ts"),
    import("./failures.ts"),
    import("../claude/api_errors.ts"),
    import("./not_claude.ts"),
    import("./leftover_notices.ts"),
    import("../claude/normalizer.ts"),
    import("../stream/read_lines.ts"),
  ]);
  return {
    ...ending,
    ...failures,
    ...explain,
    ...kinds,
    ...impostor,
    ...left,
    ...normalizer,
    ...lines,
  };
}

/** One run: its events, and the ways to stop it. */
export class Run {
  #plan: RunPlan;
  #stamp: EventFactory;
  #clock = createPausableClock();
  #facts = new RunState();
  #activity = new ActivityTracker();
  #channel: Channel<RunEvent>;
  #child: Child | undefined;
  /** Resolves when nothing is left of a claude that could not be started. */
  #gone: Promise<unknown> | undefined;
  #deadlines = new Set<() => void>();
  #silence: Deadline | undefined;
  #linger: Deadline | undefined;
  #isPaused = false;
  #isDelivering = false;
  #isIdle = false;
  #cause: StopReason | undefined;
  #stoppedAfterResult = false;
  #hasLingered = false;
  #refusals = 0;
  #hasSaidStopping = false;
  #stopped = Promise.withResolvers<undefined>();
  #fault: Failure | undefined;
  #isOver = false;

  constructor(plan: RunPlan) {
    this.#plan = plan;
    // Without it, claude goes on while its reader is away for a while.
    this.#channel = new Channel(plan.onOutput === undefined ? {} : { limit: SHORT_QUEUE });
    this.#stamp = createEventFactory(() => Math.round(this.#clock.now() * 10) / 10);
  }

  /** The session, once it is known. */
  get sessionId(): string | undefined {
    return this.#facts.sessionId;
  }

  get #graceMs(): number {
    return Math.min(this.#plan.graceMs ?? STOP_GRACE_MS, MAX_GRACE_MS);
  }

  /**
   * Stops the run: claude is asked to end, and killed with all that it has started when it does
   * not within the grace. Of several causes the first counts, but what comes from outside counts
   * more than what claude made ccrun do, and a signal more than what came after the last result.
   *
   * @param graceMs 0 kills at once, also what is being stopped already
   * @returns whether there was something to stop
   */
  async stop(cause: StopReason, graceMs = this.#graceMs): Promise<boolean> {
    if (graceMs === 0) this.#child?.kill();
    const hasEnded = this.#child?.isRunning === false;
    // What has ended by itself is not stopped any more; but a signal counts to the last moment.
    if (this.#isOver || hasEnded && cause.signal === undefined) return false;
    if (this.#isReplacedBy(cause)) {
      this.#cause = cause;
      this.#stoppedAfterResult = this.#isIdle;
      this.#plan.diagnose(`stopping: ${cause.failure.kind}`);
      if (this.#counts) this.#plan.onStop?.(cause);
    }
    // A good result stands, and with it what is to stay.
    const keeps = this.#plan.keepBackground === true && !this.#counts;
    // Before claude is started, it is kept from it.
    this.#stopped.resolve(undefined);
    const wasRunning = await this.#stopChild(graceMs, keeps) ?? true;
    if (!keeps) await this.#child?.reapLeftovers(graceMs);
    return wasRunning;
  }

  /** Whether a cause is the first, or counts more than the one that there is. */
  #isReplacedBy({ failure, signal }: StopReason): boolean {
    if (this.#cause === undefined) return true;
    if (this.#cause.signal !== undefined) return false;
    if (!this.#counts) return signal !== undefined;
    return isFromWithin(this.#cause.failure) && !isFromWithin(failure);
  }

  /** Whether the cause makes the run fail: after the last result only a signal does. */
  get #counts(): boolean {
    if (this.#cause === undefined) return false;
    return !this.#stoppedAfterResult || this.#cause.signal !== undefined;
  }

  async #stopChild(graceMs: number, keeps: boolean): Promise<boolean | undefined> {
    this.#linger?.clear();
    const timer = setTimeout(() => {
      if (graceMs > SAY_STOPPING_AFTER_MS && !this.#channel.isClosed) this.#sayStopping(graceMs);
    }, SAY_STOPPING_AFTER_MS);
    const wasRunning = await this.#child?.stop(graceMs, keeps);
    clearTimeout(timer);
    return wasRunning;
  }

  /** Says once what is waited for, and how a person who does not want to wait says so. */
  #sayStopping(graceMs: number): void {
    if (this.#hasSaidStopping) return;
    this.#hasSaidStopping = true;
    const again = this.#cause?.signal === undefined ? "" : "; a second signal kills it";
    const text = `claude was asked to end, and has ${formatDuration(graceMs)} for that${again}`;
    this.#channel.push(this.#stamp({ type: "notice", level: "info", kind: "stopping", text }));
  }

  /** Stops all of the run's processes where they are, and its clock. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    this.#clock.pause();
    await this.#child?.suspend();
  }

  /** Lets them go on. */
  async unpause(): Promise<void> {
    this.#isPaused = false;
    await this.#child?.resume();
    this.#clock.resume();
  }

  /**
   * The events, from `start` to `exit`, all at once that are there. Whoever leaves the loop early
   * has stopped the run.
   */
  async *batches(): AsyncGenerator<RunEvent[], void, void> {
    const files = createPrivateFiles();
    this.#limitTime();
    try {
      let path: string | undefined;
      let child: Child;
      try {
        path = await this.#find();
        yield [this.#start(path)];
        if (this.#cause !== undefined) return yield await this.#end({});
        const preparing = this.#prepare(path, files);
        // Nobody may be waiting for it any more.
        preparing.catch(() => {}).then(() => this.#isOver && files.remove());
        // What is read for it may be a pipe into which nobody writes.
        const options = await Promise.race([preparing, this.#stopped.promise]);
        if (options === undefined || this.#cause !== undefined) return yield await this.#end({});
        child = this.#child = startChild(options);
      } catch (error) {
        if (path === undefined) yield [this.#start(undefined)];
        return yield await this.#end({ known: { failed: this.#failureOf(error) } });
      }
      this.#plan.diagnose(`claude runs as process ${child.pid}`);
      this.#plan.onStarted?.();
      if (this.#isPaused) await child.suspend();
      this.#limitSilence();
      child.ended.then(() => {
        this.#forgetDeadlines();
        files.remove();
      });
      // What is to be kept is known only when everything is read.
      if (!this.#plan.keepBackground) child.ended.then(() => child.reapLeftovers(this.#graceMs));
      const stderr = createTailBuffer(MAX_STDERR_BYTES);
      this.#pump(child, stderr);
      yield* this.#channel;
      const end = await child.ended;
      this.#plan.diagnose(`claude ended: ${JSON.stringify(end)}`);
      const lateStop = this.#lateStop();
      if (lateStop !== undefined) yield [this.#stamp(lateStop)];
      const ending = {
        ...await this.#impostor(path, end, stderr.text()),
        stderr: stderr.text().trimEnd(),
        claudeExitCode: end.code,
        claudeSignal: end.signal,
      };
      yield await this.#clear(child, ending);
      yield await this.#end(ending);
    } finally {
      this.#isOver = true;
      this.#forgetDeadlines();
      this.#channel.close();
      await this.#child?.stop(this.#graceMs);
      await this.#child?.reapLeftovers(this.#graceMs);
      await this.#gone;
      files.remove();
    }
  }

  #setDeadline(options: Omit<DeadlineOptions, "clock">): Deadline {
    const deadline = createDeadline({ clock: this.#clock, ...options });
    const clear = () => {
      deadline.clear();
      this.#deadlines.delete(clear);
    };
    this.#deadlines.add(clear);
    return { reset: deadline.reset, clear };
  }

  #forgetDeadlines(): void {
    for (const clear of this.#deadlines) clear();
  }

  #limitTime(): void {
    const ms = this.#plan.timeoutMs;
    if (!ms) return;
    const onReached = () =>
      this.#timeOut(`timeout of ${formatDuration(ms)} reached`, "raise --timeout");
    this.#setDeadline({ ms, onReached });
  }

  #limitSilence(): void {
    const ms = this.#plan.idleTimeoutMs;
    if (!ms) return;
    this.#silence = this.#setDeadline({
      ms,
      onReached: () =>
        this.#timeOut(`idle timeout of ${formatDuration(ms)} reached`, "raise --idle-timeout"),
      // Who is not read cannot be heard.
      isSuspended: () => this.#isDelivering || this.#channel.isFull,
    });
  }

  #timeOut(what: string, remedy: string): void {
    const message = `${what}: ${this.#activity.describe(this.#clock.now())}`;
    // Who has not said a word may be unable to.
    const hint = this.#activity.hasBegun ? remedy : `${remedy}, or see what is wrong: ccrun doctor`;
    this.stop({ failure: { kind: "timeout", message, hint } });
  }

  /** From now on, claude has only a little time left to end by itself. */
  #expectEnd(onReached: () => void): void {
    this.#linger?.clear();
    if (this.#child?.isRunning) this.#linger = this.#setDeadline({ ms: LINGER_MS, onReached });
  }

  /** The last result is in, or not any more: a task that ran in the background starts a new turn. */
  #setIdle(isIdle: boolean): void {
    // What claude says when it was told to stop begins nothing.
    if (this.#hasLingered || this.#stoppedAfterResult) return;
    this.#isIdle = isIdle;
    this.#linger?.clear();
    if (isIdle && this.#cause === undefined) this.#expectEnd(() => this.#stopLingering());
  }

  /** A process that says nothing any more can have nothing to say. */
  #expectEndAfterOutput(): void {
    if (this.#isIdle) return;
    this.#expectEnd(() => {
      if (this.#facts.result !== undefined) return this.#stopLingering();
      const message = "claude closed its output without a result, and did not end";
      this.stop({ failure: { kind: "failed", message } });
    });
  }

  #stopLingering(): void {
    this.#hasLingered = true;
    this.#plan.diagnose("stopping: claude has not ended after its last result");
    this.#stopChild(this.#graceMs, this.#plan.keepBackground ?? false);
  }

  /** What is said when claude had to be stopped after its last result, which stands. */
  #lateStop(): EventBody<"notice"> | undefined {
    if (this.#counts) return undefined;
    const why = this.#cause !== undefined
      ? `after the last result: ${this.#cause.failure.message}`
      : this.#hasLingered
      ? `claude had not ended ${formatDuration(LINGER_MS)} after its last result`
      : undefined;
    if (why === undefined) return undefined;
    const text = `${why}; it was stopped, and the result stands`;
    return { type: "notice", level: "info", kind: "stopped", text };
  }

  /** Ends, or names and keeps, what claude has left behind. */
  async #clear(child: Child, ending: EndingParts): Promise<RunEvent[]> {
    const { leftoverNotices: describeLeft, resolveFailure: failureOf } = await loadParts();
    const keeps = this.#plan.keepBackground === true &&
      failureOf(this.#endingOf(ending)) === undefined;
    const left = await child.reapLeftovers(this.#graceMs, keeps);
    return [...describeLeft(left, keeps)].map((notice) => this.#stamp(notice));
  }

  /** A failure in words; where a fault of ccrun's is, diagnostics say. */
  #failureOf(error: unknown): Failure {
    const failure = asFailure(error);
    if (failure.kind === "internal" && error instanceof Error) {
      this.#plan.diagnose(error.stack ?? error.message);
    }
    return failure;
  }

  #find(): Promise<string> {
    const { claudePath, claudeSource, env, from } = this.#plan;
    return findClaude({ path: claudePath, source: claudeSource, env, cwd: from });
  }

  async #prepare(path: string, files: PrivateFiles): Promise<ChildOptions> {
    const { agent, place, from, env, apiUrl, prompt, isolate } = this.#plan;
    await checkDirectory(place.cwd);
    const isolationWords = isolate ? await isolationOf(env) : undefined;
    const args = await claudeArguments(agent, place, from, files);
    const childEnv = claudeEnvironment({
      env,
      apiUrl,
      hasStoredCredential: apiUrl !== undefined && await hasStoredCredential({
        env,
        home: await homeDirectory(env),
        cwd: place.cwd,
        settings: agent.settings,
        from,
      }),
      maxRetries: agent.maxRetries,
    });
    this.#plan.diagnose(
      `starting claude with ${args.length} arguments, ${Object.keys(childEnv).length} variables ` +
        `and a prompt of ${prompt.length} characters`,
      args.join(" "),
    );
    return {
      command: path,
      args,
      env: childEnv,
      cwd: place.cwd,
      stdin: prompt,
      graceMs: this.#graceMs,
      folder: files.dir,
      isolation: isolationWords,
      onRead: () => this.#silence?.reset(),
      onUnstarted: (gone) => this.#gone = gone,
    };
  }

  #start(path: string | undefined): RunEvent {
    const { place } = this.#plan;
    return this.#stamp({
      type: "start",
      schema: SCHEMA_ID,
      ccrun: VERSION,
      time: new Date().toISOString(),
      claude: path === undefined ? null : { path },
      cwd: place.cwd,
      ...(place.resume !== undefined ? { resume: place.resume } : {}),
    });
  }

  async #end(ending: EndingParts): Promise<RunEvent[]> {
    const { finalEvents: endingEvents } = await loadParts();
    return [...endingEvents(this.#stamp, this.#endingOf(ending))];
  }

  #endingOf(ending: EndingParts): RunOutcomeInput {
    const { agent, failOnDenied = false } = this.#plan;
    const cause = this.#cause;
    return {
      wantsOutput: agent.jsonSchema !== undefined,
      failOnDenied,
      ...ending,
      known: {
        ...ending.known,
        internal: this.#fault,
        stopped: cause && { cause, afterResult: this.#stoppedAfterResult },
      },
      facts: this.#facts,
      durationMs: Math.round(this.#clock.now()),
    };
  }

  /** Passes an event on. The outcome counts what was seen, also when nobody has read it yet. */
  #emit(event: RunEvent, size: number): void {
    this.#activity.record(event);
    this.#facts.record(event);
    this.#channel.push(event, size + EVENT_SIZE);
  }

  /** Reads both pipes into the channel, which is closed when both have ended. */
  async #pump(child: Child, stderr: TailBuffer): Promise<void> {
    try {
      const parts = await loadParts();
      await Promise.all([
        this.#pumpStdout(child, parts),
        this.#pumpStderr(child, stderr, parts),
      ]);
    } catch (error) {
      this.#fail(error);
    }
    this.#channel.close();
  }

  /** What ccrun cannot do ends the run, but claude still says what became of it. */
  #fail(error: unknown): void {
    if (this.#fault !== undefined || this.#cause?.signal !== undefined) return;
    this.#fault = this.#failureOf(error);
    this.#stopChild(this.#graceMs, false);
  }

  async #pumpStdout(child: Child, parts: Parts): Promise<void> {
    const { agent, onOutput, place, diagnose } = this.#plan;
    const normalizer = new parts.Normalizer({
      stamp: this.#stamp,
      partial: agent.partial ?? false,
      ...(place.fork && place.resume !== undefined ? { forkedFrom: place.resume } : {}),
    });
    const bytes = onOutput === undefined ? child.stdout : child.stdout.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: async (chunk, controller) => {
          this.#isDelivering = true;
          try {
            if (this.#fault === undefined) await onOutput(chunk);
          } catch (error) {
            this.#fail(error);
          }
          this.#isDelivering = false;
          controller.enqueue(chunk);
        },
      }),
    );
    for await (const lines of parts.readLines(bytes)) {
      for (const line of lines) this.#takeLine(line, normalizer, child, parts);
      if (this.#channel.isFull) await this.#channel.room();
    }
    if (child.isRunning) this.#expectEndAfterOutput();
    diagnose(`stdout ended, ${normalizer.ignoredCount} messages without content left out`);
  }

  #takeLine(line: Line, normalizer: Normalizer, child: Child, parts: Parts): void {
    let isNews = false;
    for (const event of normalizer.read(markTruncated(line))) {
      if (event.type === "result") {
        isNews = true;
        if (this.#hasLingered || this.#stoppedAfterResult) {
          const { seq, time_ms } = event;
          this.#emit({ ...lateResult(event), seq, time_ms }, line.text.length);
          continue;
        }
      }
      this.#emit(event, line.text.length);
      if (event.type === "retry") this.#takeRetry(event, normalizer, parts);
      if (event.type === "tool_use") child.watch();
      else if (event.type === "tool_result" && this.#activity.tools === 0) child.unwatch();
    }
    if (isNews || normalizer.isIdle !== this.#isIdle) this.#setIdle(normalizer.isIdle);
  }

  #takeRetry(retry: EventOf<"retry">, { keySource }: Normalizer, parts: Parts): void {
    const {
      classifyApiError: apiFailureReason,
      explainRejectedCredential: explainRefusal,
      isStaticKey: isFixedKey,
    } = parts;
    this.#silence?.reset(retry.delay_ms);
    if (apiFailureReason(retry.reason, retry.http_status) !== "auth") return;
    // A helper or a login may come up with a fresh key for the second attempt.
    if (++this.#refusals > 1 || isFixedKey(keySource)) {
      this.stop({ failure: explainRefusal(retry) });
    }
  }

  async #pumpStderr(child: Child, tail: TailBuffer, { readLines }: Parts): Promise<void> {
    let size = 0;
    const bytes = child.stderr.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          tail.push(chunk);
          controller.enqueue(chunk);
        },
      }),
    );
    for await (const lines of readLines(bytes, { maxBytes: MAX_STDERR_LINE_BYTES })) {
      for (const { text } of lines) {
        const isOver = size > MAX_STDERR_BYTES;
        size += text.length;
        if (isOver) break; // drained, so that claude does not block
        const isFull = size > MAX_STDERR_BYTES;
        this.#emit(
          this.#stamp({
            type: "notice",
            level: "info",
            kind: "stderr",
            text: isFull ? "claude writes more on stderr than is shown" : text,
          }),
          text.length,
        );
        await this.#channel.room();
      }
    }
  }

  /** When nothing that it wrote is a message, it may not be Claude Code at all. */
  async #impostor(
    path: string,
    end: ChildEnd,
    said: string,
  ): Promise<Pick<RunOutcomeInput, "known">> {
    if (this.#facts.messages > 0 || this.#cause !== undefined || end.signal !== undefined) {
      return {};
    }
    const { env, place } = this.#plan;
    const { notClaudeFailure: impostorFailure, stderrExcerpt: lastWords } = await loadParts();
    const failed = await impostorFailure({
      path,
      env,
      cwd: place.cwd,
      said: lastWords(said),
      until: this.#stopped.promise,
    });
    return failed === undefined || this.#cause !== undefined ? {} : { known: { failed } };
  }
}

type Parts = Awaited<ReturnType<typeof loadParts>>;

/** Marks a line that was cut, as the normalizer expects it. */
function markTruncated({ text, truncated }: Line): string {
  return truncated ? text + TRUNCATION_MARK : text;
}

/** What is known of an ending before it is put together. */
type EndingParts = Omit<RunOutcomeInput, "facts" | "durationMs">;

/** What claude says after it was told to stop is not the outcome. */
function lateResult({ subtype, text }: EventOf<"result">): EventBody<"notice"> {
  return { type: "notice", level: "info", kind: "late_result", text: `${subtype}: ${text}` };
}

/** Whether claude itself made ccrun stop it, or ccrun could not go on. */
function isFromWithin({ kind }: Failure): boolean {
  return kind === "auth" || kind === "failed";
}

async function isolationOf(env: RunPlan["env"]): Promise<readonly [string, ...string[]]> {
  const { isolation } = await import("../process/isolation.ts");
  return await isolation(env);
}

async function checkDirectory(cwd: string): Promise<void> {
  if (!await canEnterDirectory(cwd)) {
    throw new CcrunError(
      "usage",
      `the workspace ${cwd} may not be entered`,
      `see who may: ls -ld ${shellQuote(cwd)}`,
    );
  }
  const isDirectory = await Deno.stat(cwd).then((info) => info.isDirectory, () => undefined);
  if (isDirectory) return;
  throw new CcrunError(
    "usage",
    isDirectory === undefined
      ? `the workspace ${cwd} does not exist`
      : `the workspace ${cwd} is not a directory`,
    "name an existing directory with --cwd",
  );
}
