import { asFailure, CcrunError } from "../errors.ts";
import type { RunEvent } from "../events.ts";
import { endingEvents } from "../run/failed_start.ts";
import type { RunOptions } from "../session.ts";
import type { ClaudeSessionPool } from "../session_pool.ts";
import { parseDuration } from "../util/duration.ts";
import type { Conversation, Conversations } from "./conversations.ts";
import type { PromptRequest } from "./messages.ts";

/** The conversations of a service, and where they run. */
export interface RunRequestOptions {
  readonly pool: ClaudeSessionPool;
  readonly conversations: Conversations;
  /** Called when the session of a conversation is known, is another one, or is forgotten. */
  readonly onSessionsChanged?: (() => void) | undefined;
}

/**
 * Runs the prompt of a request in its conversation, and keeps the session of the conversation. The events
 * are those of a complete run, even if it cannot start.
 */
export async function* runRequest(
  request: PromptRequest,
  conversation: Conversation,
  signal: AbortSignal,
  options: RunRequestOptions,
): AsyncGenerator<RunEvent, void, void> {
  const { conversations, onSessionsChanged } = options;
  let last: RunEvent | undefined;
  try {
    for await (const event of startRun(request, conversation, signal, options)) {
      last = event;
      if (event.type === "session_info" && event.session_id !== undefined) {
        const isOther = conversations.setSessionId(conversation, event.session_id);
        if (isOther) onSessionsChanged?.();
      }
      yield event;
    }
  } catch (error) {
    yield* endingEvents(last, asFailure(error));
  }
}

/** @throws {CcrunError} `usage` if the request cannot run */
async function* startRun(
  request: PromptRequest,
  conversation: Conversation,
  signal: AbortSignal,
  { pool, conversations }: RunRequestOptions,
): AsyncGenerator<RunEvent, void, void> {
  if (request.fork && conversation.sessionId === undefined) {
    throw new CcrunError(
      "usage",
      "fork needs a conversation that has begun",
      "send a request without fork first",
    );
  }
  // While the request waited, a link can have replaced the directory.
  await conversations.checkDirectory(conversation);
  const { session } = pool.get(conversation.poolId, { workspace: conversation.cwd });
  yield* session.run(request.prompt, runOptions(request, signal));
}

function runOptions(request: PromptRequest, signal: AbortSignal): RunOptions {
  const { model, permission_mode: permissionMode, timeout, fork } = request;
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout);
  const images = request.images?.map(({ media_type: mediaType, data }) => ({ mediaType, data }));
  return { model, permissionMode, timeoutMs, fork, images, signal };
}
