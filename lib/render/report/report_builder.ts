import type { Failure } from "../../errors.ts";
import type { EventOf, RunEvent } from "../../events.ts";
import type { PathContext } from "../../util/display_path.ts";
import { answerOf } from "../../util/event_text.ts";
import { NoticeFactory } from "../notices.ts";
import type { Report, ReportSession, ReportStep, ReportWait } from "../report.ts";
import { CallSteps } from "./call_steps.ts";
import { ModelSteps } from "./model_steps.ts";
import { modelsOf, ModelTotals } from "./model_totals.ts";
import { Turns } from "./turns.ts";
import { waitOfRetry, waitOfRun } from "./waits.ts";

/** Options for {@linkcode ReportBuilder}. */
export interface ReportOptions {
  /** The home directory, which paths are shown relative to. */
  readonly home?: string | undefined;
}

/**
 * Builds the report of a session from its events.
 *
 * @example
 * ```ts
 * import { createEventFactory } from "../../events.ts";
 * import { ReportBuilder } from "./report_builder.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const createEvent = createEventFactory(() => null);
 * const builder = new ReportBuilder();
 * builder.event(createEvent({ type: "text", text: "Done.", message_id: "msg_1", index: 0 }));
 * const [turn] = builder.report().turns;
 * assertEquals(turn?.steps.map(({ kind }) => kind), ["text"]);
 * ```
 */
