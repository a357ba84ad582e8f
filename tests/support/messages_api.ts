/**
 * A scripted Messages API on the loopback interface. With it, the real Claude Code works without an account
 * and without the network.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { type ApiIds, makeApiIds, messageEvents, messageObject } from "./api_events.ts";
import type { ErrorReply, MessageReply, Reply, Respond } from "./api_reply.ts";
import { type ApiRequest, readApiRequest } from "./api_request.ts";

/** Options of {@linkcode startMessagesApi}. */
export interface MessagesApiOptions {
  /** Returns the reply to each request. Most tests use `script`. */
  readonly respond: Respond;
}

/** A running Messages API. */
export interface MessagesApi extends AsyncDisposable {
  /** The value for ANTHROPIC_BASE_URL. */
  readonly url: string;
  /** The requests for messages so far. */
  readonly requests: readonly ApiRequest[];
  /** Resolves to the first matching request, as soon as there is one. */
  requested(matches: (request: ApiRequest) => boolean): Promise<ApiRequest>;
}

/** Any number works, because Claude Code only compares it with its limits. */
const COUNTED_TOKENS = 100;

/**
 * Starts a scripted Messages API on a free port of 127.0.0.1.
 *
 * @example One reply to every request
 * ```ts
 * await using api = await startMessagesApi({ respond: script([text("Hello.")]) });
 * ```
 */
export function startMessagesApi(options: MessagesApiOptions): Promise<MessagesApi> {
  const requests: ApiRequest[] = [];
  const waiting = new Set<(request: ApiRequest) => void>();
  const ids = makeApiIds();
  const closed = new AbortController();

  async function handle(http: Request): Promise<Response> {
    const url = new URL(http.url);
    if (http.method === "HEAD" || http.method === "GET") return new Response(null, { status: 200 });
    if (http.method !== "POST") return new Response(null, { status: 405 });
    if (url.pathname.endsWith("/count_tokens")) {
      await http.body?.cancel();
      return Response.json({ input_tokens: COUNTED_TOKENS });
    }
    const request = readApiRequest(await http.json(), {
      headers: http.headers,
      path: url.pathname + url.search,
    });
    requests.push(request);
    ids.skipUsed(request);
    for (const notify of waiting) notify(request);
    return await answer(options.respond(request), { request, ids, closed: closed.signal });
  }

  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: closed.signal,
    onListen: () => {},
    // Tests kill clients in the middle of a request.
    onError: () => new Response(null, { status: 500 }),
  }, handle);

  return Promise.resolve({
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    requested: (matches) => firstRequest(matches, { requests, waiting }),
    async [Symbol.asyncDispose](): Promise<void> {
      // `shutdown` would wait for hanging connections.
      closed.abort();
      await server.finished;
    },
  });
}

interface AnswerContext {
  readonly request: ApiRequest;
  readonly ids: ApiIds;
  readonly closed: AbortSignal;
}

async function answer(reply: Reply, context: AnswerContext): Promise<Response> {
  if (typeof reply === "function") return await answer(reply(context.request), context);
  switch (reply.type) {
    case "message":
      return messageResponse(reply, context);
    case "error":
      return errorResponse(reply);
    case "hang":
      await ended(context.closed);
      return new Response(null, { status: 503 });
    case "hold":
      await Promise.race([reply.until, ended(context.closed)]);
      return await answer(reply.reply, context);
    default:
      return messageResponse({ type: "message", blocks: [reply] }, context);
  }
}

function ended(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}

function errorResponse(reply: ErrorReply): Response {
  const error = { type: reply.errorType, message: reply.message };
  return Response.json({ type: "error", error }, { status: reply.status, headers: reply.headers });
}

function messageResponse(reply: MessageReply, context: AnswerContext): Response {
  if (!context.request.stream) {
    return Response.json(messageObject(reply, context.request, context.ids));
  }
  const body = ReadableStream.from(eventStream(reply, context)).pipeThrough(
    new TextEncoderStream(),
  );
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

async function* eventStream(reply: MessageReply, context: AnswerContext): AsyncGenerator<string> {
  let deltas = 0;
  for (const event of messageEvents(reply, context.request, context.ids)) {
    if (event.isDelta && deltas > 0 && reply.delayMs) {
      await delay(reply.delayMs, { signal: context.closed }).catch(() => {});
    }
    if (event.isDelta && deltas === 1 && reply.pause) {
      await Promise.race([reply.pause, ended(context.closed)]);
    }
    if (context.closed.aborted) return;
    if (event.isDelta && deltas === reply.breaksAfter) throw new Error("the connection breaks");
    if (event.isDelta) deltas++;
    yield `event: ${event.data.type}\ndata: ${JSON.stringify(event.data)}\n\n`;
  }
}

interface RequestLog {
  readonly requests: readonly ApiRequest[];
  readonly waiting: Set<(request: ApiRequest) => void>;
}

function firstRequest(
  matches: (request: ApiRequest) => boolean,
  log: RequestLog,
): Promise<ApiRequest> {
  const found = log.requests.find(matches);
  if (found !== undefined) return Promise.resolve(found);
  return new Promise((resolve) => {
    const notify = (request: ApiRequest) => {
      if (!matches(request)) return;
      log.waiting.delete(notify);
      resolve(request);
    };
    log.waiting.add(notify);
  });
}
