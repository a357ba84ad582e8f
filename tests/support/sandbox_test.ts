import { assertEquals, assertRejects } from "@std/assert";
import { startProcess } from "./running_process.ts";
import { makeSandbox } from "./sandbox.ts";
import { testWith } from "./test_with.ts";

testWith(
  { commands: ["setsid"] },
  "a sandbox finds processes that outlive claude, names them, and kills them",
  async () => {
    await using sandbox = await makeSandbox();
    const script = "setsid sleep 77 >/dev/null 2>&1 & exit 0";
    await using process = startProcess(["/bin/sh", "-c", script], { sandbox });
    await process.finished;
    assertEquals((await sandbox.processes()).length, 1);
    await assertRejects(() => sandbox.assertNothingLeft(0), Error, "sleep 77");
    await sandbox[Symbol.asyncDispose]();
    assertEquals(await sandbox.processes(), []);
  },
);
