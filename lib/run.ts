/**
 * One run of claude, from its first event to its last.
 *
 * @module
 */

import { claudeArguments } from "./claude/arguments.ts";
import { claudeEnvironment, hasLogin } from "./claude/environment.ts";
import { explainRefusal, lastWords } from "./claude/explain.ts";
import { apiFailureReason, isFixedKey } from "./claude/failure_kinds.ts";
import { findClaude } from "./claude/find.ts";
import { Normalizer } from "./claude/normalizer.ts";
import type { AgentOptions, Place } from "./claude/options.ts";
import { makePrivateFiles, type PrivateFiles } from "./claude/private_files.ts";
import { isClaude } from "./claude/probe.ts";
import { endingEvents, type EndingFacts } from "./ending.ts";
import { makeStamp, type RunEvent, SCHEMA_ID, type Stamp } from "./events.ts";
import { Facts } from "./facts.ts";
import { CcrunError, type EndingSignal, type Failure } from "./outcome.ts";
import {
  type Child,
  type ChildEnd,
  type ChildOptions,
  startChild,
  STOP_GRACE_MS,
} from "./process/child.ts";
import { makeTail, type Tail } from "./process/tail.ts";
import { Channel } from "./stream/channel.ts";
import { readLines } from "./stream/read_lines.ts";
import { VERSION } from "./version.ts";

/** What a run needs to know. */
export interface RunPlan {
  /** The prompt. */
  prompt: string;
  /** The agent's options. */
  agent: AgentOptions;
  /** Where it works, and which session goes on. */
  place: Place;
  /** The directory that relative paths start from. */
  from: string;
  /** The environment, before ccrun's changes. */
  env: { readonly [name: string]: string };
  /** Which claude, if it is not to be looked for. */
  claudePath?: string | undefined;
  /** How the caller said which claude, for messages. */
  claudeSource?: string | undefined;
  /** A proxy or gateway. */
  apiUrl?: string | undefined;
  /** A refused tool makes the run fail. */
  failOnDenied?: boolean | undefined;
  /** Is given each chunk of claude's stdout before it is decoded, and awaited. */
  onOutput?: ((chunk: Uint8Array) => void | Promise<void>) | undefined;
  /** Is told what happens, in sizes and kinds. */
  diagnose: (what: string, content?: string) => void;
}

/** Why a run is stopped. */
export interface StopCause {
  /** The failure that this makes. */
  failure: Failure;
  /** The signal that ccrun got. */
  signal?: EndingSignal | undefined;
}

/** The cause where nobody gives one. */
export const STOPPED: StopCause = {
  failure: { kind: "interrupt", message: "the run was stopped" },
};

/** Why a signal was aborted: its reason, where that is a cause. */
export function stopCauseOf(signal: AbortSignal | undefined): StopCause {
  const reason: unknown = signal?.reason;
  const isCause = typeof reason === "object" && reason !== null && "failure" in reason;
  return isCause ? reason as StopCause : STOPPED;
}

/** How much of claude's stderr is kept, and how much of it becomes events: 256 KiB each. */
const MAX_STDERR_BYTES = 256 * 1024;

/** What an event takes of the channel besides its text. */
const EVENT_SIZE = 256;

/** The longest line of stderr that becomes one event. */
const MAX_STDERR_LINE_BYTES = 16 * 1024;

