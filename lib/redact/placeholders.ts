/**
 * Recognizes values that stand where a secret could be but are not secret.
 *
 * @module
 */

import { eventSchema } from "../json_schema.ts";
import { isJsonObject } from "../util/json.ts";

/** Values that people set instead of a real password. Redacting them would garble ordinary text. */
const COMMON_WORDS: ReadonlySet<string> = new Set(
  `password passwords passphrase secret secrets changeme change-me changeit disabled enabled
  required optional undefined inherited anonymous placeholder example examples default
  postgres postgresql mysql mariadb redis mongo mongodb rabbitmq memcached cassandra clickhouse
  elastic elasticsearch opensearch influxdb sqlserver database minioadmin
  production staging preview development integration testing testtest sandbox
  localhost localdomain root rootroot admin adminadmin administrator user username guest guestguest
  github gitlab bitbucket pipeline workflow terraform kubernetes container`.split(/\s+/),
);

/** Words of Claude Code's messages. Without them, a message could not be read. */
const MESSAGE_WORDS: readonly string[] =
  `assistant stream_event rate_limit_event control_request control_response
  message_start message_delta message_stop content_block_start content_block_delta
  content_block_stop input_json_delta signature_delta citations_delta
  redacted_thinking server_tool_use mcp_tool_use tool_use_summary
  end_turn max_tokens stop_sequence pause_turn max_turns aborted_tools blocked_by_hook
  error_during_execution error_max_turns error_max_budget_usd error_max_structured_output_retries
  api_retry local_command local_command_output compact_boundary thinking_tokens informational
  hook_started hook_progress hook_response background_tasks_changed async_launched
  task_started task_updated task_progress task_notification requesting completed
  vcs_state_changed code_change_published session_title_changed session_state_changed
  model_fallback model_consent_fallback model_refusal_fallback model_refusal_no_fallback
  command_lifecycle post_turn_summary ui_invalidate active_goal autocompact_state keep_alive
  control_cancel_request transcript_mirror tool_progress connected needs-auth
  web_search_result web_search_tool_result web_search_tool_result_error web_search_result_location
  web_fetch_tool_result code_execution_tool_result bash_code_execution_tool_result
  text_editor_code_execution_tool_result advisor_tool_result mcp_tool_result
  hook_stopped stop_hook_prevented tool_deferred api_error model_error budget_exhausted
  authentication_failed billing_error model_not_found overloaded server_error invalid_request
  max_output_tokens`.split(/\s+/);

let protocolWords: ReadonlySet<string> | undefined;

/** Returns whether a value is a word of Claude Code's messages or of events. */
export function isProtocolWord(value: string): boolean {
  // Collected at the first use, because most runs redact nothing.
  protocolWords ??= new Set([...wordsIn(eventSchema()), ...MESSAGE_WORDS]);
  return protocolWords.has(value);
}

/** Returns the names of fields and the texts in a JSON value. */
function wordsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => [name, ...wordsIn(item)]);
}

/** Longer values are not checked against the patterns below. */
const MAX_PLACEHOLDER_LENGTH = 256;

/** `${TOKEN}`, `$(token)`, `{{ token }}`, `<token>`, `$TOKEN`, `%TOKEN%`, `{token}`, `%s`. */
const VARIABLE_REFERENCE =
  /^(?:\$[{(].*|\{\{.*|\{[\w.]*\}|<.*|\$[A-Z_][A-Z0-9_]*|\$[a-z_]+|%[A-Z_]+%|%[sdvq])$/s;

/**
 * Returns whether a value is a common word, a word of the protocol, a mask such as `****`, or a
 * reference such as `${TOKEN}`.
 *
 * @example
 * ```ts
 * import { looksLikePlaceholder } from "./placeholders.ts";
 *
 * console.log(looksLikePlaceholder("$TOKEN"), looksLikePlaceholder("$ecr3t")); // true false
 * ```
 */
export function looksLikePlaceholder(value: string): boolean {
  if (COMMON_WORDS.has(value.toLowerCase()) || isProtocolWord(value)) return true;
  if (new Set(value).size === 1) return true;
  return value.length <= MAX_PLACEHOLDER_LENGTH &&
    (VARIABLE_REFERENCE.test(value) || /^\*{3}/.test(value));
}

const CONFIG_OBJECT =
  /^(?:process\.env|import\.meta|os\.environ|Deno\.env|env|secrets|vars|inputs|config|settings|self|this)\./;

const IDENTIFIERS = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/;

/** `your-token-here`, `getTokenFromSession`, `YOUR_TOKEN_HERE`. */
const PLACEHOLDER_WORDS =
  /^(?:[a-z]+(?:[-_.][a-z]+)*|[A-Za-z][a-z]+(?:[A-Z][a-z]{2,})+|[A-Z]+(?:_[A-Z]+)+)$/;

/**
 * Returns whether a value is code that reads a secret, such as `process.env.TOKEN`, or words in
 * place of a key, such as `your-token-here`. Generated keys contain digits or mix upper and lower
 * case.
 *
 * @param next the character after the value
 */
export function looksLikeCode(value: string, next: string): boolean {
  if (value.length > MAX_PLACEHOLDER_LENGTH) return false;
  if (PLACEHOLDER_WORDS.test(value)) return true;
  if (!IDENTIFIERS.test(value)) return false;
  if (next === "(" || next === "[") return true;
  return value.includes(".") && (!/\d/.test(value) || CONFIG_OBJECT.test(value));
}
