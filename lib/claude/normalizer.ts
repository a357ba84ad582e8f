import type { EventBody, EventFactory, RunEvent, Usage } from "../events.ts";
import { TRUNCATION_MARK } from "../util/truncate.ts";
import {
  getNonEmptyString,
  getNumber,
  getObject,
  getObjects,
  getString,
  getStrings,
  isObject,
  type Json,
} from "./json_fields.ts";
import { readResult, readUsage } from "./result_event.ts";
import { detectDenial, isInterruptedResult, permissionDecision } from "./denials.ts";
import { getSessionId, isSessionNotFoundResult } from "./session_id.ts";
import { SYSTEM_READERS, TYPE_READERS } from "./system_events.ts";
import { subagentResult } from "./subagent_result.ts";
import { readToolContent } from "./tool_content.ts";

/** Options of {@linkcode Normalizer}. */
export interface NormalizerOptions {
  /** Numbers the events and gives them their time. */
  stamp: EventFactory;
  /** A session id that is never reported: that of the session which a fork branches off. */
  forkedFrom?: string;
  /** Whether the pieces of messages that are still being generated are wanted. @default {true} */
  partial?: boolean | undefined;
}

/** Which message of the model is coming in, for the main conversation or for one sub-agent. */
interface OpenMessage {
  id: string;
  /** The number of complete blocks seen. */
  blocks: number;
  usage: Usage;
}

/** A tool use that has no result yet. */
interface OpenTool {
  name: string;
  startMs: number | null;
  /** The sub-agent that uses it. */
  parent: string | undefined;
}

/** A background task or sub-agent, as its first messages describe it; later ones give its id alone. */
interface KnownTask {
  toolUseId?: string | undefined;
  description?: string | undefined;
  /** What was last said of what it did. */
  summary?: string | undefined;
  /** Its end, once that is reported. */
  end?: EventBody<"task">["status"];
}

type BlockEvent = "text" | "thinking";

/** Kinds of stream events that only bring pieces of what comes whole, and counts of their tokens. */
const PARTIAL_KINDS: ReadonlySet<unknown> = new Set([
  "content_block_delta",
  "content_block_start",
  "content_block_stop",
  "message_start",
  "message_delta",
  "message_stop",
]);

