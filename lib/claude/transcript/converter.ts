import { BoundedMap } from "../../util/bounded_map.ts";
import { isJsonObject, type JsonObject, omitUndefined } from "../../util/json.ts";
import { isAbsolutePath, isId, isName, isWord } from "../../util/plausible.ts";
import { getNonEmptyString, getObject, getPlausible, getString } from "../json_fields.ts";
import { readUserText } from "../sessions/user_text.ts";
import { userNote } from "../user_notes.ts";
import { hasMessage, hasToolResult, isFiller, isTalk, textOf } from "./entries.ts";
import { MessageTokens } from "./message_tokens.ts";
import { FirstEntries } from "./first_entries.ts";
import {
  assistantMessage,
  envelope,
  syntheticMessage,
  systemMessage,
  userMessage,
  userTextMessage,
} from "./messages.ts";
import {
  isTaskNotification,
  readTaskNotification,
  subagentEnd,
  taskEndMessages,
  type TaskNotification,
} from "./notifications.ts";
import { Sidechains } from "./sidechains.ts";
import { TranscriptTurn } from "./turn.ts";

/** What an init message of a stream would state. */
interface SessionFacts {
  sessionId?: string | undefined;
  cwd?: string | undefined;
  version?: string | undefined;
  permissionMode?: string | undefined;
  model?: string | undefined;
}

/** How many tasks are tracked. Real sessions have far fewer. */
const MAX_TASKS = 10_000;

/** How many messages wait until the model is known. */
const MAX_HELD = 100;

/** Texts for the model, which no stream contains. */
const UNSEEN =
  /^(?:<local-command-caveat>|Caveat: The messages below |<system-reminder>|Continue from where you left off\.$)/;

const COMMAND_OUTPUT =
  /^(?:<local-command-std(?:out|err)>([^]*)<\/local-command-std(?:out|err)>|Unknown slash command: )/;

/**
 * Turns the entries of a transcript into the messages that Claude Code would have written to its output
 * stream, with the user's prompts, and with a result at the end of each complete turn.
 */
export class TranscriptConverter {
  #facts: SessionFacts = {};
  #sidechains = new Sidechains();
  #turn = new TranscriptTurn();
  /** What the messages of all agents since the last result used. */
  #tokens = new MessageTokens();
  #earlierTurnsMs = 0;
  /** The cost of all messages, in versions that state it. */
  #costUsd = 0;
  /** The messages since a prompt, until the model that answers it is known. */
  #held: JsonObject[] | undefined = [];
  #messages: JsonObject[] = [];
  /** The subagent whose own transcript this is. */
  #agentId: string | undefined;
  #isFirst = true;
  #firstEntries = new FirstEntries();
  #tasks = new BoundedMap<string, "running" | "ended">(MAX_TASKS);
  /** The task that each call has started. */
  #taskOfCall = new BoundedMap<string, string>(MAX_TASKS);

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
    this.#messages = [];
    if (this.#isFirst) this.#agentId = getPlausible(entry, "agentId", isId);
    this.#isFirst = false;
    for (const next of this.#firstEntries.read(entry)) this.#read(next);
    return this.#messages;
  }

  /** Returns the messages that are left at the end of the file. */
  end(): JsonObject[] {
    this.#messages = [];
    for (const entry of this.#firstEntries.end()) this.#read(entry);
    this.#endCompleteTurn();
    this.#release();
    return this.#messages;
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
    if (hasMessage(entry)) this.#emit({ ...entry, ...envelope(entry) });
  }

  #readSystem(entry: JsonObject): void {
    const [, output] = COMMAND_OUTPUT.exec(getString(entry, "content") ?? "") ?? [];
    if (output !== undefined) {
      this.#release();
      this.#turn.recordCommandOutput(entry, output);
      return this.#emit(syntheticMessage(entry, output));
    }
    const message = systemMessage(entry);
    if (message !== undefined) this.#emit(message);
  }

  #readTalk(entry: JsonObject): void {
    this.#recordFacts(entry);
    const parent = getPlausible(entry, "parent_tool_use_id", isId);
    if (parent !== undefined) return this.#readSubagent(entry, parent);
    const isSidechain = entry["isSidechain"] === true && this.#agentId === undefined;
    if (isSidechain) {
      const call = this.#sidechains.callOf(entry);
      return call === undefined ? undefined : this.#readSubagent(entry, call);
    }
    if (entry["type"] === "assistant") return this.#readAssistant(entry);
    if (hasToolResult(entry)) return this.#readToolResult(entry);
    this.#readUserText(entry);
  }

