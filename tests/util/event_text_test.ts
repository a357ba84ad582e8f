import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { answerOf, describeRateLimit } from "../../lib/util/event_text.ts";
import { answer as resultOf } from "../support/rendered_run.ts";

const stamp = createEventFactory(() => null);

Deno.test("answerOf ends an answer with exactly one newline, and changes nothing else", () => {
  const rows = [
    ["Done.", "Done.\n"],
    ["Done.\n", "Done.\n"],
    ["Done.\r\n\n\n", "Done.\n"],
    ["\n  a\n\nb  \n", "\n  a\n\nb  \n"],
    ["", "\n"],
    ["\x1b[31mred", "\x1b[31mred\n"],
  ] as const;
  for (const [text, answer] of rows) assertEquals(answerOf(stamp(resultOf(text))), answer);
});

Deno.test("answerOf returns a structured output as one line of JSON", () => {
  const rows = [
    [{ n: 5, s: "two\nlines" }, '{"n":5,"s":"two\\nlines"}\n'],
    ["##[", '"#\\u0023["\n'],
    [0, "0\n"],
    [false, "false\n"],
    ["", '""\n'],
    [[], "[]\n"],
  ] as const;
  for (const [structured_output, answer] of rows) {
    assertEquals(answerOf(stamp(resultOf("t", { structured_output }))), answer);
  }
});

Deno.test("describeRateLimit names what is known", () => {
  const rows: [limit: Omit<EventBody<"rate_limit">, "type">, text: string][] = [
    [{ status: "allowed_warning" }, "allowed warning"],
    [{ status: "rejected", kind: "five_hour", utilization: 0.9 }, "rejected, five hour, 90% used"],
    [
      { status: "rejected", resets_at: "2026-01-01T00:00:00.000Z" },
      "rejected, until 2026-01-01T00:00:00.000Z",
    ],
  ];
  for (const [limit, text] of rows) {
    assertEquals(describeRateLimit(stamp({ type: "rate_limit", ...limit })), text);
  }
});
