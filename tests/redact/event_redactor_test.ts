import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { EventRedactor } from "../../lib/redact/event_redactor.ts";
import { createRedactor } from "../../lib/redact/redactor.ts";

const stamp = createEventFactory(() => null);

/** Returns the texts of events without secrets. A subagent has the name of its tool call. */
function redacted(...texts: readonly (readonly [text: string, agent?: string])[]): string[] {
  const redactor = new EventRedactor(createRedactor({ A_TOKEN: "k3y-0123456789" }));
  return texts.flatMap(([text, agent]) => {
    const block = { type: "text", text, message_id: "m", index: 0 } as const;
    const body: EventBody = agent === undefined ? block : { ...block, parent_tool_use_id: agent };
    const event = redactor.redact(stamp(body));
    return event?.type === "text" ? [event.text] : [];
  });
}

Deno.test("EventRedactor removes a secret of which each text has a short piece", () => {
  assertEquals(redacted(["it is k3y-0"], ["12345"], ["6789."]), [
    "it is k3y-0",
    "[redacted]",
    "[redacted].",
  ]);
});

Deno.test("EventRedactor removes a secret of which each tool output has a short piece", () => {
  const redactor = new EventRedactor(createRedactor({ A_TOKEN: "k3y-012345" }));
  const texts = ["it is k3y-0\n", "12345\n"].map((text) => {
    const result = { tool_use_id: "t", name: "Bash", is_error: false, duration_ms: null, text };
    const event = redactor.redact(stamp({ type: "tool_result", ...result }));
    return event?.type === "tool_result" && event.text;
  });
  assertEquals(texts, ["it is k3y-0\n", "[redacted]\n"]);
});

Deno.test("EventRedactor does not join the texts of different agents", () => {
  assertEquals(redacted(["it is k3y-0"], ["12345 of it", "toolu_1"], ["12345"]), [
    "it is k3y-0",
    "12345 of it",
    "[redacted]",
  ]);
});

Deno.test("EventRedactor drops deltas, and removes secrets from other events", () => {
  const redactor = new EventRedactor(createRedactor({ A_TOKEN: "k3y-0123456789" }));
  const delta = { text: "k3y", message_id: "m", index: 0 };
  assertEquals(redactor.redact(stamp({ type: "text_delta", ...delta })), undefined);
  assertEquals(redactor.redact(stamp({ type: "thinking_delta", ...delta })), undefined);
  const raw = redactor.redact(stamp({ type: "raw", content: "k3y-0123456789" }));
  assertEquals(raw?.type === "raw" && raw.content, "[redacted]");
});
