import { type ControlRequest, readControlLine } from "../claude/control_messages.ts";
import { DEFAULT_MODEL, type SessionTarget } from "../claude/options.ts";
import { isPermissionMode, permissionModeName } from "../claude/permission_modes.ts";
import { UsageReader } from "../claude/usage.ts";
import type { LeftoverProcess } from "../process/guardian.ts";
import { readUntilAborted } from "../stream/read_until_aborted.ts";
import { createPrivateFiles } from "../util/private_files.ts";
import { isName } from "../util/plausible.ts";
import { resolvesWithin } from "../util/resolves_within.ts";
import { Connection, type ConnectionListener } from "./connection.ts";
import { type Launch, planLaunch } from "./launch.ts";
import type { RunRequest } from "./request.ts";

/** Options for {@linkcode ClaudeProcess.start}. */
export interface StartOptions {
  /** The grace period if this program dies before claude, in milliseconds. */
  readonly graceMs: number;
  /** Resolves when the run is stopped. */
  readonly aborted: Promise<undefined>;
  /** Whether claude is kept for further runs. */
  readonly isKept: boolean;
  readonly listener: ConnectionListener;
}

/** How long claude may take to exit when it is not needed any longer, in milliseconds. */
const EXIT_LIMIT_MS = 2000;

/** How long claude may take to answer a control request, in milliseconds. It answers in a few. */
const RESPONSE_LIMIT_MS = 5000;

/** A claude that serves the runs of a session, one after the other. */
export class ClaudeProcess {
  readonly connection: Connection;
  /** Reads what each run used, because older versions state the totals of the process. */
  readonly usage: UsageReader = new UsageReader({ isOneProcess: true });
  /** The session, once it is known. */
  sessionId: string | undefined;
  #launchKey: string;
  #target: SessionTarget;
  #model: string | undefined;
  #permissionMode: string | undefined;
  #graceMs: number;
  #isKept: boolean;
  #hasServed = false;
  /** The lines that arrived while the options were changed. */
  #heldLines: string[] = [];
  /** What claude reports about the options that were changed. */
  #echoes: string[] = [];
  #requestCount = 0;
  /** The control requests without a response. */
  #openRequests = new Map<string, (error: string | undefined) => void>();
  #onControl: (state: string | undefined) => void = () => {};

  private constructor(
    connection: Connection,
    launch: Launch,
    request: RunRequest,
    { graceMs, isKept }: StartOptions,
  ) {
    this.connection = connection;
    this.#launchKey = launchKey(launch);
    this.#target = request.target;
    this.sessionId = request.target.fork ? undefined : request.target.resume;
    this.#model = request.claude.model;
    this.#permissionMode = request.claude.permissionMode;
    this.#graceMs = graceMs;
    this.#isKept = isKept;
  }

  /**
   * Starts claude.
   *
   * @returns undefined if the run was stopped before
   * @throws {CcrunError} `usage` if a value cannot be used; `not_executable` if the OS cannot start claude
   */
  static async start(
    launch: Launch,
    request: RunRequest,
    options: StartOptions,
  ): Promise<ClaudeProcess | undefined> {
    const { graceMs, aborted, isKept, listener } = options;
    const files = createPrivateFiles();
    let connection: Connection | undefined;
    try {
      const plan = await Promise.race([planLaunch(launch, request, files, aborted), aborted]);
      if (plan === undefined) return undefined;
      const env = isKept ? { ...plan.env, ...STATE_REPORTS } : plan.env;
      connection = await Connection.open({ ...plan, env, graceMs }, listener);
    } finally {
      if (connection === undefined) files.remove();
    }
    connection.child.exited.then(() => files.remove());
    return new ClaudeProcess(connection, launch, request, options);
  }

  /** Whether claude has exited. */
  get hasExited(): boolean {
    return this.connection.exit !== undefined;
  }

  /** Whether claude has not answered all control requests. */
  get hasOpenRequests(): boolean {
    return this.#openRequests.size > 0;
  }

