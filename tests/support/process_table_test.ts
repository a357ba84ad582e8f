import { assertEquals } from "@std/assert";
import { allSuspended, type ProcessEntry } from "./process_table.ts";

function entry(pid: number, parent: number, state: string): ProcessEntry {
  return { pid, parent, group: 1, state, command: "sleep" };
}

Deno.test("allSuspended requires a process, and accepts a vfork of a suspended child", () => {
  assertEquals(allSuspended([]), false);
  assertEquals(allSuspended([entry(2, 1, "T"), entry(3, 2, "T")]), true);
  assertEquals(allSuspended([entry(2, 1, "T"), entry(3, 2, "S")]), false);
  assertEquals(allSuspended([entry(2, 1, "D"), entry(3, 2, "T")]), true);
  assertEquals(allSuspended([entry(2, 1, "D"), entry(3, 1, "T")]), false);
});
