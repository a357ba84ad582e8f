/**
 * Answers that must match a JSON Schema.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { text, toolUse } from "../support/api_reply.ts";
import { claudeAtLeast, sinceClaude } from "../support/claude.ts";
import { exists } from "../../lib/util/exists.ts";
import { testWith } from "../support/test_with.ts";
import { eventOf, eventsOf, withScene } from "./scene.ts";

const SCHEMA = {
  type: "object",
  properties: { n: { type: "number" }, name: { type: "string" } },
  required: ["n"],
};

const WITH_SCHEMA = sinceClaude("2.1.0", "Claude Code 2.0 has no --json-schema");

testWith(WITH_SCHEMA, "ccrun writes the structured output as one line of JSON", async () => {
  const value = { n: 7, name: "line one\nline two \u202e 漢字" };
  const replies = [
    toolUse("StructuredOutput", { n: "seven" }),
    toolUse("StructuredOutput", value),
    text("Never."),
  ];
  await withScene(replies, async ({ json, sandbox }) => {
    // A schema in a file, written by a person.
    await Deno.writeTextFile(`${sandbox.project}/schema.json`, JSON.stringify(SCHEMA, null, 2));
    const args = ["--json-schema", "schema.json", "--output", "answer.json", "How many?"];
    const events = await json(args);
    assertEquals([events.code, events.stderr], [0, ""]);
    assertEquals(eventOf(events, "result").structured_output, value);
    const [wrong, right] = eventsOf(events, "tool_result");
    assertEquals([wrong?.is_error, right?.is_error], [true, false]);
    const answer = await Deno.readTextFile(`${sandbox.project}/answer.json`);
    assertEquals(answer.trimEnd().split("\n").length, 1);
    assertEquals(JSON.parse(answer), value);
  });
});

testWith(WITH_SCHEMA, "ccrun exits with 6 without structured output", async () => {
  await withScene([text("It is seven."), text("Still seven.")], async ({ json, sandbox }) => {
    const args = ["--json-schema", JSON.stringify(SCHEMA), "--output", "answer", "How many?"];
    const events = await json(args);
    assertEquals([events.code, events.exit.reason], [6, "output"]);
    const result = eventOf(events, "result");
    assertEquals([result.ok, "structured_output" in result], [true, false]);
    assertMatch(events.stderr, /ccrun: error: .*structured output/);
    const hasAnswer = await exists(`${sandbox.project}/answer`);
    assert(!hasAnswer, "--output is written on success only");
  });
});

testWith(
  { unless: claudeAtLeast("2.1.0") ? "this Claude Code has --json-schema" : undefined },
  "ccrun reports that an old Claude Code has no --json-schema",
  async () => {
    await withScene([text("Never.")], async ({ run, turns }) => {
      const quiet = await run(["-q", "--json-schema", JSON.stringify(SCHEMA), "How many?"]);
      assertEquals([quiet.code, quiet.stdout, turns()], [2, "", []]);
      assertStringIncludes(quiet.stderr, "claude refused to start: unknown option '--json-schema");
      assertStringIncludes(quiet.stderr, "leave the option out, or update Claude Code");
    });
  },
);
