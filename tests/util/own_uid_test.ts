import { assertEquals } from "@std/assert";
import { ownUid } from "../../lib/util/own_uid.ts";

Deno.test("ownUid returns the id of the user", () => {
  assertEquals(ownUid(), Deno.uid());
});
