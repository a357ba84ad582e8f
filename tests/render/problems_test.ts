import { assert, assertEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { createProblemsRenderer } from "../../lib/render/problems.ts";
import { createStyles } from "../../lib/terminal/styles.ts";
import { makeKept } from "../support/kept_writer.ts";

/** Renders events. */
async function rendered(bodies: readonly EventBody[], color = false): Promise<string> {
  const kept = makeKept();
  const output = createProblemsRenderer(kept.sink, createStyles(color));
  const stamp = createEventFactory(() => null);
  for (const body of bodies) output.event(stamp(body));
  return await kept.text();
}

function text(text: string, parent?: string): EventBody<"text"> {
  const body = { type: "text", text, message_id: "m", index: 0 } as const;
  return parent === undefined ? body : { ...body, parent_tool_use_id: parent };
}

function error(message: string, hint?: string): EventBody<"error"> {
  return { type: "error", error: { kind: "failed", message, ...(hint ? { hint } : {}) } };
}

function notice(level: EventBody<"notice">["level"], text: string): EventBody<"notice"> {
  return { type: "notice", level, kind: "hook", text };
}

Deno.test("the problems renderer is silent while all is well", async () => {
  const use: EventBody = { type: "tool_use", id: "t", name: "Bash", input: {} };
  assertEquals(await rendered([text("Hi."), use, notice("info", "a hook ran")]), "");
});

Deno.test("the problems renderer prints warnings", async () => {
  assertEquals(await rendered([notice("warning", "two\nlines")]), "ccrun: warning: two ⏎ lines\n");
});

Deno.test("the problems renderer prints a failure and its hint", async () => {
  assertEquals(
    await rendered([error("it broke", "fix it")]),
    "ccrun: error: it broke\nccrun: fix it\n",
  );
  assertEquals(await rendered([error("it broke")]), "ccrun: error: it broke\n");
});

Deno.test("the problems renderer repeats what claude said last when the run failed", async () => {
  const events = [text("First."), text("Last\nwords."), text("inner", "t"), error("it broke")];
  assertEquals(
    await rendered(events),
    "ccrun: claude said:\n  Last\n  words.\nccrun: error: it broke\n",
  );
});

Deno.test("the problems renderer takes a result for what claude said last, when it says something", async () => {
  const result = (text: string): EventBody<"result"> => ({
    type: "result",
    ok: false,
    subtype: "success",
    text,
    turns: 1,
    duration_ms: 1,
    api_duration_ms: 1,
    cost_usd: 0,
    usage: { input: 0, output: 0, cache_read: 0, cache_write: 0 },
    denials: [],
    errors: [],
  });
  const said = async (
    text_: string,
  ) => (await rendered([text("Before."), result(text_), error("no")]));
  assertEquals(await said("Result."), "ccrun: claude said:\n  Result.\nccrun: error: no\n");
  assertEquals(await said(""), "ccrun: claude said:\n  Before.\nccrun: error: no\n");
});

Deno.test("the problems renderer does not say the same twice", async () => {
  for (const said of ["API Error: no", " API Error:\n\n no\n", "Error: API Error: no"]) {
    assertEquals(
      await rendered([text(said), error("API Error: no")]),
      "ccrun: error: API Error: no\n",
    );
  }
  assert(
    (await rendered([text("Something else."), error("API Error: no")])).includes("Something else."),
  );
  assertEquals(await rendered([text(" \n"), error("it broke")]), "ccrun: error: it broke\n");
});

Deno.test("the problems renderer repeats the end of what claude said, when that is long", async () => {
  const said = Array.from({ length: 100 }, (_, line) => `line ${line}`).join("\n");
  const lines = (await rendered([text(said), error("it broke")])).split("\n");
  assert(lines.length < 30 && lines.includes("  line 99") && !lines.includes("  line 0"));
});

Deno.test("the problems renderer says nothing to a reader that has left", async () => {
  const gone: EventBody = { type: "error", error: { kind: "pipe", message: "gone" } };
  assertEquals(await rendered([text("Hi."), gone]), "");
});

Deno.test("the problems renderer sanitizes control sequences and log commands", async () => {
  const evil = "\x1b]0;t\x07\x1b[2J ##[error]x\n::error::y\n  ::warning::z";
  const all = await rendered([text(`${evil} said`), notice("warning", evil), error(evil, evil)]);
  // deno-lint-ignore no-control-regex -- control characters are what must not be there
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(all), JSON.stringify(all));
  assert(!all.includes("##["), all);
  for (const line of all.split("\n")) assert(!/^\s*::/.test(line), line);
});

Deno.test("the problems renderer has colours only where they are wanted", async () => {
  const events = [notice("warning", "careful"), error("it broke")];
  assert((await rendered(events, true)).includes("\x1b["));
  assert(!(await rendered(events, false)).includes("\x1b["));
});
