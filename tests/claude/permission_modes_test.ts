import { assertEquals } from "@std/assert";
import { allowedPermissionModes } from "../../lib/claude/permission_modes.ts";

Deno.test("allowedPermissionModes returns the modes that allow no more than that of the session", () => {
  const base = ["default", "manual", "dontAsk", "plan"];
  const cases = [
    [{}, base],
    [{ permissionMode: "default" }, base],
    [{ permissionMode: "manual" }, base],
    [{ permissionMode: "plan" }, ["plan"]],
    [{ permissionMode: "acceptEdits" }, ["default", "manual", "acceptEdits", "dontAsk", "plan"]],
    [{ permissionMode: "unknown" }, base],
  ] as const;
  for (const [options, modes] of cases) {
    assertEquals([...allowedPermissionModes(options)], [...modes]);
  }
  assertEquals(allowedPermissionModes({ permissionMode: "bypassPermissions" }).length, 7);
  assertEquals(allowedPermissionModes({ dangerouslySkipPermissions: true }).length, 7);
});
