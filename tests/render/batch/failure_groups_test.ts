import { assertEquals } from "@std/assert";
import { FailureGroups } from "../../../lib/render/batch/failure_groups.ts";

Deno.test("FailureGroups puts the most frequent reason first, and keeps the first ids", () => {
  const groups = new FailureGroups();
  const add = (id: string, reason: "api" | "timeout") =>
    groups.add({ id, reason, message: `no answer for ${id}` });
  add("x", "timeout");
  for (const id of ["a", "b", "c", "d", "e"]) add(id, "api");
  add("y", "timeout");
  assertEquals(groups.byCount, [
    { reason: "api", count: 5, ids: ["a", "b", "c"], message: "no answer for a", hint: "" },
    { reason: "timeout", count: 2, ids: ["x", "y"], message: "no answer for x", hint: "" },
  ]);
  assertEquals(new FailureGroups().byCount, []);
});