export class ReportBuilder {
  #lastNumber = 0;
  readonly #turns = new Turns();
  readonly #calls = new CallSteps(() => ++this.#lastNumber, () => this.#turns.workingSteps);
  readonly #modelSteps = new ModelSteps();
  readonly #notices = new NoticeFactory();
  readonly #totals = new ModelTotals();
  readonly #waits: ReportWait[] = [];
  #lastWait = "";
  #start: EventOf<"start"> | undefined;
  #session: ReportSession = {
    id: null,
    model: null,
    cwd: null,
    permissionMode: null,
    claudeVersion: null,
  };
  #paths: PathContext;
  #prompt: string | null = null;
  #result: EventOf<"result"> | undefined;
  #error: Failure | null = null;
  #exit: EventOf<"exit"> | null = null;
  #lastMs: number | null = null;

  constructor({ home }: ReportOptions = {}) {
    this.#paths = home === undefined ? {} : { home };
  }

  /** Records the next event of the session. */
  event(event: RunEvent): void {
    this.#record(event);
    this.#turns.recordWork(event);
    if (event.time_ms !== null) this.#lastMs = Math.max(this.#lastMs ?? 0, event.time_ms);
  }

  #record(event: RunEvent): void {
    switch (event.type) {
      case "start":
        this.#start = event;
        this.#turns.startSession(event.time_ms);
        this.#setDirectory(event.cwd);
        break;
      case "session_info":
        this.#addSessionInfo(event);
        this.#addNotices(event);
        break;
      case "text":
      case "thinking":
        this.#modelSteps.add(this.#stepsOf(event), event, ++this.#lastNumber);
        break;
      case "user_text":
        this.#addUserText(event);
        break;
      case "tool_use":
        this.#calls.add(event, this.#paths);
        break;
      case "tool_result":
        this.#calls.recordResult(event);
        break;
      case "permission_denied":
        this.#calls.recordDenial(event);
        break;
      case "task":
        this.#addTask(event);
        break;
      case "usage":
        this.#totals.record(event);
        break;
      case "retry":
        this.#addNotices(event);
        this.#waits.push(waitOfRetry(event, this.#lastNumber));
        break;
      case "waiting":
        this.#addWait(event);
        break;
      case "notice":
        for (const id of event.retracts ?? []) this.#modelSteps.retract(id);
        if (event.kind !== "retracted") this.#addNotices(event);
        break;
      case "rate_limit":
      case "raw":
      case "unknown":
        this.#addNotices(event);
        break;
      case "result":
        this.#addResult(event);
        break;
      case "error":
        this.#error = event.error;
        break;
      case "exit":
        this.#exit = event;
        break;
    }
  }

  #stepsOf({ parent_tool_use_id: parent, time_ms: timeMs }: RunEvent): ReportStep[] {
    return this.#calls.stepsOf(parent, timeMs);
  }

  #place({ time_ms: timeMs }: RunEvent): { number: number; timeMs: number | null } {
    return { number: ++this.#lastNumber, timeMs };
  }

  #setDirectory(cwd: string | null | undefined): void {
    if (!cwd) return;
    this.#paths = { ...this.#paths, cwd };
    this.#session = { ...this.#session, cwd };
  }

  #addSessionInfo(event: EventOf<"session_info">): void {
    const { session_id: id, model, permission_mode: mode, claude_version: version } = event;
    const known = this.#session;
    this.#session = {
      id: id ?? known.id,
      model: model ?? known.model,
      cwd: known.cwd,
      permissionMode: mode ?? known.permissionMode,
      claudeVersion: version ?? known.claudeVersion,
    };
    this.#setDirectory(event.cwd);
  }

  #addUserText(event: EventOf<"user_text">): void {
    const { kind, text, parent_tool_use_id: parent } = event;
    if (kind === "continuation") return;
    if (kind === "prompt" && parent === undefined) {
      this.#prompt ??= text;
      this.#turns.promptSteps.push({ kind, ...this.#place(event), text });
    } else {
      const source = kind === "prompt" ? "subagent" : kind;
      const steps = this.#stepsOf(event);
      steps.push({ kind: "user_text", ...this.#place(event), source, text });
    }
  }

  /** Records the state of a task. The call that started it shows how it ended, unless that was a problem. */
  #addTask(event: EventOf<"task">): void {
    const { tool_use_id: id, status } = event;
    if (status === "started" || status === "progress") return;
    this.#calls.recordTaskEnd(event);
    const call = id === undefined ? undefined : this.#calls.get(id);
    const isShownByCall = call !== undefined &&
      (call.state === "running" || status === "completed");
    if (!isShownByCall) this.#addNotices(event);
  }

  /** Records a wait, which is reported again every half hour. */
  #addWait(event: EventOf<"waiting">): void {
    const wait = `${event.reason} ${event.until} ${event.attempt}`;
    if (wait === this.#lastWait) return;
    this.#lastWait = wait;
    this.#addNotices(event);
    this.#waits.push(waitOfRun(event, this.#start?.time ?? null, this.#lastNumber));
  }

  #addNotices(event: RunEvent): void {
    const { parent_tool_use_id: parent } = event;
    const url = event.type === "notice" ? event.url ?? null : null;
    for (const notice of this.#notices.noticesOf(event)) {
      const steps = parent === undefined ? this.#turns.steps : this.#stepsOf(event);
      steps.push({ kind: "notice", ...this.#place(event), notice, url });
    }
  }

  #addResult(event: EventOf<"result">): void {
    this.#result = event;
    const steps = this.#turns.workingSteps;
    const lastText = steps.findLast(({ kind }) => kind === "text");
    const isRepetition = lastText?.kind === "text" && lastText.text.trim() === event.text.trim();
    steps.push({ kind: "result", ...this.#place(event), result: event, isRepetition });
    this.#turns.end(event);
  }

  /** Returns the time until the last event, or of all results if that is longer. */
  #knownDurationMs(): number | null {
    const known = this.#turns.turns.map(({ result }) => result?.duration_ms ?? null)
      .filter((ms) => ms !== null);
    if (known.length === 0) return this.#lastMs;
    return Math.max(this.#lastMs ?? 0, known.reduce((sum, ms) => sum + ms, 0));
  }

  /** Returns the report. Further events can change it. */
  report(): Report {
    const exit = this.#exit;
    return {
      startTime: this.#start?.time ?? null,
      session: this.#session,
      prompt: this.#prompt,
      turns: this.#turns.turns,
      lastStepNumber: this.#lastNumber,
      answer: this.#result === undefined ? "" : answerOf(this.#result),
      error: this.#error,
      exit,
      requestCount: exit?.turns ?? null,
      durationMs: exit?.duration_ms ?? this.#knownDurationMs(),
      usage: exit?.usage ?? this.#totals.usage,
      costUsd: exit?.cost_usd ?? null,
      models: exit?.models === undefined ? this.#totals.models : modelsOf(exit),
      toolCounts: this.#calls.counts,
      waits: this.#waits,
    };
  }
}
