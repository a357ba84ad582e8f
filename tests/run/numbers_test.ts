import { assertEquals } from "@std/assert";
import { createEventFactory, type EventBody, NO_USAGE, type Usage } from "../../lib/events.ts";
import { RunNumbers } from "../../lib/run/numbers.ts";
import { answer } from "../support/rendered_run.ts";

function tokens(input: number, output: number): Usage {
  return { ...NO_USAGE, input, output };
}

/** Returns what is counted of a message. */
function message(message_id: string, usage: Usage, parent?: string): EventBody<"usage"> {
  const body = { type: "usage", message_id, usage } as const;
  return parent === undefined ? body : { ...body, parent_tool_use_id: parent };
}

function result(turns: number | null, cost_usd: number | null, usage: Usage | null) {
  return answer("", { turns, cost_usd, usage });
}

function count(...bodies: readonly EventBody<"usage" | "result">[]) {
  const createEvent = createEventFactory(() => null);
  const numbers = new RunNumbers();
  for (const body of bodies) {
    const event = createEvent(body);
    if (event.type === "usage") numbers.recordUsage(event);
    else if (event.type === "result") numbers.recordResult(event);
  }
  const { turns, cost_usd, usage } = numbers.total;
  return [turns, cost_usd, usage];
}

Deno.test("RunNumbers knows nothing before the first message", () => {
  assertEquals(count(), [null, null, null]);
});

Deno.test("RunNumbers counts each message once without a result, and knows no cost", () => {
  assertEquals(
    count(
      message("m1", tokens(4, 50)),
      message("m1", tokens(4, 50)),
      message("a1", tokens(7, 1), "t1"),
      message("m2", tokens(5, 70)),
      message("a1", tokens(7, 3), "t1"),
      message("m1", tokens(4, 50)),
      message("a2", tokens(1, 1), "t1"),
    ),
    [2, null, tokens(17, 124)],
  );
});

Deno.test("RunNumbers counts any number of messages", () => {
  const messages = Array.from({ length: 1000 }, (_, index) => message(`m${index}`, tokens(1, 2)));
  assertEquals(count(...messages), [1000, null, tokens(1000, 2000)]);
});

Deno.test("RunNumbers adds up the results, which contain the messages before them", () => {
  assertEquals(
    count(
      message("m1", tokens(4, 50)),
      result(2, 0.01, tokens(600, 210)),
      message("m2", tokens(4, 50)),
      result(1, 0.0049499999999999995, tokens(10, 20)),
      result(1, 0, NO_USAGE),
    ),
    [4, 0.01495, tokens(610, 230)],
  );
});

Deno.test("RunNumbers adds the messages after the last result, whose cost is not known", () => {
  assertEquals(
    count(result(2, 0.01, tokens(600, 210)), message("m2", tokens(4, 50))),
    [3, null, tokens(604, 260)],
  );
});

Deno.test("RunNumbers never reports a cost of 0 for messages that were billed", () => {
  assertEquals(
    count(message("m1", tokens(4, 50)), result(1, 0, NO_USAGE)),
    [1, null, tokens(4, 50)],
  );
  assertEquals(count(result(1, 0, tokens(4, 50))), [1, null, tokens(4, 50)]);
  assertEquals(count(result(0, 0, NO_USAGE)), [0, 0, NO_USAGE]);
});

Deno.test("RunNumbers does not know a sum with an unknown number", () => {
  assertEquals(count(result(1, 0.1, tokens(1, 1)), result(null, null, null)), [null, null, null]);
  assertEquals(
    count(result(1, 0.1, tokens(1, 1)), result(1, null, tokens(1, 1))),
    [2, null, tokens(2, 2)],
  );
});
