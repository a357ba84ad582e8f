import type { JsonObject } from "../../util/json.ts";
import { isId, isName } from "../../util/plausible.ts";
import { getObject, getPlausible, getString } from "../json_fields.ts";
import { hasMessage, hasToolResult, isFiller, isTalk, textOf } from "./entries.ts";
import { FirstEntries } from "./first_entries.ts";
import { MessageTokens } from "./message_tokens.ts";
import {
  assistantMessage,
  envelope,
  syntheticMessage,
  systemMessage,
  userMessage,
  userTextMessage,
} from "./messages.ts";
import { isTaskNotification, readTaskNotification } from "./notifications.ts";
import { Sidechains } from "./sidechains.ts";
import { StreamMessages } from "./stream_messages.ts";
import { SubagentTasks } from "./subagent_tasks.ts";
import { TranscriptTurn } from "./turn.ts";
import { commandOutput, readUserEntry } from "./user_entry.ts";

/**
 * Turns the entries of a transcript into the messages that Claude Code would have written to its output
 * stream, with the user's prompts, and with a result at the end of each complete turn.
 */
export class TranscriptConverter {
  #firstEntries = new FirstEntries();
  #messages = new StreamMessages();
  #sidechains = new Sidechains();
  #tasks = new SubagentTasks();
  #turn = new TranscriptTurn();
  #earlierTurnsMs = 0;
  /** What the messages of all agents since the last result used. */
  #tokens = new MessageTokens();
  /** The cost of all messages, in versions that state it. */
  #costUsd = 0;
  #isFirst = true;
  /** The subagent whose own transcript this is. */
  #agentId: string | undefined;

  /** Whether the last turn has ended, as far as a transcript shows it. */
  get isComplete(): boolean {
    return this.#turn.isEmpty || this.#turn.isComplete;
  }

  /** How long all turns took, in milliseconds. */
  get durationMs(): number {
    return this.#earlierTurnsMs + this.#turn.durationMs;
  }

