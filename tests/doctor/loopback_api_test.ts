import { assertEquals } from "@std/assert";
import { startLoopbackApi } from "../../lib/doctor/loopback_api.ts";

async function post(url: string, body: string): Promise<Response> {
  return await fetch(url, { method: "POST", body });
}

Deno.test("startLoopbackApi answers requests for JSON and for a stream", async () => {
  await using api = startLoopbackApi("ready");
  assertEquals(new URL(api.url).hostname, "127.0.0.1");
  const message = await (await post(`${api.url}/v1/messages?beta=true`, '{"model":"m"}')).json();
  assertEquals([message.model, message.content], ["m", [{ type: "text", text: "ready" }]]);
  const stream = await post(`${api.url}/v1/messages`, '{"stream":true}');
  assertEquals(stream.headers.get("content-type"), "text/event-stream");
  const events = [...(await stream.text()).matchAll(/^event: (.*)$/gm)].map(([, type]) => type);
  assertEquals([events[0], events.at(-1)], ["message_start", "message_stop"]);
  assertEquals(api.requestCount, 2);
});

Deno.test("startLoopbackApi counts only requests for messages", async () => {
  await using api = startLoopbackApi("ready");
  const head = await fetch(api.url, { method: "HEAD" });
  assertEquals(head.status, 200);
  const other = await post(`${api.url}/v1/other`, "");
  assertEquals(other.status, 404);
  await other.body?.cancel();
  const tokens = await (await post(`${api.url}/v1/messages/count_tokens`, "{}")).json();
  assertEquals(tokens, { input_tokens: 1 });
  assertEquals(api.requestCount, 0);
  const invalid = await (await post(`${api.url}/v1/messages`, "not JSON")).json();
  assertEquals(invalid.content[0].text, "ready");
  assertEquals(api.requestCount, 1);
});
