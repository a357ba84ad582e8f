import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  answer,
  exit,
  makeRun,
  parentOf,
  result,
  startRun,
  text,
  thinking,
  use,
} from "../../support/rendered_run.ts";

Deno.test("progress sends a long text in parts", () => {
  const run = startRun();
  run.give(text("A line of a text.\n".repeat(100_000)));
  run.give(answer(""));
  assertEquals(run.text().split("A line of a text.\n").length, 100_001);
  const longest = Math.max(...run.writes.map((write) => write.length));
  assert(longest < 100_000, `${longest}`);
});

Deno.test("progress wraps only the shown lines of thinking", () => {
  let wrapped = 0;
  const columns = () => {
    wrapped++;
    return 60;
  };
  const run = startRun({ columns });
  wrapped = 0;
  run.give(thinking("A line of a thought.\n".repeat(100_000)));
  const lines = Array<string>(4).fill("┊ A line of a thought.");
  assert(wrapped < 100, `the width was read ${wrapped} times`);
  assertEquals(run.shown(), [...lines, "┊ … +99996 lines"]);
});

Deno.test("progress shows subagents that are nested 5,000 deep", () => {
  for (const live of [false, true]) {
    const run = makeRun({ columns: 80, live });
    const depths = Array.from({ length: 5_000 }, (_, depth) => depth);
    for (const depth of depths) {
      const parent = depth === 0 ? undefined : `t${depth - 1}`;
      run.give(use(`t${depth}`, "Agent", { description: `Level ${depth}` }, parent));
    }
    for (const depth of depths.toReversed()) {
      const parent = depth === 0 ? undefined : `t${depth - 1}`;
      run.give(result(`t${depth}`, `Done ${depth}`, { name: "Agent", ...parentOf(parent) }));
    }
    run.give(exit());
    assertStringIncludes(run.text(), "Level 4999\n");
    assertStringIncludes(run.text(), "✓ Agent Level 0\n");
  }
});

Deno.test("progress names at most eight calls when deep subagents alternate", () => {
  const run = startRun();
  for (const chain of ["a", "b"]) {
    for (let depth = 0; depth < 20; depth++) {
      const parent = depth === 0 ? undefined : `${chain}${depth - 1}`;
      run.give(use(`${chain}${depth}`, "Agent", { description: `${chain}${depth}` }, parent));
    }
  }
  run.give(use("x", "Bash", { command: "ls" }, "a19"));
  const titles = run.shown().filter((line) => line.includes("↳")).map((line) => line.trim());
  assertEquals(titles.length, 8);
  assert(titles[0]?.endsWith("↳ Agent a12"), titles[0]);
  assert(titles[7]?.endsWith("↳ Agent a19"), titles[7]);
});
