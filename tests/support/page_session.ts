/**
 * Sessions whose pages are tested.
 *
 * @module
 */

import {
  createEventFactory,
  type EventBody,
  type EventFactory,
  type EventOf,
  type EventType,
  type RunEvent,
} from "../../lib/events.ts";
import { answer, exit, parentOf, result, SESSION, START, text, thinking } from "./rendered_run.ts";

/** A text that occurs once in the {@linkcode typicalSession}, in a step of a folded subagent. */
export const RARE_WORD = "nested/caller.ts";

const DIFF = `@@ -12,5 +12,6 @@ export function retry() {
   const limit = 3;
-  return attempt(limit);
+  // The server asks for a pause.
+  return attempt(limit, { pauseMs: 500 });
 }
`;

const MARKDOWN = `The upload failed because **no pause** was made.

## What changed

| file | change |
| --- | --- |
| \`retry.ts\` | pauses 500 ms |
| \`retry_test.ts\` | checks the pause |

1. Read the [rules of the server](https://example.com/rules?page=1#limits).
2. Run the tests:

\`\`\`sh
deno test --allow-net tests/retry_test.ts --filter "pauses between attempts, and gives up after the third"
\`\`\`

> The server allows one request in 500 ms.
`;

/** A picture of one pixel. */
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Creates events, between which time passes. */
export class SessionWriter {
  readonly events: RunEvent[] = [];
  #now = 0;
  #lastId = 0;
  readonly #createEvent: EventFactory = createEventFactory(() => this.#now);

  /** Adds events after some milliseconds. */
  add(afterMs: number, ...bodies: readonly EventBody[]): void {
    this.#now += afterMs;
    for (const body of bodies) this.events.push(this.#createEvent<EventType>(body));
  }

  /** Adds a tool call that takes some milliseconds. Returns its id. */
  call(
    name: string,
    input: { [field: string]: unknown },
    output: string,
    { ms = 200, parent, ...fields }: CallFields = {},
  ): string {
    const id = `toolu_${++this.#lastId}`;
    this.add(900, { type: "tool_use", id, name, input, ...parentOf(parent) });
    this.add(ms, result(id, output, { name, duration_ms: ms, ...fields, ...parentOf(parent) }));
    return id;
  }
}

interface CallFields extends Partial<EventOf<"tool_result">> {
  /** How long the call takes. */
  readonly ms?: number;
  /** The id of the call that started the subagent that makes this call. */
  readonly parent?: string | undefined;
}

/** Returns a session with a step of each kind. */
export function typicalSession(): readonly RunEvent[] {
  const session = new SessionWriter();
  session.add(0, START);
  session.add(100, SESSION, prompt("The upload fails with HTTP 429. Find out why, and fix it."));
  session.add(2_000, thinking("First I want to see how the client retries."));
  session.add(500, text("I look at the client first."));
  session.call("Read", { file_path: "/home/ada/project/retry.ts" }, fileOf(40));
  session.call("TodoWrite", {
    todos: [
      { content: "Find the cause", status: "completed", activeForm: "Finding the cause" },
      { content: "Pause between attempts", status: "in_progress", activeForm: "Adding a pause" },
      { content: "Test it", status: "pending", activeForm: "Testing it" },
    ],
  }, "Todos have been modified");
  session.call(
    "Bash",
    { command: "deno test tests/retry_test.ts" },
    "FAILED | 3 passed | 1 failed",
    {
      is_error: true,
      ms: 3_400,
    },
  );
  addSubagent(session);
  session.call(
    "Edit",
    {
      file_path: "/home/ada/project/retry.ts",
      old_string: "attempt(limit)",
      new_string: "attempt(limit, { pauseMs: 500 })",
    },
    "The file has been updated.",
    { diff: DIFF },
  );
  session.add(300, {
    type: "retry",
    attempt: 1,
    max_retries: 10,
    delay_ms: 4_000,
    http_status: 529,
    reason: "overloaded",
  });
  const denied = session.call("Bash", { command: "git push --force" }, "denied", {
    is_error: true,
  });
  session.add(0, {
    type: "permission_denied",
    tool_use_id: denied,
    name: "Bash",
    reason: "a rule denies it",
  });
  session.call("Read", { file_path: "/home/ada/project/graph.png" }, "[image]", {
    content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } }],
  });
  session.add(1_000, { type: "notice", level: "warning", kind: "compaction", text: "compacted" });
  session.add(2_000, text(MARKDOWN), answer(MARKDOWN));
  session.add(30_000, prompt("Also say it in the changelog."));
  session.call(
    "Write",
    { file_path: "/home/ada/project/CHANGES.md", content: "# 1.2\n" },
    "created",
  );
  session.add(1_500, text("The changelog says it.", { message_id: "msg_2" }), answer("Done."));
  session.add(100, exit());
  return session.events;
}

/** Adds a subagent that calls tools, one of which fails. */
function addSubagent(session: SessionWriter): void {
  const id = "toolu_agent";
  const input = { description: "Find the callers", prompt: "Who calls retry()?" };
  session.add(500, { type: "tool_use", id, name: "Agent", input });
  session.add(900, text("I search.", { message_id: "msg_sub", ...parentOf(id) }));
  for (const path of ["client.ts", "queue.ts", "main.ts"]) {
    session.call("Read", { file_path: `/home/ada/project/${path}` }, fileOf(3), { parent: id });
  }
  session.call("Grep", { pattern: "retry\\(" }, RARE_WORD, { parent: id });
  session.call("Bash", { command: "exit 1" }, "Exit code 1", { parent: id, is_error: true });
  session.add(700, result(id, "There is one caller.", { name: "Agent", duration_ms: 5_000 }));
}

/** Returns a session with many tool calls in several turns. */
export function largeSession(callCount: number): readonly RunEvent[] {
  const session = new SessionWriter();
  session.add(0, START);
  session.add(100, SESSION, prompt("Check all files."));
  for (let at = 1; at <= callCount; at++) {
    const path = `/home/ada/project/src/part_${at % 50}/module_${at}.ts`;
    if (at % 5 === 0) session.add(400, text(`Part ${at} is next.`, { message_id: `msg_${at}` }));
    if (at % 3 === 0) session.call("Edit", { file_path: path }, "updated", { diff: DIFF });
    else if (at % 3 === 1) session.call("Read", { file_path: path }, fileOf(20));
    else session.call("Bash", { command: `deno test ${path}` }, "ok | 12 passed | 0 failed\n");
    if (at % 500 === 0) session.add(300, answer("So far, so good."), prompt("Continue."));
  }
  session.add(500, text("All files are checked.", { message_id: "msg_end" }), answer("Done."));
  session.add(100, exit());
  return session.events;
}

function prompt(text: string): EventBody<"user_text"> {
  return { type: "user_text", kind: "prompt", text };
}

/** Returns the lines of a file of some size. */
function fileOf(lines: number): string {
  return Array.from({ length: lines }, (_, at) => `const value${at} = compute(${at}, "text");\n`)
    .join("");
}