/** One run: its events, and the way to stop it. */
export class Run {
  #plan: RunPlan;
  #stamp: Stamp;
  #startMs = performance.now();
  #facts = new Facts();
  #channel = new Channel<RunEvent>();
  #child: Child | undefined;
  #cause: StopCause | undefined;
  #stoppedAfterResult = false;
  #fault: Failure | undefined;
  #isOver = false;

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#stamp = makeStamp(() => this.#elapsedMs());
  }

  #elapsedMs(): number {
    return Math.round((performance.now() - this.#startMs) * 10) / 10;
  }

  /** The session, once it is known. */
  get sessionId(): string | undefined {
    return this.#facts.sessionId;
  }

  /**
   * Stops the run: claude is asked to end, and killed when it does not within the
   * grace. The first cause counts.
   *
   * @returns whether there was something to stop
   */
  async stop(cause: StopCause, graceMs = STOP_GRACE_MS): Promise<boolean> {
    // What has ended by itself is not stopped any more.
    if (this.#isOver || this.#child?.isRunning === false) return false;
    if (this.#cause === undefined) {
      this.#cause = cause;
      this.#stoppedAfterResult = this.#facts.result !== undefined;
      this.#plan.diagnose(`stopping: ${cause.failure.kind}`);
    }
    // Before claude is started, it is kept from it.
    return await this.#child?.stop(graceMs) ?? true;
  }

  /** The events, from `start` to `exit`. Whoever leaves the loop early has stopped the run. */
  async *events(): AsyncGenerator<RunEvent, void, void> {
    const files = makePrivateFiles();
    try {
      let path: string | undefined;
      let child: Child;
      try {
        path = await this.#find();
        yield this.#start(path);
        const options = await this.#prepare(path, files);
        if (this.#cause !== undefined) return yield* this.#end({});
        child = this.#child = startChild(options);
      } catch (error) {
        if (path === undefined) yield this.#start(undefined);
        return yield* this.#end({ known: { failed: this.#failureOf(error) } });
      }
      this.#plan.diagnose(`claude runs as process ${child.pid}`);
      const stderr = makeTail(MAX_STDERR_BYTES);
      this.#pump(child, stderr);
      yield* this.#channel;
      const end = await child.ended;
      this.#plan.diagnose(`claude ended: ${JSON.stringify(end)}`);
      yield* this.#end({
        ...await this.#impostor(path, end, lastWords(stderr.text())),
        stderr: stderr.text().trimEnd(),
        claudeExitCode: end.code,
        claudeSignal: end.signal,
      });
    } finally {
      this.#isOver = true;
      this.#channel.close();
      await this.#child?.stop(STOP_GRACE_MS);
      files.remove();
    }
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
    const { agent, place, from, env, apiUrl, prompt } = this.#plan;
    await checkDirectory(place.cwd);
    const args = await claudeArguments(agent, place, from, files);
    const childEnv = claudeEnvironment({
      env,
      apiUrl,
      hasLogin: apiUrl !== undefined && await hasLogin(env, place.cwd, agent.settings, from),
      maxRetries: agent.maxRetries,
    });
    this.#plan.diagnose(
      `starting claude with ${args.length} arguments, ${Object.keys(childEnv).length} variables ` +
        `and a prompt of ${prompt.length} characters`,
      args.join(" "),
    );
    return { command: path, args, env: childEnv, cwd: place.cwd, stdin: prompt };
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

  *#end(ending: Omit<EndingFacts, "facts" | "durationMs">): Generator<RunEvent> {
    const { agent, failOnDenied } = this.#plan;
    const cause = this.#cause;
    yield* endingEvents(this.#stamp, {
      wantsOutput: agent.jsonSchema !== undefined,
      failOnDenied: failOnDenied ?? false,
      ...ending,
      known: {
        ...ending.known,
        internal: this.#fault,
        stopped: cause && {
          failure: cause.failure,
          afterResult: this.#stoppedAfterResult,
          bySignal: cause.signal !== undefined,
        },
      },
      signal: cause?.signal,
      facts: this.#facts,
      durationMs: Math.round(this.#elapsedMs()),
    });
  }

  /** Passes an event on. The outcome counts what was seen, also when nobody has read it yet. */
  #emit(event: RunEvent, size: number): void {
    this.#facts.take(event);
    this.#channel.push(event, size + EVENT_SIZE);
  }

  /** Reads both pipes into the channel, which is closed when both have ended. */
  async #pump(child: Child, stderr: Tail): Promise<void> {
    try {
      await Promise.all([this.#pumpStdout(child), this.#pumpStderr(child, stderr)]);
    } catch (error) {
      this.#fault ??= this.#failureOf(error);
      this.#child?.stop(STOP_GRACE_MS);
    }
    this.#channel.close();
  }

  async #pumpStdout(child: Child): Promise<void> {
    const { onOutput, place, diagnose } = this.#plan;
    const normalizer = new Normalizer({
      stamp: this.#stamp,
      ...(place.fork && place.resume !== undefined ? { forkedFrom: place.resume } : {}),
    });
    const bytes = onOutput === undefined ? child.stdout : child.stdout.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        async transform(chunk, controller) {
          await onOutput(chunk);
          controller.enqueue(chunk);
        },
      }),
    );
    let refusals = 0;
    for await (const line of readLines(bytes)) {
      for (const event of normalizer.read(line)) {
        this.#emit(event, line.text.length);
        if (
          event.type === "retry" && apiFailureReason(event.reason, event.http_status) === "auth"
        ) {
          // A helper or a login may come up with a fresh key for the second attempt.
          if (++refusals > 1 || isFixedKey(normalizer.keySource)) {
            this.stop({ failure: explainRefusal(event) });
          }
        }
      }
      if (this.#channel.isFull) await this.#channel.room();
    }
    diagnose(`stdout ended, ${normalizer.noise} messages without content left out`);
  }

  async #pumpStderr(child: Child, tail: Tail): Promise<void> {
    let size = 0;
    const bytes = child.stderr.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          tail.push(chunk);
          controller.enqueue(chunk);
        },
      }),
    );
    for await (const { text } of readLines(bytes, { maxBytes: MAX_STDERR_LINE_BYTES })) {
      const isOver = size > MAX_STDERR_BYTES;
      size += text.length;
      if (isOver) continue; // drained, so that claude does not block
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

  /** When nothing that it wrote is a message, it may not be Claude Code at all. */
  async #impostor(
    path: string,
    end: ChildEnd,
    said: string,
  ): Promise<Pick<EndingFacts, "known">> {
    if (this.#facts.messages > 0 || this.#cause !== undefined || end.signal !== undefined) {
      return {};
    }
    const { env, place } = this.#plan;
    if (await isClaude(path, env, place.cwd)) return {};
    return {
      known: {
        failed: {
          kind: "not_executable",
          message: `${path} is not Claude Code, or does not work here: it does not answer ` +
            `--version as Claude Code does${said === "" ? "" : `, and says: ${said}`}`,
          hint: "name the right one with --claude PATH or CCRUN_CLAUDE",
        },
      },
    };
  }
}

async function checkDirectory(cwd: string): Promise<void> {
  const isDirectory = await Deno.stat(cwd).then((info) => info.isDirectory, () => undefined);
  if (isDirectory) {
    // To stand in a directory takes more than to see it.
    const canEnter = await Deno.stat(`${cwd}/.`).then(() => true, () => false);
    if (canEnter) return;
    throw new CcrunError("usage", `the workspace ${cwd} may not be entered`, "chmod +x it");
  }
  throw new CcrunError(
    "usage",
    isDirectory === undefined
      ? `the workspace ${cwd} does not exist`
      : `the workspace ${cwd} is not a directory`,
    "name an existing directory with --cwd",
  );
}

/** Any error as a failure: a known one as it is, another one as a fault of ccrun's. */
export function asFailure(error: unknown): Failure {
  if (error instanceof CcrunError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return {
    kind: "internal",
    message: `a fault of ccrun's: ${message}`,
    hint: "please report it, with what --debug says",
  };
}
