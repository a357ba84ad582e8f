import { assertEquals } from "@std/assert";
import {
  getSessionId,
  isPendingSessionId,
  isSessionNotFoundResult,
  sessionIdIn,
} from "../../lib/claude/session_id.ts";

Deno.test("getSessionId finds the id in every place that a version uses", () => {
  const places = [
    { session_id: "s" },
    { sessionId: "s" },
    ...["init", "system", "result", "metadata"].flatMap((place) => [
      { [place]: { session_id: "s" } },
      { [place]: { sessionId: "s" } },
    ]),
    { conversation: { id: "s" } },
  ];
  for (const message of places) assertEquals(getSessionId(message), "s", JSON.stringify(message));
});

Deno.test("getSessionId ignores other places, and ids that are not strings", () => {
  const messages = [
    {},
    { id: "s" },
    { session_id: "" },
    { session_id: 7 },
    { session_id: null },
    { session: { session_id: "s" } },
    { message: { session_id: "s" } },
    { conversation: { session_id: "s" } },
    { conversation: "s" },
    { result: "s" },
    { stdout: '{"session_id":"s"}' },
  ];
  for (const message of messages) {
    assertEquals(getSessionId(message), undefined, JSON.stringify(message));
  }
});

Deno.test("getSessionId prefers the id at the top level", () => {
  assertEquals(getSessionId({ init: { session_id: "in" }, session_id: "own" }), "own");
  assertEquals(getSessionId({ init: { session_id: "in" }, sessionId: "own" }), "own");
  assertEquals(getSessionId({ session_id: "", init: { session_id: "in" } }), "in");
});

Deno.test("sessionIdIn reads a line that is a message", () => {
  assertEquals(sessionIdIn('{"session_id":"s"}\r\n'), "s");
  for (const line of ["", "hello", "[1]", "null", '"session_id"', '{"session_id":']) {
    assertEquals(sessionIdIn(line), undefined, line);
  }
});

Deno.test("sessionIdIn ignores the invented id of an unknown session", () => {
  const lost = { type: "result", is_error: true, num_turns: 0, session_id: "s" };
  assertEquals(isSessionNotFoundResult(lost), true);
  assertEquals(sessionIdIn(JSON.stringify(lost)), undefined);
  for (const change of [{ is_error: false }, { num_turns: 1 }, { type: "system" }]) {
    assertEquals(isSessionNotFoundResult({ ...lost, ...change }), false);
    assertEquals(sessionIdIn(JSON.stringify({ ...lost, ...change })), "s");
  }
});

Deno.test("isPendingSessionId is true for ids that start with pending_", () => {
  assertEquals(["pending_", "pending_1"].map(isPendingSessionId), [true, true]);
  assertEquals(["", "pending", "Pending_1", " pending_1"].some(isPendingSessionId), false);
});