/** How a message begins of which nothing is shown. An expression, for it tries them all at once. */
const NOISE =
  /^{"type":"(?:system","subtype":"thinking_tokens|stream_event","event":{"type":"(?:content_block_st(?:art|op)|message_stop))"/;

/** The same, where the pieces of messages are not wanted. */
const PARTIAL_NOISE =
  /^{"type":"(?:system","subtype":"thinking_tokens|stream_event","event":{"type":"(?:content_block_(?:delta|start|stop)|message_(?:start|delta|stop)))"/;

/** How near to its end a message has the session's id, in characters. */
const ID_PLACE = 240;

const NOTHING: RunEvent[] = [];

/** Statuses of a task after which nothing more comes of it, as ccrun names them. */
const TASK_ENDS: { readonly [status: string]: EventBody<"task">["status"] } = {
  completed: "completed",
  failed: "failed",
  stopped: "stopped",
  killed: "stopped",
};

/**
 * Turns what Claude Code writes into ccrun's events, line by line. It keeps only
 * what pairing needs: the open tool uses, the open messages, which refusals were
 * reported.
 *
 * A line never makes it throw: what is not a JSON object becomes `raw`, a kind
 * that it does not know becomes `unknown`, and what is noise (a sign of life
 * without content) is counted in `noise`.
 *
 * @example
 * ```ts
 * import { createEventFactory } from "../events.ts";
 * import { Normalizer } from "./normalizer.ts";
 *
 * const normalizer = new Normalizer({ stamp: createEventFactory(() => null) });
 * const [event] = normalizer.read({ text: "hello", truncated: false });
 * console.log(event); // { type: "raw", seq: 0, time_ms: null, content: "hello" }
 * ```
 */
export class Normalizer {
  #stamp: EventFactory;
  #forkedFrom: string | undefined;
  #sessionId: string | undefined;
  /** How the session's id stands in a message; empty while it is not known. */
  #idField = "";
  /** The last session_info's details, to tell news from repetition. */
  #sessionDetails = "";
  #version: string | undefined;
  #permissionMode: string | undefined;
  #messages = new Map<string, OpenMessage>();
  #tools = new Map<string, OpenTool>();
  /** Whose the failed tool uses of sub-agents were: a refusal may come after them, without saying so. */
  #failedIn = new Map<string, string>();
  #denied = new Set<string>();
  #tasks = new Map<string, KnownTask>();
  #openTasks = new Set<string>();
  #isAtWork = true;
  #apiError: string | undefined;
  #events: RunEvent[] = [];
  #partial: boolean;
  /** How many messages without content were left out. */
  noise = 0;
  /** Where claude's key comes from, as it says itself. */
  keySource: string | undefined;

  constructor(options: NormalizerOptions) {
    this.#stamp = options.stamp;
    this.#forkedFrom = options.forkedFrom;
    this.#partial = options.partial ?? true;
  }

  /** The events of one line. */
  read(line: string): RunEvent[] {
    if (line === "") return NOTHING;
    this.#events = [];
    const truncated = line.endsWith(TRUNCATION_MARK);
    const message = truncated ? undefined : parse(line);
    if (message === undefined) {
      this.#emit({
        type: "raw",
        content: truncated ? line.slice(0, -1) : line,
        ...(truncated ? { truncated: true } : {}),
      });
    } else {
      this.#message(message);
      if (message["type"] === "result" && message["origin"] === undefined) this.hasOwnResult = true;
    }
    return this.#events;
  }
  hasOwnResult = false;
  get ignoredCount(): number {
    return this.noise;
  }

  /** Whether the last result is in: no turn is under way, and no task in the background. */
  get isIdle(): boolean {
    return !this.#isAtWork && this.#openTasks.size === 0;
  }

  #emit(body: EventBody, parent?: string): void {
    const event = this.#stamp(body);
    if (parent !== undefined) event.parent_tool_use_id = parent;
    this.#events.push(event);
  }

  #message(message: Json): void {
    const type = getString(message, "type");
    const parent = getNonEmptyString(message, "parent_tool_use_id");
    const isInit = type === "system" && message["subtype"] === "init";
    const isLost = this.#sessionId === undefined && isSessionNotFoundResult(message);
    const id = isLost ? undefined : getSessionId(message);
    if (isInit || parent === undefined && (type === "assistant" || type === "stream_event")) {
      this.#isAtWork = true;
    }
    if (isInit) this.#init(message, id);
    else if (id !== undefined && id !== this.#sessionId) this.#session(id, {});
    switch (type) {
      case "stream_event":
        return this.#streamEvent(getObject(message, "event"), message, parent);
      case "assistant":
        return this.#assistant(message, parent);
      case "user":
        return this.#user(message, parent);
      case "result":
        return this.#result(message);
      case "system":
        return this.#system(message, parent);
    }
    const reader = type === undefined ? undefined : own(TYPE_READERS, type);
    if (reader === undefined) this.#emit({ type: "unknown", event: message }, parent);
    else this.#emitRead(reader(message), parent);
  }

  #emitRead(body: EventBody | undefined, parent: string | undefined): void {
    if (body === undefined) this.noise++;
    else this.#emit(body, parent);
  }

  #init(message: Json, id: string | undefined): void {
    this.keySource = getNonEmptyString(message, "apiKeySource") ?? this.keySource;
    this.#version = getNonEmptyString(message, "claude_code_version") ?? this.#version;
    this.#permissionMode = getNonEmptyString(message, "permissionMode") ?? this.#permissionMode;
    const servers = getObjects(message, "mcp_servers").map((server) => ({
      name: getNonEmptyString(server, "name") ?? "",
      status: getNonEmptyString(server, "status") ?? "unknown",
    }));
    this.#session(id ?? this.#sessionId, {
      model: getNonEmptyString(message, "model"),
      cwd: getNonEmptyString(message, "cwd"),
      permission_mode: getNonEmptyString(message, "permissionMode"),
      tools: Array.isArray(message["tools"]) ? getStrings(message, "tools") : undefined,
      mcp_servers: Array.isArray(message["mcp_servers"]) ? servers : undefined,
      claude_version: getNonEmptyString(message, "claude_code_version"),
    });
  }

  /** Reports the session when its id, or what is known of it, is news. */
  #session(
    id: string | undefined,
    details: { [K in keyof EventBody<"session_info">]?: EventBody<"session_info">[K] | undefined },
  ): void {
    if (id === undefined || id === this.#forkedFrom) return;
    const known = Object.fromEntries(
      Object.entries(details).filter(([, value]) => value !== undefined),
    );
    const text = JSON.stringify(known);
    const hasNews = text !== "{}" && text !== this.#sessionDetails;
    if (id === this.#sessionId && !hasNews) {
      this.noise++;
      return;
    }
    this.#sessionId = id;
    this.#idField = `,"session_id":${JSON.stringify(id)}`;
    if (hasNews) this.#sessionDetails = text;
    this.#emit({ type: "session_info", session_id: id, ...known });
  }

  #open(parent: string | undefined, id: string): OpenMessage {
    const key = parent ?? "";
    const open = this.#messages.get(key);
    if (open?.id === id) return open;
    const next = { id, blocks: 0, usage: readUsage({}) };
    this.#messages.set(key, next);
    return next;
  }

  #streamEvent(event: Json, message: Json, parent: string | undefined): void {
    if (!this.#partial && PARTIAL_KINDS.has(event["type"])) {
      this.noise++;
      return;
    }
    switch (event["type"]) {
      case "message_start": {
        const started = getObject(event, "message");
        const open = this.#open(parent, getString(started, "id") ?? "");
        open.usage = readUsage(getObject(started, "usage"));
        this.noise++;
        return;
      }
      case "content_block_delta": {
        const delta = getObject(event, "delta");
        const kind = delta["type"];
        if (kind === "text_delta") return this.#delta("text", delta, event, parent);
        if (kind === "thinking_delta") return this.#delta("thinking", delta, event, parent);
        this.noise++; // signatures and pieces of tool inputs: the complete block has them
        return;
      }
      case "message_delta": {
        const open = this.#messages.get(parent ?? "");
        const usage = getObject(event, "usage");
        if (open === undefined || Object.keys(usage).length === 0) {
          this.noise++;
          return;
        }
        const now = readUsage(usage);
        // The delta's counts are totals; what it leaves out is as it was at the start.
        this.#emit({
          type: "usage",
          message_id: open.id,
          usage: {
            input: now.input || open.usage.input,
            output: now.output || open.usage.output,
            cache_read: now.cache_read || open.usage.cache_read,
            cache_write: now.cache_write || open.usage.cache_write,
          },
        }, parent);
        return;
      }
      case "content_block_start":
      case "content_block_stop":
      case "message_stop":
      case "ping":
        this.noise++;
        return;
    }
    this.#emit({ type: "unknown", event: message }, parent);
  }

  #delta(kind: BlockEvent, delta: Json, event: Json, parent: string | undefined): void {
    this.#emit({
      type: `${kind}_delta`,
      text: getString(delta, kind) ?? "",
      message_id: this.#messages.get(parent ?? "")?.id ?? "",
      index: Math.max(0, Math.round(getNumber(event, "index") ?? 0)),
    }, parent);
  }

  #assistant(message: Json, parent: string | undefined): void {
    const inner = getObject(message, "message");
    const error = getNonEmptyString(message, "error");
    this.#apiError = error;
    const isSynthetic = inner["model"] === SYNTHETIC_MODEL;
    const open = this.#open(parent, getString(inner, "id") ?? "");
    const blocks = blocksOf(inner);
    if (blocks === undefined) return this.#emit({ type: "unknown", event: message }, parent);
    for (const block of blocks) {
      const index = open.blocks++;
      if (!isObject(block)) {
        this.#emit({ type: "unknown", event: { type: "assistant", block } }, parent);
        continue;
      }
      switch (block["type"]) {
        case "text":
        case "thinking": {
          const type = block["type"];
          const text = getString(block, type) ?? "";
          // Newer models may keep their thinking to themselves and send it empty.
          if (text === "") this.noise++;
          else {
            const body = { type, text, message_id: open.id, index } as const;
            const isOwn = body.type === "text" && isSynthetic;
            this.#emit(isOwn ? { ...body, synthetic: true } : body, parent);
          }
          break;
        }
        case "tool_use":
        case "server_tool_use":
        case "mcp_tool_use":
          this.#toolUse(block, parent);
          break;
        case "redacted_thinking":
          this.#emit({
            type: "notice",
            level: "info",
            kind: "redacted_thinking",
            text: "a block of thinking is encrypted",
          }, parent);
          break;
        default:
          if (typeof block["tool_use_id"] === "string") this.#toolResult(block, message, parent);
          else this.#emit({ type: "unknown", event: { type: "assistant", block } }, parent);
      }
    }
    if (blocks.length === 0) this.noise++;
  }

  #toolUse(block: Json, parent: string | undefined): void {
    const id = getString(block, "id") ?? "";
    const name = getNonEmptyString(block, "name") ?? "unknown";
    this.#emit({ type: "tool_use", id, name, input: getObject(block, "input") }, parent);
    this.#tools.set(id, { name, startMs: this.#events.at(-1)?.time_ms ?? null, parent });
  }

  #toolResult(block: Json, message: Json, parent: string | undefined): void {
    const id = getString(block, "tool_use_id") ?? "";
    const tool = this.#tools.get(id);
    this.#tools.delete(id);
    const name = tool?.name ?? "unknown";
    const content = readToolContent(block["content"]);
    const report = subagentResult(name, content.text);
    if (report !== undefined) {
      // What is taken off the text stays in the blocks.
      content.content ??= Array.isArray(block["content"]) ? block["content"] : [content.text];
      content.text = report;
    }
    const isError = block["is_error"] === true;
    if (isError && parent !== undefined) this.#failedIn.set(id, parent);
    const reason = isError ? this.#refusal(id, name, content.text, message) : undefined;
    if (reason !== undefined) this.#denial(id, name, reason, parent);
    this.#emit({
      type: "tool_result",
      tool_use_id: id,
      name,
      is_error: isError,
      ...content,
      duration_ms: null,
      ...(isError && isInterruptedResult(content.text, message) ? { interrupted: true } : {}),
    }, parent);
    const event = this.#events.at(-1);
    if (
      event?.type === "tool_result" && event.time_ms !== null && typeof tool?.startMs === "number"
    ) {
      event.duration_ms = Math.max(0, Math.round(event.time_ms - tool.startMs));
    }
  }

  /** Why a tool use was refused, where its result tells. */
  #refusal(id: string, tool: string, text: string, message: Json): string | undefined {
    if (this.#denied.has(id)) return undefined;
    const [version, mode] = [this.#version, this.#permissionMode];
    return detectDenial({ tool, text, decision: permissionDecision(message, id), version, mode });
  }

  #user(message: Json, parent: string | undefined): void {
    const inner = getObject(message, "message");
    const blocks = blocksOf(inner);
    if (blocks === undefined) return this.#emit({ type: "unknown", event: message }, parent);
    for (const block of blocks) {
      if (
        isObject(block) &&
        (block["type"] === "tool_result" || typeof block["tool_use_id"] === "string")
      ) {
        this.#toolResult(block, message, parent);
      } else {
        const { text } = readToolContent([block]);
        this.#emit({ type: "user_text", text, kind: userTextKind(message, text, parent) }, parent);
      }
    }
    if (blocks.length === 0) this.noise++;
  }

  #result(message: Json): void {
    this.#isAtWork = false;
    const result = readResult(message, this.#apiError);
    this.#apiError = undefined;
    for (const { tool_use_id, name } of result.denials) this.#denial(tool_use_id, name, undefined);
    if (result.session_id === this.#forkedFrom) delete result.session_id;
    this.#emit(result);
  }

  #denial(id: string, name: string, reason: string | undefined, parent?: string): void {
    if (this.#denied.has(id)) return;
    this.#denied.add(id);
    const body = { type: "permission_denied", tool_use_id: id, name } as const;
    // Neither message says whose tool use it was.
    const whose = parent ?? this.#tools.get(id)?.parent ?? this.#failedIn.get(id);
    this.#emit(reason === undefined ? body : { ...body, reason }, whose);
  }

  #system(message: Json, parent: string | undefined): void {
    const subtype = getString(message, "subtype") ?? "";
    switch (subtype) {
      case "init":
        return;
      case "permission_denied":
        return this.#denial(
          getString(message, "tool_use_id") ?? "",
          getNonEmptyString(message, "tool_name") ?? "unknown",
          getNonEmptyString(message, "message") ?? getNonEmptyString(message, "decision_reason"),
          parent,
        );
      case "task_started":
      case "task_progress":
      case "task_updated":
      case "task_notification":
        return this.#task(subtype, message, parent);
      case "api_retry":
        this.#apiError = getNonEmptyString(message, "error") ?? this.#apiError;
    }
    const reader = own(SYSTEM_READERS, subtype);
    if (reader === undefined) this.#emit({ type: "unknown", event: message }, parent);
    else this.#emitRead(reader(message), parent);
  }

  #task(subtype: string, message: Json, parent: string | undefined): void {
    const id = getString(message, "task_id") ?? "";
    const patch = getObject(message, "patch");
    const said = getNonEmptyString(message, "status") ?? getNonEmptyString(patch, "status") ?? "";
    const end = own(TASK_ENDS, said);
    const summary = getNonEmptyString(message, "summary") ?? getNonEmptyString(patch, "error");
    const known = this.#tasks.get(id) ?? {};
    this.#tasks.set(id, known);
    known.toolUseId = getNonEmptyString(message, "tool_use_id") ?? known.toolUseId;
    if (subtype === "task_started") known.description = getNonEmptyString(message, "description");
    const { toolUseId } = known;
    const description = getNonEmptyString(message, "description") ?? known.description;
    // An end is said twice, as an update and as a notification that may add a summary.
    const isNews = summary !== undefined && summary !== description && summary !== known.summary;
    if (end !== undefined && known.end === end && (subtype === "task_updated" || !isNews)) {
      this.noise++;
      return;
    }
    if (end !== undefined) {
      known.end = end;
      this.#openTasks.delete(id);
    } else if (known.end === undefined) {
      this.#openTasks.add(id);
    }
    known.summary = summary ?? known.summary;
    const usage = message["usage"];
    this.#emit({
      type: "task",
      task_id: id,
      ...(toolUseId !== undefined ? { tool_use_id: toolUseId } : {}),
      status: subtype === "task_started" ? "started" : end ?? "progress",
      ...(description !== undefined ? { description } : {}),
      ...(summary !== undefined ? { summary } : {}),
      ...(isObject(usage) ? { usage } : {}),
    }, parent);
  }
}

/** The blocks of a message, where text alone counts as one; undefined when there is no list of them. */
function blocksOf(message: Json): readonly unknown[] | undefined {
  const content = message["content"];
  if (typeof content === "string") return [{ type: "text", text: content }];
  return Array.isArray(content) ? content : undefined;
}

/** The model of messages that Claude Code itself writes in the model's place. */
const SYNTHETIC_MODEL = "<synthetic>";

/** What the user's place holds when claude itself writes there after an interruption. */
const INTERRUPTED = "[Request interrupted by user";

function userTextKind(
  message: Json,
  text: string,
  parent: string | undefined,
): EventBody<"user_text">["kind"] {
  if (message["isReplay"] === true) return "replay";
  if (parent !== undefined) return "subagent";
  if (message["isSynthetic"] === true || message["isMeta"] === true) return "synthetic";
  return text.startsWith(INTERRUPTED) ? "synthetic" : "other";
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A table's own entry, so that a kind named `constructor` finds nothing. */
function own<T>(table: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
