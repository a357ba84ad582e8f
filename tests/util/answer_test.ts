import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody, type EventOf } from "../../lib/events.ts";
import { answerOf } from "../../lib/util/answer.ts";

const USAGE = { input: 0, output: 0, cache_read: 0, cache_write: 0 };

function result(fields: Partial<EventBody<"result">>): EventOf<"result"> {
  return createEventFactory(() => null)({
    type: "result",
    ok: true,
    subtype: "success",
    text: "",
    turns: 1,
    duration_ms: 1,
    api_duration_ms: 1,
    cost_usd: 0,
    usage: USAGE,
    denials: [],
    errors: [],
    ...fields,
  });
}

Deno.test("answerOf ends an answer with exactly one newline, and changes nothing else", () => {
  const answer = (text: string) => answerOf(result({ text }));
  assertEquals(answer("Done."), "Done.\n");
  assertEquals(answer("Done.\n"), "Done.\n");
  assertEquals(answer("Done.\r\n\n\n"), "Done.\n");
  assertEquals(answer("\n  a\n\nb  \n"), "\n  a\n\nb  \n");
  assertEquals(answer(""), "\n");
  assertEquals(answer("\x1b[31mred"), "\x1b[31mred\n");
});

Deno.test("answerOf returns a structured output as one line of JSON", () => {
  const answer = (structured_output: unknown) => answerOf(result({ text: "t", structured_output }));
  assertEquals(answer({ n: 5, s: "two\nlines" }), '{"n":5,"s":"two\\nlines"}\n');
  assertEquals(answer("##["), '"#\\u0023["\n');
  assertEquals([0, false, "", []].map(answer), ["0\n", "false\n", '""\n', "[]\n"]);
});
