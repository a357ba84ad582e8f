/**
 * Tools: calls paired with their results.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { message, text, toolUse } from "../support/api_reply.ts";
import { bash, eventsOf, SKIP, untimed, withScene } from "./scene.ts";

/** The smallest picture: one grey point. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

Deno.test("ccrun matches tool calls with their results, including failed ones", async () => {
  const replies = [
    message(text("I'll look."), bash("echo works")),
    message(bash("echo out; exit 3"), toolUse("Read", { file_path: "/does/not/exist" })),
    text("Two of three failed."),
  ];
  await withScene(replies, async ({ json, run }) => {
    const events = await json([SKIP, "Use tools."]);
    assertEquals([events.code, events.stderr], [0, ""]);
    const uses = eventsOf(events, "tool_use");
    const results = eventsOf(events, "tool_result");
    assertEquals(uses.map(({ name }) => name), ["Bash", "Bash", "Read"]);
    assertEquals(uses.map(({ input }) => input.command ?? input.file_path), [
      "echo works",
      "echo out; exit 3",
      "/does/not/exist",
    ]);
    // Those of one message may end in any order.
    const ofUse = uses.map(({ id }) => results.find(({ tool_use_id }) => tool_use_id === id));
    assertEquals(results.length, uses.length);
    assertEquals(ofUse.map((result) => result?.name), ["Bash", "Bash", "Read"]);
    assertEquals(ofUse.map((result) => result?.is_error), [false, true, true]);
    assertEquals(ofUse[0]?.text, "works");
    assertStringIncludes(ofUse[1]?.text ?? "", "out");
    assertStringIncludes(ofUse[2]?.text ?? "", "does not exist");
    for (const [index, use] of uses.entries()) {
      const result = ofUse[index];
      assert(result !== undefined && result.seq > use.seq);
      assertEquals(result.duration_ms, Math.round((result.time_ms ?? 0) - (use.time_ms ?? 0)));
    }

    const pretty = await run([SKIP, "Use tools."]);
    assertEquals([pretty.code, pretty.stdout], [0, "Two of three failed.\n"]);
    for (
      const line of [
        "I'll look.",
        "● Bash  echo works",
        "  └ works",
        "● Bash  echo out; exit 3",
        "● Read  /does/not/exist",
        "✗ Read  /does/not/exist",
      ]
    ) assertStringIncludes(untimed(pretty.stderr), `\n${line}\n`);
    assertStringIncludes(pretty.stderr, " · 3 tools (2 failed) · ");
  });
});

Deno.test("ccrun describes content that is not text in the result of a tool", async () => {
  const replies = [
    (request: { userText: string }) => toolUse("Read", { file_path: request.userText }),
    text("A grey point."),
  ];
  await withScene(replies, async ({ json, sandbox }) => {
    const picture = `${sandbox.project}/point.png`;
    await Deno.writeFile(picture, Uint8Array.from(atob(PNG), (char) => char.charCodeAt(0)));
    const events = await json([SKIP, picture]);
    const [result] = eventsOf(events, "tool_result");
    assertEquals([result?.name, result?.is_error], ["Read", false]);
    assertEquals(/^\[image\/png, \d+ B\]$/.test(result?.text ?? ""), true, result?.text);
    assertEquals(result?.content?.length, 1);
  });
});
