import { assert, assertEquals } from "@std/assert";
import { leftoverNotices } from "../../lib/run/leftover_notices.ts";
import type { LeftoverProcess } from "../../lib/process/child.ts";

function left(pid: number, command: string, stays = false): LeftoverProcess {
  return { pid, command, stays };
}

Deno.test("leftoverNotices says nothing where nothing was left", () => {
  assertEquals([...leftoverNotices([], false)], []);
  assertEquals([...leftoverNotices([], true)], []);
});

Deno.test("leftoverNotices names what has been ended, for information", () => {
  const processes = [left(41, "sleep 600"), left(42, "node server.js")];
  assertEquals([...leftoverNotices(processes, false)], [{
    type: "notice",
    level: "info",
    kind: "left_behind",
    text: "ended what the run had left behind: sleep 600 (process 41), node server.js (process 42)",
    data: {
      processes: [{ pid: 41, command: "sleep 600" }, { pid: 42, command: "node server.js" }],
    },
  }]);
});

Deno.test("leftoverNotices names what is kept, for information", () => {
  assertEquals([...leftoverNotices([left(41, "sleep 600", true)], true)], [{
    type: "notice",
    level: "info",
    kind: "left_behind",
    text: "left running: sleep 600 (process 41)",
    data: { processes: [{ pid: 41, command: "sleep 600" }] },
  }]);
});

Deno.test("leftoverNotices warns of what could not be ended, apart from what was", () => {
  const notices = [...leftoverNotices([left(41, "dd", true), left(42, "sleep 600")], false)];
  assertEquals(notices.map(({ level, text }) => [level, text]), [
    ["info", "ended what the run had left behind: sleep 600 (process 42)"],
    ["warning", "could not end what the run has left behind: dd (process 41)"],
  ]);
  assertEquals(notices.map(({ data }) => data), [
    { processes: [{ pid: 42, command: "sleep 600" }] },
    { processes: [{ pid: 41, command: "dd" }] },
  ]);
});

Deno.test("leftoverNotices names ten and counts the others, which are all in its data", () => {
  const processes = Array.from({ length: 13 }, (_, at) => left(100 + at, `tool ${at}`));
  const [notice] = leftoverNotices(processes, false);
  assert(notice?.text.endsWith("tool 9 (process 109), and 3 more"), notice?.text);
  assertEquals(JSON.stringify(notice).match(/"pid":/g)?.length, 13);
  const [ten] = leftoverNotices(processes.slice(0, 10), false);
  assert(ten?.text.endsWith("tool 9 (process 109)"), ten?.text);
});

Deno.test("leftoverNotices says a command in one line of bounded length", () => {
  const [notice] = leftoverNotices([left(41, `sh -c\n  a\r\n\n  b ${"x".repeat(500)}`)], false);
  assertEquals(
    notice?.text,
    `ended what the run had left behind: sh -c a b ${"x".repeat(70)}... (process 41)`,
  );
});

Deno.test("leftoverNotices cuts no character in two", () => {
  const [notice] = leftoverNotices([left(41, `${"x".repeat(79)}😀😀`)], false);
  assert(notice?.text.isWellFormed(), notice?.text);
});

Deno.test("leftoverNotices tells the number of what has no command line", () => {
  const [notice] = leftoverNotices([left(41, "")], false);
  assertEquals(notice?.text, "ended what the run had left behind: process 41");
});
