import { assert, assertEquals } from "@std/assert";
import { leftoverNotices } from "../../lib/run/leftover_notices.ts";
import type { LeftoverProcess } from "../../lib/process/guardian.ts";

function left(pid: number, command: string, isRunning = false): LeftoverProcess {
  return { pid, command, isRunning };
}

Deno.test("leftoverNotices yields nothing without leftover processes", () => {
  assertEquals([...leftoverNotices([], false)], []);
  assertEquals([...leftoverNotices([], true)], []);
});

Deno.test("leftoverNotices reports the stopped processes", () => {
  const processes = [left(41, "sleep 600"), left(42, "node server.js")];
  assertEquals([...leftoverNotices(processes, false)], [{
    type: "notice",
    level: "info",
    kind: "left_behind",
    text: "stopped leftover processes: sleep 600 (pid 41), node server.js (pid 42)",
    data: {
      processes: [{ pid: 41, command: "sleep 600" }, { pid: 42, command: "node server.js" }],
    },
  }]);
});

Deno.test("leftoverNotices reports the processes that are kept", () => {
  assertEquals([...leftoverNotices([left(41, "sleep 600", true)], true)], [{
    type: "notice",
    level: "info",
    kind: "left_behind",
    text: "kept a leftover process: sleep 600 (pid 41)",
    data: { processes: [{ pid: 41, command: "sleep 600" }] },
  }]);
});

Deno.test("leftoverNotices warns about processes that could not be stopped", () => {
  const notices = [...leftoverNotices([left(41, "dd", true), left(42, "sleep 600")], false)];
  assertEquals(notices.map(({ level, text }) => [level, text]), [
    ["info", "stopped a leftover process: sleep 600 (pid 42)"],
    ["warning", "could not stop a leftover process: dd (pid 41)"],
  ]);
  assertEquals(notices.map(({ data }) => data), [
    { processes: [{ pid: 42, command: "sleep 600" }] },
    { processes: [{ pid: 41, command: "dd" }] },
  ]);
});

Deno.test("leftoverNotices names ten processes and counts the rest", () => {
  const processes = Array.from({ length: 13 }, (_, at) => left(100 + at, `tool ${at}`));
  const [notice] = leftoverNotices(processes, false);
  assert(notice?.text.endsWith("tool 9 (pid 109), and 3 more"), notice?.text);
  assertEquals(JSON.stringify(notice).match(/"pid":/g)?.length, 13);
  const [ten] = leftoverNotices(processes.slice(0, 10), false);
  assert(ten?.text.endsWith("tool 9 (pid 109)"), ten?.text);
});

Deno.test("leftoverNotices truncates a command to one short line", () => {
  const [notice] = leftoverNotices([left(41, `sh -c\n  a\r\n\n  b ${"x".repeat(500)}`)], false);
  assertEquals(
    notice?.text,
    `stopped a leftover process: sh -c a b ${"x".repeat(70)}... (pid 41)`,
  );
});

Deno.test("leftoverNotices keeps characters whole", () => {
  const [notice] = leftoverNotices([left(41, `${"x".repeat(79)}😀😀`)], false);
  assert(notice?.text.isWellFormed(), notice?.text);
});

Deno.test("leftoverNotices shows the pid of a process without a command line", () => {
  const [notice] = leftoverNotices([left(41, "")], false);
  assertEquals(notice?.text, "stopped a leftover process: pid 41");
});
