import { asFailure, CcrunError, type Failure } from "../errors.ts";
import type { RunEvent } from "../events.ts";
import type { StopSignal } from "../exit_codes.ts";
import { failedStartEvents } from "../run/failed_start.ts";
import type { StopReason } from "../run/stop_reason.ts";
import type { ClaudeSession } from "../session.ts";
import { describeReadError } from "../util/file_errors.ts";
import { MAX_LINE_BYTES } from "../util/lines.ts";
import { VERSION } from "../version.ts";
import type { Conversation } from "./conversations.ts";
import { type PromptRequest, SERVE_SCHEMA_ID, type ServeOutput } from "./messages.ts";
import { type ParsedInput, parseInput } from "./parse_input.ts";
import { runRequest, type RunRequestOptions } from "./run_request.ts";
import { Scheduler, type Task } from "./scheduler.ts";
import { isSettingsCommand } from "./settings_command.ts";

/** How many requests can wait. Further ones fail. */
const MAX_WAITING = 1_000;

/** How many characters the requests that wait can have together: as many as the longest line. */
const MAX_WAITING_CHARS = MAX_LINE_BYTES;

/** How many conversations without a name are remembered. Their sessions can be resumed by their ids. */
const MAX_UNNAMED = 1_000;

/** Options for {@linkcode Server}. */
export interface ServerOptions extends RunRequestOptions {
  /** The working directory of conversations that name none. */
  readonly cwd: string;
  /** How many requests run at the same time. */
  readonly jobs: number;
  readonly maxProcesses: number;
  /** The permission modes that a request can choose. */
  readonly permissionModes: readonly string[];
  /** Writes a line of the output. Resolves when there is room for more. */
  readonly write: (message: ServeOutput) => void | Promise<void>;
  /** How many conversations without a name are remembered. @default {1_000} */
  readonly maxUnnamed?: number | undefined;
  /** Creates the filter of the events of a request, which removes secrets. @default none is removed */
  readonly createFilter?: (() => (event: RunEvent) => RunEvent | undefined) | undefined;
}

/** A request that waits or runs. */
interface OpenRequest extends Task {
  readonly request: PromptRequest;
  readonly conversation: Conversation;
  readonly abort: AbortController;
  /** The conversation as the request named it. */
  readonly session: string;
  isRunning: boolean;
}

/** Why a request is rejected, besides the failure. */
interface Rejection {
  /** The number of its line, if that is not valid. */
  readonly line?: number;
  /** The signal that ccrun received. */
  readonly signal?: StopSignal | undefined;
}

