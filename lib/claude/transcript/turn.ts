import type { JsonObject } from "../../util/json.ts";
import { getId, getNonEmptyString, getObject, getString } from "../json_fields.ts";
import { SYNTHETIC_MODEL } from "../synthetic_model.ts";
import { STRUCTURED_OUTPUT_TOOL } from "../tools.ts";
import { blocksOf, timeOf } from "./entries.ts";
import { envelope } from "./messages.ts";

/** Why the model stops in the middle of a turn. */
const CONTINUED: ReadonlySet<string> = new Set(["tool_use", "pause_turn"]);

/** How a turn ended, if it has ended. */
type TurnEnd =
  | { readonly kind: "answer" | "command_output"; readonly text: string }
  | { readonly kind: "api_error"; readonly text: string; readonly status: unknown }
  | { readonly kind: "max_turns" };

/**
 * What a transcript shows of one turn. It contains no results, but what the last entry of a turn is tells
 * whether the turn is complete.
 */
export class TranscriptTurn {
  readonly #origin: string | undefined;
  #end: TurnEnd | undefined;
  #startedMs: number | undefined;
  #endedMs: number | undefined;
  #last: JsonObject = {};
  #stopReason: string | undefined;
  #structuredOutput: unknown;
  #outputCall: { readonly id: string; readonly input: unknown } | undefined;
  /** How many results of tools and requests to continue the model got. Claude Code counts them as turns. */
  #requests = 0;
  /** The messages of the main agent. */
  #messages = new Set<string>();

  /** @param origin what started the turn, if it was not a prompt */
  constructor(origin?: string) {
    this.#origin = origin;
  }

  /** Whether nothing was recorded. */
  get isEmpty(): boolean {
    return this.#startedMs === undefined && this.#end === undefined;
  }

  /** Whether the turn has ended. */
  get isComplete(): boolean {
    return this.#end !== undefined;
  }

  /** How long the turn took so far, in milliseconds. */
  get durationMs(): number {
    return Math.max(0, (this.#endedMs ?? 0) - (this.#startedMs ?? 0));
  }

  /** Records an entry of the model. */
  recordAssistant(entry: JsonObject): void {
    this.#recordTime(entry);
    const message = getObject(entry, "message");
    const blocks = blocksOf(entry);
    const last = blocks.at(-1) ?? {};
    const text = getString(last, "text") ?? "";
    if (entry["isApiErrorMessage"] === true) {
      this.#end = { kind: "api_error", text, status: entry["apiErrorStatus"] };
      return;
    }
    const outputCall = blocks.find(({ name }) => name === STRUCTURED_OUTPUT_TOOL);
    if (outputCall !== undefined) {
      this.#outputCall = { id: getId(outputCall, "id"), input: outputCall["input"] };
    }
    const isNew = message["model"] !== SYNTHETIC_MODEL && this.#recordMessage(getId(message, "id"));
    const stated = getNonEmptyString(message, "stop_reason");
    this.#stopReason = isNew ? stated : stated ?? this.#stopReason;
    const isOver = this.#stopReason === undefined
      ? last["type"] === "text"
      : !CONTINUED.has(this.#stopReason);
    this.#end = isOver ? { kind: "answer", text } : undefined;
  }

  #recordMessage(id: string): boolean {
    const isNew = !this.#messages.has(id);
    this.#messages.add(id);
    return isNew;
  }

  /** Records the result of a tool. The model has not answered it yet, unless it is the answer itself. */
  recordToolResult(entry: JsonObject): void {
    this.#recordTime(entry);
    this.#requests++;
    const [result] = blocksOf(entry);
    const call = this.#outputCall;
    const isOutput = call !== undefined && result?.["tool_use_id"] === call.id &&
      result["is_error"] !== true;
    if (isOutput) this.#structuredOutput = call.input;
    this.#end = isOutput ? { kind: "answer", text: JSON.stringify(call.input) } : undefined;
  }

  /** Records the start of the turn, or another entry that does not tell whether it is over. */
  recordOther(entry: JsonObject): void {
    this.#recordTime(entry);
  }

  /**
   * Records that a local command has written its output.
   *
   * @param text what the result repeats
   */
  recordCommandOutput(entry: JsonObject, text: string): void {
    this.#recordTime(entry);
    if (this.#messages.size === 0) this.#end = { kind: "command_output", text };
  }

  /** Records that the agent has used up its turns. */
  recordMaxTurns(): void {
    this.#end = { kind: "max_turns" };
  }

  /** Records that a user has interrupted the turn, or that the model has to continue its message. */
  reopen(): void {
    this.#requests++;
    this.#end = undefined;
  }

  #recordTime(entry: JsonObject): void {
    this.#last = entry;
    const timeMs = timeOf(entry);
    if (timeMs === undefined) return;
    // A few entries state an earlier time than the one before.
    this.#endedMs = Math.max(this.#endedMs ?? timeMs, timeMs);
    this.#startedMs ??= timeMs;
  }

  /**
   * Returns the result that a stream would have; undefined if the turn is not complete.
   *
   * @param usageOf returns the tokens of all agents since the result before, which takes time to add up
   */
  result(usageOf: () => JsonObject): JsonObject | undefined {
    const end = this.#end;
    if (end === undefined) return undefined;
    return {
      type: "result",
      ...envelope(this.#last),
      subtype: end.kind === "max_turns" ? "error_max_turns" : "success",
      is_error: end.kind === "api_error" || end.kind === "max_turns",
      result: "text" in end ? end.text : "",
      api_error_status: end.kind === "api_error" ? end.status : undefined,
      num_turns: end.kind === "command_output" ? 0 : 1 + this.#requests,
      duration_ms: this.durationMs,
      usage: usageOf(),
      ...(this.#stopReason === undefined ? {} : { stop_reason: this.#stopReason }),
      ...(this.#origin === undefined ? {} : { origin: { kind: this.#origin } }),
      ...(end.kind === "command_output" ? { local_command: "command" } : {}),
      ...(this.#structuredOutput === undefined
        ? {}
        : { structured_output: this.#structuredOutput }),
    };
  }
}
