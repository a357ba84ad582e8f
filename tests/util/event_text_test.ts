import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import {
  answerOf,
  describeRateLimit,
  describeRetry,
  describeTask,
} from "../../lib/util/event_text.ts";
import { answer as resultOf } from "../support/rendered_run.ts";

const stamp = createEventFactory(() => null);

Deno.test("answerOf ends an answer with exactly one newline, and changes nothing else", () => {
  const rows = [
    ["Done.", "Done.\n"],
    ["Done.\n", "Done.\n"],
    ["Done.\r\n\n\n", "Done.\n"],
    ["\n  a\n\nb  \n", "\n  a\n\nb  \n"],
    ["", ""],
    [" \n", ""],
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

Deno.test("describeRetry and describeTask name what is known", () => {
  const retry: EventBody<"retry"> = {
    type: "retry",
    attempt: 1,
    max_retries: 9,
    delay_ms: 5,
    reason: "overloaded",
  };
  assertEquals(describeRetry(stamp(retry)), "overloaded");
  assertEquals(describeRetry(stamp({ ...retry, http_status: 529 })), "overloaded (HTTP 529)");
  const silent = { ...retry, reason: "unknown" };
  assertEquals(describeRetry(stamp(silent)), "connection to the API failed");
  const [address, proxy] = ["http://gw.test:81", "http://p.test:3128"];
  assertEquals(
    describeRetry(stamp({ ...silent, address })),
    "connection to http://gw.test:81 failed",
  );
  assertEquals(
    describeRetry(stamp({ ...silent, address, proxy })),
    "connection to http://gw.test:81 through the proxy http://p.test:3128 failed",
  );
  const task: EventBody<"task"> = { type: "task", task_id: "t1", status: "failed" };
  const rows: [more: Partial<EventBody<"task">>, text: string][] = [
    [{}, "t1"],
    [{ description: "look", summary: "" }, "look"],
    [{ description: "look", summary: "look" }, "look"],
    [{ description: "look", summary: "overloaded" }, "look: overloaded"],
  ];
  for (const [more, text] of rows) assertEquals(describeTask(stamp({ ...task, ...more })), text);
});
