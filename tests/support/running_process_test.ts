import { assertRejects } from "@std/assert";
import { startProcess } from "./running_process.ts";
import { makeSandbox } from "./sandbox.ts";

Deno.test("a process that does not exit is killed, and the failure shows its output", async () => {
  await using sandbox = await makeSandbox();
  await using process = startProcess(["/bin/sh", "-c", "echo waiting; exec sleep 77"], {
    sandbox,
    limitMs: 3000,
  });
  await assertRejects(
    () => process.finished,
    Error,
    "did not exit within 3000 ms\nstdout:\nwaiting",
  );
  await sandbox.assertNothingLeft();
});
