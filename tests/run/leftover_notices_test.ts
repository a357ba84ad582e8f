import { assert, assertEquals } from "@std/assert";
import type { LeftoverProcess } from "../../lib/process/guardian.ts";
import { leftoverNotices } from "../../lib/run/leftover_notices.ts";

function leftover(pid: number, command: string, isRunning = false): LeftoverProcess {
  return { pid, command, isRunning };
}

Deno.test("leftoverNotices names the processes that were stopped, kept, or not stopped", () => {
  const [sleep, server] = [leftover(41, "sleep 600"), leftover(42, "node server.js")];
  const running = leftover(43, "dd", true);
  const rows: readonly [
    leftovers: readonly LeftoverProcess[],
    keep: boolean,
    notices: [level: string, text: string][],
  ][] = [
    [[], false, []],
    [[], true, []],
    [[sleep, server], false, [
      ["info", "stopped leftover processes: sleep 600 (pid 41), node server.js (pid 42)"],
    ]],
    [[running], true, [["info", "kept a leftover process: dd (pid 43)"]]],
    [[running, sleep], false, [
      ["info", "stopped a leftover process: sleep 600 (pid 41)"],
      ["warning", "could not stop a leftover process: dd (pid 43)"],
    ]],
    // A process can clear its command line.
    [[leftover(41, "")], false, [["info", "stopped a leftover process: pid 41"]]],
  ];
  for (const [leftovers, keep, notices] of rows) {
    const yielded = [...leftoverNotices(leftovers, keep)];
    assertEquals(yielded.map(({ level, text }) => [level, text]), notices);
    assertEquals(yielded.every(({ kind }) => kind === "left_behind"), true);
  }
});

Deno.test("leftoverNotices names ten processes, counts the rest, and lists all as data", () => {
  const processes = Array.from(
    { length: 13 },
    (_, index) => leftover(100 + index, `tool ${index}`),
  );
  const [notice] = leftoverNotices(processes, false);
  assert(notice?.text.endsWith("tool 9 (pid 109), and 3 more"), notice?.text);
  const listed = processes.map(({ pid, command }) => ({ pid, command }));
  assertEquals(notice?.data, { processes: listed });
  const [ten] = leftoverNotices(processes.slice(0, 10), false);
  assert(ten?.text.endsWith("tool 9 (pid 109)"), ten?.text);
});

Deno.test("leftoverNotices shows a command on one short line", () => {
  const textOf = (command: string) => [...leftoverNotices([leftover(41, command)], false)][0]?.text;
  assertEquals(
    textOf(`sh -c\n  a\r\n\n  b ${"x".repeat(500)}`),
    `stopped a leftover process: sh -c a b ${"x".repeat(70)}... (pid 41)`,
  );
  assert(textOf(`${"x".repeat(79)}😀😀`)?.isWellFormed());
});
