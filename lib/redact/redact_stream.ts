import { concat } from "@std/bytes/concat";
import { REDACTED, type Redactor } from "./redactor.ts";

/** Removes secrets from a stream of lines. */
export interface RedactLineStream {
  /** Adds a chunk. Returns the lines that it completes. */
  push(chunk: Uint8Array): Uint8Array;
  /** Returns the last line, if it has no line end. */
  end(): Uint8Array;
}

/** Options for {@linkcode createRedactStream}. */
export interface RedactStreamOptions {
  /**
   * The longest line, in bytes. A longer one is not a message and is replaced as a whole.
   *
   * @default {67108864}
   */
  maxLineBytes?: number;
}

const MAX_LINE_BYTES = 64 * 1024 * 1024;

const NEWLINE = 0x0a;

/** Fields that say what a message is and what it belongs to. */
const ID_FIELDS = fieldSet(`
  type subtype role id uuid session_id sessionId parent_tool_use_id tool_use_id task_id message_id
  request_id run_id agent_id hook_id model claude_code_version media_type
`);

/** Fields that contain a word of the protocol or arbitrary text. */
const WORD_FIELDS = fieldSet(`
  stop_reason stop_sequence terminal_reason error error_category status state level outcome kind
  name tool_name subagent_type task_type agent_type permissionMode apiKeySource output_style
  hook_name hook_event service_tier key decision source reason_type rateLimitType trigger
  compact_result priority
`);

const WORD = /^[A-Za-z_<>]{1,64}$/;

/** Fields that contain what a model or a tool wrote, in which the names above mean nothing. */
const CONTENT_FIELDS = fieldSet(`
  input tool_input updatedInput updated_input tool_use_result toolUseResult structured_output
  structuredContent _meta mcp_meta
`);

/** Messages of Claude Code are not nested as deeply. */
const MAX_DEPTH = 32;

function fieldSet(names: string): ReadonlySet<string> {
  return new Set(names.trim().split(/\s+/));
}

/**
 * Creates a {@linkcode RedactLineStream} for Claude Code's output. A line without secrets passes
 * byte for byte. A line with a secret is written anew as JSON and stays a message of the same kind.
 * Partial text (`content_block_delta`) is emptied, because a secret may be spread over several
 * messages.
 *
 * @example
 * ```ts
 * import { createRedactor } from "./redactor.ts";
 * import { createRedactStream } from "./redact_stream.ts";
 *
 * const stream = createRedactStream(createRedactor({ DB_PASSWORD: "correct horse" }));
 * const line = new TextEncoder().encode('{"text":"it is correct horse"}\n');
 * console.log(new TextDecoder().decode(stream.push(line))); // {"text":"it is [redacted]"}
 * ```
 */
export function createRedactStream(
  redactor: Redactor,
  options: RedactStreamOptions = {},
): RedactLineStream {
  const { maxLineBytes = MAX_LINE_BYTES } = options;
  const encoder = new TextEncoder();
  // A byte order mark is part of the line.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;

  function append(bytes: Uint8Array): void {
    pendingBytes += bytes.length;
    if (pendingBytes <= maxLineBytes) pending.push(bytes);
    else pending = [];
  }

  function redactPending(lineEnd: string): Uint8Array {
    const isTooLong = pendingBytes > maxLineBytes;
    const bytes = concat(pending);
    pending = [];
    pendingBytes = 0;
    if (isTooLong) return encoder.encode(REDACTED + lineEnd);
    const line = decoder.decode(bytes);
    const redacted = redactLine(line, redactor);
    return redacted === line ? bytes : encoder.encode(redacted);
  }

  return {
    push(chunk) {
      const lines: Uint8Array[] = [];
      let start = 0;
      for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
        append(chunk.subarray(start, end + 1));
        lines.push(redactPending("\n"));
        start = end + 1;
      }
      // The caller may reuse the chunk.
      if (start < chunk.length) append(chunk.slice(start));
      return concat(lines);
    },
    end: () => redactPending(""),
  };
}

/** Redacts a line with its line end. Returns the same text if it contains no secret. */
function redactLine(line: string, redactor: Redactor): string {
  const json = line.trimEnd();
  try {
    const message: unknown = JSON.parse(json);
    const redacted = JSON.stringify(redactMessage(message, redactor));
    return redacted === JSON.stringify(message) ? line : redacted + line.slice(json.length);
  } catch {
    // Not JSON, or nested too deeply.
    return redactor.text(line);
  }
}

function redactMessage(message: unknown, redactor: Redactor): unknown {
  return redactValue(withoutPartialText(message), "", 0, redactor);
}

function redactValue(value: unknown, field: string, depth: number, redactor: Redactor): unknown {
  if (typeof value === "string") {
    const isProtocol = ID_FIELDS.has(field) || (WORD_FIELDS.has(field) && WORD.test(value));
    return isProtocol ? value : redactor.text(value);
  }
  if (typeof value !== "object" || value === null) return value;
  if (CONTENT_FIELDS.has(field) || depth > MAX_DEPTH) return redactor.json(value);
  if (Array.isArray(value)) {
    return value.map((item) => redactValue(item, field, depth + 1, redactor));
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      WORD.test(name) || field === "modelUsage" ? name : redactor.text(name),
      redactValue(item, name, depth + 1, redactor),
    ]),
  );
}

/** Returns a `content_block_delta` with empty text, and any other message as it is. */
function withoutPartialText(message: unknown): unknown {
  if (!isObject(message) || !isObject(message["event"])) return message;
  const { event } = message;
  if (event["type"] !== "content_block_delta") return message;
  return { ...message, event: { ...event, delta: emptyTexts(event["delta"], "") } };
}

function emptyTexts(value: unknown, field: string): unknown {
  if (typeof value === "string") return ID_FIELDS.has(field) ? value : "";
  if (Array.isArray(value)) return value.map((item) => emptyTexts(item, ""));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, emptyTexts(item, name)]),
  );
}

function isObject(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
