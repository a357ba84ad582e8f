import { isJsonObject, type JsonObject } from "../util/json.ts";

/** A Messages API that always gives the same answer. */
export interface LoopbackApi extends AsyncDisposable {
  readonly url: string;
  /** How many messages were requested so far. */
  readonly requestCount: number;
}

/**
 * Starts a Messages API on a free port of 127.0.0.1. With it, Claude Code works without an account
 * and without a network.
 *
 * @param answer the answer to every request
 * @throws {Deno.errors.NotCapable} if Deno does not allow `net` on 127.0.0.1
 *
 * @example
 * ```ts
 * import { startLoopbackApi } from "./loopback_api.ts";
 *
 * await using api = startLoopbackApi("ready");
 * const response = await fetch(`${api.url}/v1/messages`, { method: "POST", body: "{}" });
 * console.log((await response.json()).content[0].text); // ready
 * ```
 */
export function startLoopbackApi(answer: string): LoopbackApi {
  let requestCount = 0;
  const closed = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: closed.signal,
    onListen: () => {},
  }, async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method !== "POST") return new Response();
    if (pathname.endsWith("/count_tokens")) return Response.json({ input_tokens: 1 });
    if (!pathname.endsWith("/messages")) return new Response(null, { status: 404 });
    requestCount++;
    return messageResponse(await readJson(request), answer);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get requestCount() {
      return requestCount;
    },
    async [Symbol.asyncDispose]() {
      // server.shutdown() would wait for connections that claude keeps open.
      closed.abort();
      await server.finished;
    },
  };
}

async function readJson(request: Request): Promise<JsonObject> {
  const body: unknown = await request.json().catch(() => undefined);
  return isJsonObject(body) ? body : {};
}

function messageResponse(request: JsonObject, answer: string): Response {
  const message = {
    id: "msg_doctor",
    type: "message",
    role: "assistant",
    model: request["model"] ?? "",
    content: [{ type: "text", text: answer }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  if (request["stream"] !== true) return Response.json(message);
  const events = [
    { type: "message_start", message: { ...message, content: [], stop_reason: null } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: answer } },
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: "message_stop" },
  ];
  const body = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return new Response(body.join(""), { headers: { "content-type": "text/event-stream" } });
}