  #readSubagent(entry: JsonObject, parent: string): void {
    this.#endCompleteTurn();
    this.#startTask(entry, parent);
    this.#sidechains.recordCalls(entry);
    this.#tokens.record(entry);
    this.#endTaskOfResult(entry);
    const message = entry["type"] === "assistant"
      ? assistantMessage(entry, parent)
      : userMessage(entry, parent);
    if (message !== undefined) this.#emit(message);
  }

  /** Reports the start of a subagent at its first entry. Those of old versions have no id. */
  #startTask(entry: JsonObject, parent: string): void {
    const id = getPlausible(entry, "agentId", isId);
    if (id === undefined || this.#tasks.has(id)) return;
    this.#tasks.set(id, "running");
    this.#taskOfCall.set(parent, id);
    this.#emit({
      type: "system",
      subtype: "task_started",
      task_id: id,
      tool_use_id: parent,
      description: this.#sidechains.descriptionOf(parent),
      ...envelope(entry),
    });
  }

  /** Reports the end of the subagent whose result an entry has. */
  #endTaskOfResult(entry: JsonObject): void {
    const task = subagentEnd(entry, (call) => this.#taskOfCall.get(call));
    if (task !== undefined) this.#endTask(entry, task);
  }

  /** Reports the end of a task once. */
  #endTask(entry: JsonObject, task: TaskNotification): void {
    if (this.#tasks.get(task.taskId) === "ended") return;
    this.#tasks.set(task.taskId, "ended");
    for (const message of taskEndMessages(entry, task)) this.#emit(message);
  }

  #readAssistant(entry: JsonObject): void {
    if (isFiller(entry)) return;
    this.#sidechains.recordCalls(entry);
    const message = assistantMessage(entry);
    const model = getPlausible(getObject(entry, "message"), "model", isName);
    if (entry["isApiErrorMessage"] !== true && model !== undefined) this.#facts.model = model;
    this.#release();
    this.#tokens.record(entry);
    this.#turn.recordAssistant(entry);
    if (message !== undefined) this.#emit(message);
  }

  #readToolResult(entry: JsonObject): void {
    this.#release();
    this.#turn.recordToolResult(entry);
    this.#endTaskOfResult(entry);
    this.#emit(userMessage(entry));
  }

  /** Reads a text in the place of the user: a prompt, or something that Claude Code wrote. */
  #readUserText(entry: JsonObject): void {
    const text = textOf(entry);
    if (UNSEEN.test(text)) return;
    if (isTaskNotification(text)) return this.#readNotification(entry, text);
    if (COMMAND_OUTPUT.test(text)) {
      this.#release();
      this.#turn.recordCommandOutput(entry, "");
      return this.#emit(userTextMessage(entry, text, { isReplay: true }));
    }
    const note = entry["isCompactSummary"] === true ? "compaction" : userNote(text);
    if (note !== undefined || entry["isMeta"] === true) {
      this.#turn.recordOther(entry);
      if (note !== "compaction") this.#turn.reopen();
      return this.#emit(userMessage(entry));
    }
    const { prompt, command } = readUserText(text);
    if (command === undefined && prompt === undefined) return this.#emit(userMessage(entry));
    this.#startTurn(entry);
    // What the user typed is longer than the preview, unless it is the name of a command.
    const isTyped = prompt !== undefined && text.startsWith(prompt);
    const message = isTyped
      ? userMessage(entry)
      : userTextMessage(entry, command ?? prompt ?? "", {});
    this.#emit({ ...message, isPrompt: true, startsRun: true });
  }

  /** Reads the end of a background task, which starts a turn. */
  #readNotification(entry: JsonObject, text: string): void {
    this.#readTaskEnd(entry, text);
    this.#startTurn(entry, "task-notification");
  }

  #readTaskEnd(entry: JsonObject, text: string): void {
    const task = readTaskNotification(text);
    if (task === undefined) return;
    this.#endCompleteTurn();
    this.#endTask(entry, task);
  }

  #readAttachment(entry: JsonObject, attachment: JsonObject): void {
    switch (attachment["type"]) {
      case "model": {
        const model = getPlausible(getObject(attachment, "identity"), "modelId", isName);
        if (model === undefined) return;
        this.#facts.model = model;
        return this.#release();
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
    if (text !== "") this.#emit(userTextMessage(entry, text, { isPrompt: true }));
  }

  #recordFacts(entry: JsonObject): void {
    const facts = this.#facts;
    facts.sessionId ??= getNonEmptyString(entry, "sessionId");
    facts.cwd ??= getPlausible(entry, "cwd", isAbsolutePath);
    facts.version = getPlausible(entry, "version", isName) ?? facts.version;
    facts.permissionMode = getPlausible(entry, "permissionMode", isWord) ?? facts.permissionMode;
  }

  #startTurn(entry: JsonObject, origin?: string): void {
    this.#endTurn(origin);
    this.#turn.recordOther(entry);
    this.#held ??= [];
  }

  #endCompleteTurn(): void {
    if (this.#turn.isComplete) this.#endTurn();
  }

  /** Ends the turn, with a result if it is complete. */
  #endTurn(origin?: string): void {
    const result = this.#turn.result(this.#tokens.total);
    if (result !== undefined) {
      const { costUsd } = this.#tokens;
      this.#costUsd += costUsd ?? 0;
      this.#tokens.clear();
      this.#release();
      this.#emit(costUsd === undefined ? result : { ...result, total_cost_usd: this.#costUsd });
    }
    this.#earlierTurnsMs += this.#turn.durationMs;
    this.#turn = new TranscriptTurn(origin);
  }

  #emit(fields: JsonObject): void {
    const message = omitUndefined<JsonObject>(fields);
    if (this.#held === undefined) this.#messages.push(message);
    else if (this.#held.push(message) > MAX_HELD) this.#release();
  }

  /** Passes the held messages on, after the init message that begins their turn. */
  #release(): void {
    if (this.#held === undefined) return;
    const { sessionId, cwd, version, permissionMode, model } = this.#facts;
    const [first] = this.#held;
    const init = {
      type: "system",
      subtype: "init",
      session_id: sessionId,
      timestamp: first?.["timestamp"],
      cwd,
      model,
      permissionMode,
      claude_code_version: version,
    };
    if (isJsonObject(first) || model !== undefined) this.#messages.push(init);
    this.#messages.push(...this.#held);
    this.#held = undefined;
  }
}
