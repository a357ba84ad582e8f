/** A Messages API that has one answer. */
export interface LoopbackApi extends AsyncDisposable {
  /** Its address. */
  readonly url: string;
  /** How many messages it was asked for. */
  readonly asked: number;
}

/** As large a request as claude makes without a conversation, many times over. */
const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

const USAGE = {
  input_tokens: 1,
  output_tokens: 1,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
};

/**
 * Starts a Messages API on a free port of 127.0.0.1 that gives one answer to whatever it is asked:
 * with it Claude Code works without an account and without the network.
 *
 * @throws where the program may not listen there
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
  let asked = 0;
  const closed = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    signal: closed.signal,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, async (request) => {
    const { pathname } = new URL(request.url);
    if (request.method !== "POST") return new Response(null, { status: 200 });
    const body = await bodyOf(request);
    if (body === undefined) return new Response(null, { status: 413 });
    if (pathname.endsWith("/count_tokens")) return Response.json({ input_tokens: 1 });
    if (!pathname.endsWith("/messages")) return new Response(null, { status: 404 });
    asked++;
    return messageResponse(body, answer);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    get asked() {
      return asked;
    },
    async [Symbol.asyncDispose]() {
      // Connections that are kept open would be waited for by a shutdown.
      closed.abort();
      await server.finished;
    },
  };
}

/** The body as text; undefined when it is too large. */
async function bodyOf({ body }: Request): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MAX_REQUEST_BYTES) return undefined;
  }
  return text;
}

function messageResponse(body: string, answer: string): Response {
  const { model, stream } = wishes(body);
  const message = {
    id: "msg_doctor",
    type: "message",
    role: "assistant",
    model,
    content: [{ type: "text", text: answer }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: USAGE,
  };
  if (!stream) return Response.json(message);
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
  const text = events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  return new Response(text.join(""), { headers: { "content-type": "text/event-stream" } });
}

/** What the request wants, as far as it says so. */
function wishes(body: string): { readonly model: string; readonly stream: boolean } {
  try {
    const { model, stream } = Object(JSON.parse(body));
    return { model: typeof model === "string" ? model : "", stream: stream === true };
  } catch {
    return { model: "", stream: false };
  }
}
