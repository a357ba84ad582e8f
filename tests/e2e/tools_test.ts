/**
 * Tools: calls paired with their results.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { message, text, toolUse } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { sinceClaude } from "../support/claude.ts";
import { testWith } from "../support/test_with.ts";
import { bash, eventsOf, SKIP, untimed, withScene } from "./scene.ts";

/** The smallest picture: one grey point. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

Deno.test("ccrun matches tool calls with their results, including failed ones and a picture", async () => {
  const replies = [
    message(text("I'll look."), bash("echo works")),
    message(bash("echo out; exit 3"), toolUse("Read", { file_path: "/does/not/exist" })),
    ({ userText }: ApiRequest) => toolUse("Read", { file_path: userText }),
    text("Two of four failed."),
  ];
  await withScene(replies, async ({ json, sandbox }) => {
    const picture = `${sandbox.project}/point.png`;
    await Deno.writeFile(picture, Uint8Array.from(atob(PNG), (char) => char.charCodeAt(0)));
    const events = await json([SKIP, picture]);
    assertEquals([events.code, events.stderr], [0, ""]);
    const uses = eventsOf(events, "tool_use");
    const results = eventsOf(events, "tool_result");
    assertEquals(uses.map(({ name, input }) => [name, input.command ?? input.file_path]), [
      ["Bash", "echo works"],
      ["Bash", "echo out; exit 3"],
      ["Read", "/does/not/exist"],
      ["Read", picture],
    ]);
    // Those of one message may end in any order.
    const ofUse = uses.map(({ id }) => results.find(({ tool_use_id }) => tool_use_id === id));
    assertEquals(results.length, uses.length);
    assertEquals(ofUse.map((result) => result?.name), ["Bash", "Bash", "Read", "Read"]);
    assertEquals(ofUse.map((result) => result?.is_error), [false, true, true, false]);
    assertEquals(ofUse[0]?.text, "works");
    assertStringIncludes(ofUse[1]?.text ?? "", "out");
    assertStringIncludes(ofUse[2]?.text ?? "", "does not exist");
    assertMatch(ofUse[3]?.text ?? "", /^\[image\/png, \d+ B\]$/);
    assertEquals(ofUse[3]?.content?.length, 1);
    for (const [index, use] of uses.entries()) {
      const result = ofUse[index];
      assert(result !== undefined && result.seq > use.seq);
      assertEquals(result.duration_ms, Math.round((result.time_ms ?? 0) - (use.time_ms ?? 0)));
    }
  });
});

testWith(
  sinceClaude("2.1.0", "Claude Code 2.0 does not report changes"),
  "ccrun shows the changes of a file that claude overwrites",
  async () => {
    const write = (content: string) => ({ userText }: ApiRequest) =>
      toolUse("Write", { file_path: userText, content });
    const replies = [write("one\ntwo\n"), write("one\n2\n"), text("Done.")];
    await withScene(replies, async ({ run, sandbox }) => {
      const { code, stderr } = await run([SKIP, `${sandbox.project}/numbers.txt`]);
      assertEquals(code, 0);
      assertStringIncludes(
        untimed(stderr),
        "● Write numbers.txt  2 lines\n● Write numbers.txt  2 lines\n  └ - two\n    + 2\n",
      );
    });
  },
);