  /**
   * Returns the messages of an entry. An entry of a subagent from another file has the id of its call as
   * `parent_tool_use_id`.
   */
  convert(entry: JsonObject): JsonObject[] {
    if (this.#isFirst) this.#agentId = getPlausible(entry, "agentId", isId);
    this.#isFirst = false;
    for (const next of this.#firstEntries.read(entry)) this.#read(next);
    return this.#messages.take();
  }

  /** Returns the messages that are left at the end of the file. */
  end(): JsonObject[] {
    for (const entry of this.#firstEntries.end()) this.#read(entry);
    this.#endCompleteTurn();
    return this.#messages.end();
  }

  #read(entry: JsonObject): void {
    if (isTalk(entry)) return this.#readTalk(entry);
    switch (entry["type"]) {
      case "attachment":
        return this.#readAttachment(entry, getObject(entry, "attachment"));
      case "system":
        return this.#readSystem(entry);
      case "cost-state":
        return this.#endCompleteTurn();
      case "queue-operation":
        return this.#readTaskEnd(entry, getString(entry, "content") ?? "");
    }
    // Entries of other kinds are records, unless they have a message.
    if (hasMessage(entry)) this.#messages.add({ ...entry, ...envelope(entry) });
  }

  #readTalk(entry: JsonObject): void {
    this.#messages.recordFacts(entry);
    const parent = getPlausible(entry, "parent_tool_use_id", isId);
    if (parent !== undefined) return this.#readSubagent(entry, parent);
    const isSidechain = entry["isSidechain"] === true && this.#agentId === undefined;
    if (isSidechain) {
      const call = this.#sidechains.callOf(entry);
      if (call !== undefined) return this.#readSubagent(entry, call);
      return this.#tokens.record(entry);
    }
    if (entry["type"] === "assistant") return this.#readAssistant(entry);
    if (hasToolResult(entry)) return this.#readToolResult(entry);
    this.#readUserText(entry);
  }

  /** Reads an entry of the subagent that a call has started. */
  #readSubagent(entry: JsonObject, call: string): void {
    this.#endCompleteTurn();
    this.#add(this.#tasks.start(entry, call, this.#sidechains.descriptionOf(call)));
    this.#sidechains.recordCalls(entry);
    this.#tokens.record(entry);
    this.#add(...this.#tasks.endByResult(entry));
    this.#add(
      entry["type"] === "assistant" ? assistantMessage(entry, call) : userMessage(entry, call),
    );
  }

  #readAssistant(entry: JsonObject): void {
    if (isFiller(entry)) return;
    this.#sidechains.recordCalls(entry);
    const model = getPlausible(getObject(entry, "message"), "model", isName);
    if (entry["isApiErrorMessage"] !== true) this.#messages.recordModel(model);
    this.#messages.release();
    this.#tokens.record(entry);
    this.#turn.recordAssistant(entry);
    this.#add(assistantMessage(entry));
  }

  #readToolResult(entry: JsonObject): void {
    this.#messages.release();
    this.#turn.recordToolResult(entry);
    this.#add(...this.#tasks.endByResult(entry), userMessage(entry));
  }

  /** Reads a text in the place of the user. */
  #readUserText(entry: JsonObject): void {
    const user = readUserEntry(entry);
    switch (user.kind) {
      case "hidden":
        return;
      case "task_notification":
        this.#readTaskEnd(entry, user.text);
        return this.#startTurn(entry, "task-notification");
      case "command_output":
      case "unknown_command":
        this.#turn.recordCommandOutput(entry, user.kind === "unknown_command" ? user.text : "");
        this.#add(userTextMessage(entry, user.text, { isReplay: true }));
        return this.#messages.release();
      case "note":
        this.#turn.reopen();
        this.#turn.recordOther(entry);
        return this.#add(userMessage(entry));
      case "compaction":
        if (this.#messages.endsWithCompaction) {
          return this.#messages.addToCompaction(userMessage(entry));
        }
        this.#turn.recordOther(entry);
        return this.#add(userMessage(entry));
      case "prompt": {
        this.#startTurn(entry);
        const message = user.command === undefined
          ? userMessage(entry)
          : userTextMessage(entry, user.command, {});
        return this.#messages.addPrompt({ ...message, isPrompt: true, startsRun: true });
      }
      case "other":
        return this.#add(userMessage(entry));
    }
  }

  #readSystem(entry: JsonObject): void {
    const output = commandOutput(getString(entry, "content") ?? "");
    if (output === undefined) return this.#readSystemMessage(systemMessage(entry));
    this.#turn.recordCommandOutput(entry, output);
    this.#add(syntheticMessage(entry, output));
    this.#messages.release();
  }

  #readSystemMessage(message: JsonObject | undefined): void {
    const isCompaction = message?.["subtype"] === "compact_boundary";
    if (!isCompaction || !this.isComplete) return this.#add(message);
    this.#endCompleteTurn();
    this.#messages.addToCompaction(message);
  }

  #readAttachment(entry: JsonObject, attachment: JsonObject): void {
    switch (attachment["type"]) {
      case "model": {
        const model = getPlausible(getObject(attachment, "identity"), "modelId", isName);
        if (model === undefined) return;
        this.#messages.recordModel(model);
        return this.#messages.release();
      }
      case "max_turns_reached":
        return this.#turn.recordMaxTurns();
      case "queued_command":
        return this.#readQueuedPrompt(entry, attachment);
    }
  }

  /** Reads a prompt that the model got during a turn. */
  #readQueuedPrompt(entry: JsonObject, attachment: JsonObject): void {
    const text = textOf({ message: { content: attachment["prompt"] } });
    if (isTaskNotification(text)) return this.#readTaskEnd(entry, text);
    if (text !== "") this.#add(userTextMessage(entry, text, { isPrompt: true }));
  }

  /** Reads the end of a background task, if a text reports one. */
  #readTaskEnd(entry: JsonObject, text: string): void {
    const end = readTaskNotification(text);
    if (end === undefined) return;
    this.#endCompleteTurn();
    this.#add(...this.#tasks.end(entry, end));
  }

  #startTurn(entry: JsonObject, origin?: string): void {
    this.#endTurn(origin);
    this.#turn.recordOther(entry);
    this.#messages.beginTurn();
  }

  #endCompleteTurn(): void {
    if (this.#turn.isComplete) this.#endTurn();
  }

  /** Ends the turn, with a result if it is complete. */
  #endTurn(nextOrigin?: string): void {
    const result = this.#turn.result(() => this.#tokens.total);
    if (result !== undefined) {
      const { costUsd } = this.#tokens;
      this.#costUsd += costUsd ?? 0;
      this.#tokens.clear();
      this.#messages.release();
      this.#add(costUsd === undefined ? result : { ...result, total_cost_usd: this.#costUsd });
    }
    this.#earlierTurnsMs += this.#turn.durationMs;
    this.#turn = new TranscriptTurn(nextOrigin);
  }

  /** Adds messages, except those that an entry does not have. */
  #add(...messages: (JsonObject | undefined)[]): void {
    for (const message of messages) if (message !== undefined) this.#messages.add(message);
  }
}
