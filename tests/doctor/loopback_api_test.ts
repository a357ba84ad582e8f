import { assertEquals, assertStringIncludes } from "@std/assert";
import { startLoopbackApi } from "../../lib/doctor/loopback_api.ts";

async function post(url: string, body: string): Promise<Response> {
  return await fetch(url, { method: "POST", body });
}

Deno.test("startLoopbackApi answers in both ways of the Messages API", async () => {
  await using api = startLoopbackApi("ready");
  assertEquals(new URL(api.url).hostname, "127.0.0.1");
  const whole = await (await post(`${api.url}/v1/messages?beta=true`, '{"model":"m"}')).json();
  assertEquals([whole.model, whole.content], ["m", [{ type: "text", text: "ready" }]]);
  const stream = await post(`${api.url}/v1/messages`, '{"stream":true}');
  assertEquals(stream.headers.get("content-type"), "text/event-stream");
  const events = [...(await stream.text()).matchAll(/^event: (.*)$/gm)].map(([, type]) => type);
  assertEquals([events[0], events.at(-1)], ["message_start", "message_stop"]);
  assertEquals(api.asked, 2);
});

Deno.test("startLoopbackApi is not put out by what it does not know", async () => {
  await using api = startLoopbackApi("ready");
  const head = await fetch(api.url, { method: "HEAD" });
  assertEquals(head.status, 200);
  await head.body?.cancel();
  const other = await post(`${api.url}/v1/other`, "");
  assertEquals(other.status, 404);
  await other.body?.cancel();
  const counted = await (await post(`${api.url}/v1/messages/count_tokens`, "{}")).json();
  assertEquals(counted, { input_tokens: 1 });
  assertStringIncludes(await (await post(`${api.url}/v1/messages`, "no JSON")).text(), "ready");
  const huge = await post(`${api.url}/v1/messages`, "x".repeat(17 * 1024 * 1024));
  assertEquals(huge.status, 413);
  await huge.body?.cancel();
  assertEquals(api.asked, 1);
});
