import { assertEquals, assertMatch } from "@std/assert";
import { processStarts } from "../../../lib/claude/sessions/process_starts.ts";

/** Higher than any process id of Linux and macOS. */
const NO_PID = 999_999_999;

Deno.test("processStarts returns the start times of running processes only", async () => {
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", "exec sleep 377"],
    stdout: "null",
  }).spawn();
  try {
    const { domain, starts } = (await processStarts([Deno.pid, child.pid, NO_PID]))!;
    assertMatch(domain, Deno.build.os === "linux" ? /^linux:\w*:pid:\[\d+\]$/ : /^linux$/);
    assertEquals([...starts.keys()], [Deno.pid, child.pid]);
    for (const start of starts.values()) {
      assertMatch(start, Deno.build.os === "linux" ? /^\d+$/ : /^\w{3} \w{3} +\d+ [\d:]+ \d{4}$/);
    }
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
  assertEquals((await processStarts([child.pid]))?.starts.size, 0);
});