/** Runs the prompts of many conversations, which arrive as lines. */
export class Server {
  #options: ServerOptions;
  #scheduler: Scheduler;
  /** The requests that have not ended, by their ids. */
  #open = new Map<string, OpenRequest>();
  /** The conversations without a name. Those that were used last are at the end. */
  #unnamed = new Set<Conversation>();
  #stopReason: StopReason | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#scheduler = new Scheduler(options.jobs);
  }

  /**
   * Serves the requests of all lines. Resolves when all have ended, or the service was stopped.
   *
   * @throws {CcrunError} `usage` if the lines cannot be read to their end
   */
  async serve(lines: AsyncIterable<string>): Promise<void> {
    const { cwd, jobs, maxProcesses } = this.#options;
    await this.#write({
      type: "ready",
      schema: SERVE_SCHEMA_ID,
      ccrun: VERSION,
      pid: Deno.pid,
      cwd,
      jobs,
      max_processes: maxProcesses,
    });
    const failure = await this.#readLines(lines);
    await this.#scheduler.idle();
    await this.#stopping;
    await this.#options.pool.stopAll();
    if (failure !== undefined) throw failure;
  }

  /** Stops all requests, which end with this reason, and then all claudes. */
  stop(reason: StopReason): void {
    this.#stopReason ??= reason;
    this.#stopping ??= this.#stopAll(reason);
  }

  /** Kills all claudes now. */
  kill(): void {
    void this.#options.pool.stopAll(0, this.#stopReason);
  }

  /** Suspends the requests that run. */
  async suspend(): Promise<void> {
    await Promise.all(this.#runningSessions().map((session) => session.suspend()));
  }

  /** Resumes what {@linkcode suspend} suspended. */
  async resume(): Promise<void> {
    await Promise.all(this.#runningSessions().map((session) => session.resume()));
  }

  /** Reports a failure of the service itself. */
  reportFailure(failure: Failure): void {
    void this.#write({ type: "error", line: null, error: failure });
  }

  /** Reads the lines until they end. Returns why that was too early. */
  async #readLines(lines: AsyncIterable<string>): Promise<CcrunError | undefined> {
    let number = 0;
    try {
      for await (const line of lines) {
        number++;
        if (line.trim() !== "") await this.#readLine(line, number);
      }
    } catch (error) {
      // A stop ends the input with an error.
      if (this.#stopReason !== undefined) return undefined;
      return new CcrunError("usage", `cannot read stdin: ${describeReadError(error)}`);
    }
  }

  async #readLine(line: string, number: number): Promise<void> {
    const parsed = parseInput(line);
    if ("problem" in parsed) return await this.#rejectLine(parsed, number);
    const { input } = parsed;
    if ("cancel" in input) return await this.#cancel(input.cancel);
    if ("stats" in input) return await this.#writeStats();
    if ("close" in input) {
      const problem = this.#describeFullQueue(0);
      if (problem !== undefined) return await this.#rejectLine(problem, number);
      return this.#close(input.close);
    }
    if (this.#open.has(input.id)) {
      const problem = "a request with this id has not ended";
      return await this.#rejectLine({ problem, hint: "use another id", id: input.id }, number);
    }
    try {
      await this.#accept(input);
    } catch (error) {
      await this.#reject(input, asFailure(error));
    }
  }

  /** Reports a line that is not valid. A valid id that is not in use gets an exit. */
  async #rejectLine(
    { problem, hint, id, session }: Extract<ParsedInput, { problem: string }>,
    line: number,
  ): Promise<void> {
    const message = `line ${line}: ${problem}`;
    const failure: Failure = { kind: "usage", message, ...(hint === undefined ? {} : { hint }) };
    if (id !== undefined && !this.#open.has(id)) {
      return await this.#reject(
        { id, ...(session === undefined ? {} : { session }) },
        failure,
        { line },
      );
    }
    const request = id === undefined ? {} : { request: id };
    await this.#write({ type: "error", line, ...request, error: failure });
  }

  /** Ends a request that was not started. */
  async #reject(
    { id, session = "" }: Pick<PromptRequest, "id" | "session">,
    failure: Failure,
    { line, signal }: Rejection = {},
  ): Promise<void> {
    const cwd = this.#options.cwd;
    for (const event of failedStartEvents({ failure, cwd, signal })) {
      const place = line !== undefined && event.type === "error" ? { line } : {};
      await this.#write({ ...event, ...place, request: id, session });
    }
  }

  /** Lets a request wait for its turn. @throws {CcrunError} if it cannot run */
  async #accept(request: PromptRequest): Promise<void> {
    const { conversations, permissionModes } = this.#options;
    const { id, session, permission_mode: mode } = request;
    if (mode !== undefined && !permissionModes.includes(mode)) {
      throw new CcrunError(
        "usage",
        "permission_mode is not one that this service allows",
        `use one of: ${permissionModes.join(", ")}; or start ccrun serve with --permission-mode`,
      );
    }
    if (isSettingsCommand(request.prompt)) {
      throw new CcrunError(
        "usage",
        "the prompt is a command that changes the settings of all conversations",
        "change the settings before you start ccrun serve",
      );
    }
    const known = session === undefined ? undefined : conversations.find(session);
    const full = this.#scheduler.canStart(known)
      ? undefined
      : this.#describeFullQueue(sizeOf(request));
    if (full !== undefined) throw new CcrunError("usage", full.problem, full.hint);
    let conversation = await conversations.open(session, request.cwd);
    // A close can have ended it meanwhile.
    while (!conversations.has(conversation)) {
      conversation = await conversations.open(session, request.cwd);
    }
    // The service may have been stopped meanwhile.
    if (this.#stopReason !== undefined) {
      const { failure, signal } = this.#stopReason;
      return await this.#reject(request, failure, { signal });
    }
    const open: OpenRequest = {
      request,
      conversation,
      session: session ?? conversation.name,
      key: conversation,
      size: sizeOf(request),
      abort: new AbortController(),
      isRunning: false,
      run: () => this.#run(open),
    };
    this.#open.set(id, open);
    this.#scheduler.add(open);
  }

  /** Returns why a request of this size cannot wait; undefined if it can. */
  #describeFullQueue(size: number): { problem: string; hint: string } | undefined {
    const { waitingCount, waitingSize } = this.#scheduler;
    const hint = "send it again when another request has ended";
    if (waitingCount >= MAX_WAITING) {
      return { problem: `${MAX_WAITING} requests wait already`, hint };
    }
    if (waitingSize + size <= MAX_WAITING_CHARS) return undefined;
    return { problem: "the requests that wait are too long together", hint };
  }

  async #run(open: OpenRequest): Promise<void> {
    open.isRunning = true;
    const { request, conversation, abort, session } = open;
    const filter = this.#options.createFilter?.();
    try {
      for await (const event of runRequest(request, conversation, abort.signal, this.#options)) {
        // A client that reads the exit can use the id again.
        if (event.type === "exit") this.#open.delete(request.id);
        const shown = filter === undefined ? event : filter(event);
        if (shown !== undefined) await this.#write({ ...shown, request: request.id, session });
      }
    } finally {
      this.#open.delete(request.id);
    }
    if (!conversation.isNamed) this.#rememberUnnamed(conversation);
  }

  /** Remembers a conversation without a name, and forgets the one that was used the longest ago. */
  #rememberUnnamed(conversation: Conversation): void {
    const { pool, conversations, maxUnnamed = MAX_UNNAMED } = this.#options;
    if (!conversations.has(conversation)) return;
    this.#unnamed.delete(conversation);
    this.#unnamed.add(conversation);
    if (this.#unnamed.size <= maxUnnamed) return;
    const oldest = this.#unnamed.values().find((other) => !this.#isNeeded(other));
    if (oldest === undefined) return;
    this.#unnamed.delete(oldest);
    conversations.remove(oldest);
    void pool.remove(oldest.poolId);
  }

  /** Returns whether a request of a conversation waits or runs. */
  #isNeeded(conversation: Conversation): boolean {
    return this.#open.values().some((open) => open.conversation === conversation);
  }

  async #cancel(id: string): Promise<void> {
    const open = this.#open.get(id);
    const state = open === undefined ? "unknown" : open.isRunning ? "running" : "waiting";
    await this.#write({ type: "canceled", request: id, state });
    if (open !== undefined) await this.#stopRequest(open, CANCELED);
  }

  async #stopRequest(open: OpenRequest, reason: StopReason): Promise<void> {
    const { request, session } = open;
    if (!this.#scheduler.remove(open)) return open.abort.abort(reason);
    this.#open.delete(request.id);
    await this.#reject({ id: request.id, session }, reason.failure, { signal: reason.signal });
  }

  /** Ends a conversation after its requests. */
  #close(name: string): void {
    const conversation = this.#options.conversations.find(name);
    this.#scheduler.add({
      key: conversation ?? name,
      run: () => this.#endConversation(name, conversation),
    });
  }

  async #endConversation(name: string, conversation: Conversation | undefined): Promise<void> {
    const { pool, conversations, onSessionsChanged } = this.#options;
    const session_id = conversation?.sessionId ?? null;
    if (conversation !== undefined) {
      await pool.remove(conversation.poolId);
      this.#unnamed.delete(conversation);
      // A request that came after the close begins anew.
      if (this.#isNeeded(conversation)) conversations.reset(conversation);
      else conversations.remove(conversation);
      onSessionsChanged?.();
    }
    await this.#write({
      type: "closed",
      session: name,
      session_id,
      known: conversation !== undefined,
    });
  }

  async #writeStats(): Promise<void> {
    const { pool, conversations } = this.#options;
    await this.#write({
      type: "stats",
      conversations: conversations.size,
      running: this.#scheduler.runningCount,
      waiting: this.#scheduler.waitingCount,
      processes: pool.stats().processes,
    });
  }

  async #stopAll(reason: StopReason): Promise<void> {
    await Promise.all([
      ...Array.from(this.#open.values(), (open) => this.#stopRequest(open, reason)),
      this.#options.pool.stopAll(undefined, reason),
    ]);
  }

  #runningSessions(): ClaudeSession[] {
    return [...this.#open.values()].filter(({ isRunning }) => isRunning)
      .map(({ conversation }) => this.#options.pool.get(conversation.poolId).session);
  }

  async #write(message: ServeOutput): Promise<void> {
    await this.#options.write(message);
  }
}

const CANCELED: StopReason = {
  failure: { kind: "interrupt", message: "the request was canceled" },
};

/** Returns how many characters a request has. */
function sizeOf({ prompt, images = [] }: PromptRequest): number {
  return images.reduce((sum, { data }) => sum + data.length, prompt.length);
}
