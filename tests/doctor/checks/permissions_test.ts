import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkPermissions } from "../../../lib/doctor/checks/permissions.ts";

Deno.test("checkPermissions reports the consequence of each missing permission", () => {
  assertEquals(checkPermissions(new Set()).status, "ok");
  const { status, message, hint } = checkPermissions(new Set(["run", "write"]));
  assertEquals(status, "problem");
  assertEquals(
    message,
    "without --allow-run, claude cannot be started; without --allow-write, no file can be written",
  );
  assertStringIncludes(hint ?? "", "deno run --no-prompt --allow-run --allow-env");
});

Deno.test("checkPermissions warns about net, which only doctor needs", () => {
  assertEquals(checkPermissions(new Set(["net"])).status, "warning");
});
