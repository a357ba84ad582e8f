import { assertEquals } from "@std/assert";
import { judge, table, withoutRow } from "./rows.ts";

const GOALS = { speed: { atLeast: 0.85 }, size: { under: 120 } } as const;

Deno.test("judge meets a goal at its least value, and below its limit only", () => {
  const judged = (name: string, value: number) =>
    judge([{ name, value, unit: "" }], GOALS)[0]?.isMet;
  assertEquals([0.84, 0.85, 9].map((value) => judged("speed", value)), [false, true, true]);
  assertEquals([119.9, 120].map((value) => judged("size", value)), [true, false]);
  assertEquals(judged("something else", 1), undefined);
});

Deno.test("judge meets no goal with what is not a number", () => {
  const rows = ["speed", "size"].map((name) => ({ name, value: NaN, unit: "" }));
  assertEquals(judge(rows, GOALS).map(({ isMet }) => isMet), [false, false]);
});

Deno.test("withoutRow names the goals that nothing was measured for", () => {
  assertEquals(withoutRow([{ name: "size", value: 1, unit: "MB" }], GOALS), ["speed"]);
});

Deno.test("table shows each figure beside its goal, and counts the goals", () => {
  const rows = judge([
    { name: "cat", value: 1234.5, unit: "MB/s" },
    { name: "speed", value: 0.9, unit: "×", beside: "floor" },
    { name: "size", value: 125, unit: "MB" },
  ], GOALS);
  assertEquals(
    table(rows),
    `what   value  unit  beside  goal
cat    1,235  MB/s
speed   0.90  ×     floor   at least 0.85  met
size     125  MB            under 120      NOT MET

1 of 2 goals met`,
  );
  assertEquals(table(rows.slice(0, 1)), "what  value  unit  beside  goal\ncat   1,235  MB/s");
});
