import { assertEquals, assertThrows } from "@std/assert";
import { evaluate, fillIn, meets } from "./expressions.ts";

const CONTEXTS = {
  github: { event: { number: 7, sha: "abc" } },
  inputs: { "prompt-file": "it's ${{ inputs.prompt }}" },
  steps: { review: { outputs: { json: '{"verdict": "approve", "count": 2}' } } },
};

const scope = { contexts: CONTEXTS, hasFailed: false };
const failed = { contexts: CONTEXTS, hasFailed: true };

Deno.test("evaluate returns the value of an expression", () => {
  const rows: readonly (readonly [string, unknown])[] = [
    ["github.event.sha", "abc"],
    ["github.event.none.sha", undefined],
    ["inputs.prompt-file", "it's ${{ inputs.prompt }}"],
    ["'it''s'", "it's"],
    ["github.none || github.event.sha || 'x'", "abc"],
    ["github.event.sha && 'x'", "x"],
    ["github.event.sha == 'ABC' && !(github.none != '')", true],
    ["fromJSON(steps.review.outputs.json).verdict", "approve"],
  ];
  for (const [expression, value] of rows) {
    assertEquals(evaluate(expression, scope), value, expression);
  }
  for (const expression of ["a b", "a[0]", "(a", "format('x')", "fromJSON('')", "'a"]) {
    assertThrows(() => evaluate(expression, scope));
  }
});

Deno.test("fillIn replaces expressions once", () => {
  const text = "${{ github.event.number }}-${{ inputs.prompt-file }}-${{ none }}$";
  assertEquals(fillIn(text, scope), "7-it's ${{ inputs.prompt }}-$");
});

Deno.test("a step runs after a failure only if its condition has a status", () => {
  const rows: readonly (readonly [string | undefined, boolean, boolean])[] = [
    [undefined, true, false],
    ["github.event.sha == 'abc'", true, false],
    ["github.event.sha == 'x'", false, false],
    ["always()", true, true],
    ["${{ failure() }}", false, true],
    ["always() && github.event.sha == 'x'", false, false],
  ];
  for (const [condition, good, bad] of rows) {
    assertEquals([meets(condition, scope), meets(condition, failed)], [good, bad], condition);
  }
});
