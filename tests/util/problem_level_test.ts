import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody, type EventType } from "../../lib/events.ts";
import { problemLevel } from "../../lib/util/problem_level.ts";

Deno.test("problemLevel() returns how serious an event is", () => {
  const task = { type: "task", task_id: "t" } as const;
  const session = { type: "session_info", session_id: "s" } as const;
  const rateLimit = { type: "rate_limit", kind: "five_hour" } as const;
  const notice = { type: "notice", kind: "hook", text: "x" } as const;
  const rows: readonly [EventBody, ReturnType<typeof problemLevel>][] = [
    [{ ...session, mcp_servers: [{ name: "a", status: "failed" }] }, "warning"],
    [{ ...session, mcp_servers: [{ name: "a", status: "needs-auth" }] }, "warning"],
    [{ ...session, mcp_servers: [{ name: "a", status: "connected" }] }, undefined],
    [session, undefined],
    [
      { type: "retry", attempt: 1, max_retries: 2, delay_ms: 1, reason: "overloaded" },
      "warning",
    ],
    [{ ...rateLimit, status: "allowed" }, undefined],
    [{ ...rateLimit, status: "allowed_warning" }, "warning"],
    [{ ...rateLimit, status: "rejected" }, "error"],
    [{ ...task, status: "started" }, undefined],
    [{ ...task, status: "completed" }, undefined],
    [{ ...task, status: "stopped" }, "warning"],
    [{ ...task, status: "failed" }, "error"],
    [{ ...notice, level: "info" }, undefined],
    [{ ...notice, level: "warning" }, "warning"],
    [{ ...notice, level: "error" }, "error"],
  ];
  const createEvent = createEventFactory(() => null);
  for (const [body, level] of rows) {
    assertEquals(problemLevel(createEvent<EventType>(body)), level, JSON.stringify(body));
  }
});