  /** Returns whether this claude can serve a run, apart from what {@linkcode configure} can change. */
  canServe(launch: Launch, request: RunRequest): boolean {
    if (this.hasExited || launchKey(launch) !== this.#launchKey) return false;
    const { resume, continueLast, fork } = request.target;
    if (!this.#hasServed) return isSameSession(this.#target, request.target);
    return resume !== undefined && resume === this.sessionId && !continueLast && !fork;
  }

  /**
   * Changes the model and the permission mode to those of a run.
   *
   * @returns whether claude has accepted them
   */
  async configure({ claude }: RunRequest): Promise<boolean> {
    const changed = new AbortController();
    // The responses are among the lines.
    const reading = this.readLines(changed.signal, (line) => void this.#heldLines.push(line));
    const hasModel = await this.#changeModel(claude.model);
    const hasMode = hasModel && await this.#changePermissionMode(claude.permissionMode);
    changed.abort();
    return !await reading && hasMode;
  }

  /** Sends the prompt of a run, which starts a turn. */
  async sendPrompt({ prompt, images }: RunRequest): Promise<void> {
    this.#hasServed = true;
    await this.connection.sendPrompt(prompt, images);
  }

  /** Asks claude to stop its turn and its subagents. Resolves when it has answered. */
  async interrupt(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#send({ subtype: "interrupt" }, () => resolve());
    await promise;
  }

  /** Asks claude to stop a background task. */
  stopTask(taskId: string): void {
    this.#send({ subtype: "stop_task", task_id: taskId });
  }

  /**
   * Passes the lines about the conversation on until the signal is aborted.
   *
   * @param onControl called when claude has answered a control request, or has reported its state
   * @returns whether the output has ended
   */
  async readLines(
    signal: AbortSignal,
    onLine: (line: string) => void | Promise<void>,
    onControl: (state: string | undefined) => void = () => {},
  ): Promise<boolean> {
    for (const line of this.#heldLines.splice(0)) await onLine(line);
    this.#onControl = onControl;
    return await readUntilAborted(this.connection.lines, signal, (line) => {
      if (!this.#readControlLine(line)) return onLine(line);
    });
  }

  /**
   * Ends an idle claude and what it left running, and returns its leftover processes.
   *
   * @param keep lets the leftover processes run
   */
  async end(keep: boolean): Promise<readonly LeftoverProcess[]> {
    const { child } = this.connection;
    this.connection.endInput();
    await resolvesWithin(child.exited, EXIT_LIMIT_MS);
    await child.stop(this.#graceMs, keep);
    return await child.reapLeftovers(this.#graceMs, keep);
  }

  async #changeModel(model: string | undefined): Promise<boolean> {
    if (model === this.#model) return true;
    if (model !== undefined && !isName(model)) return false;
    this.#echoes.push("<local-command-stdout>Set model to");
    this.#model = model;
    return await this.#isAccepted({ subtype: "set_model", model: model ?? DEFAULT_MODEL });
  }

  async #changePermissionMode(mode: string | undefined): Promise<boolean> {
    if (mode === this.#permissionMode) return true;
    // Without a mode, claude uses that of its settings. Only its start can allow everything.
    if (mode === undefined || mode === "bypassPermissions" || !isPermissionMode(mode)) return false;
    const name = permissionModeName(mode);
    this.#echoes.push(`"permissionMode":"${name}"`);
    this.#permissionMode = mode;
    return await this.#isAccepted({ subtype: "set_permission_mode", mode: name });
  }

  /** Sends a control request. Returns whether claude has accepted it. */
  async #isAccepted(request: ControlRequest): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let isAccepted = false;
    this.#send(request, (error) => {
      isAccepted = error === undefined;
      resolve();
    });
    await resolvesWithin(Promise.race([promise, this.connection.child.exited]), RESPONSE_LIMIT_MS);
    return isAccepted;
  }

  #send(request: ControlRequest, onResponse: (error: string | undefined) => void = () => {}): void {
    const id = `ccrun-${++this.#requestCount}`;
    this.#openRequests.set(id, onResponse);
    void this.connection.sendControl(id, request);
  }

  /** Reads a line that is not about the conversation. Returns whether it was one. */
  #readControlLine(line: string): boolean {
    const control = this.#isKept ? readControlLine(line) : undefined;
    if (control === undefined) return this.#echoes.length > 0 && this.#isEcho(line);
    if (control.kind === "response") {
      this.#openRequests.get(control.requestId)?.(control.error);
      this.#openRequests.delete(control.requestId);
    }
    this.#onControl(control.kind === "state" ? control.state : undefined);
    return true;
  }

  /** Returns whether a line reports an option that was changed. Each is reported once, before the turn. */
  #isEcho(line: string): boolean {
    if (line.startsWith('{"type":"system","subtype":"init"')) this.#echoes = [];
    const index = this.#echoes.findIndex((echo) => line.includes(echo));
    if (index !== -1) this.#echoes.splice(index, 1);
    return index !== -1;
  }
}

/** Makes claude report when it begins and ends to work. */
const STATE_REPORTS = { CLAUDE_CODE_EMIT_SESSION_STATE_EVENTS: "1" };

/** Returns a text that differs if a claude that was started before cannot serve a run of the session. */
function launchKey({ path, env, settings, pinned, configuration }: Launch): string {
  return JSON.stringify([path, env, settings, pinned, configuration]);
}

function isSameSession(one: SessionTarget, other: SessionTarget): boolean {
  return one.resume === other.resume && Boolean(one.continueLast) === Boolean(other.continueLast) &&
    Boolean(one.fork) === Boolean(other.fork);
}
