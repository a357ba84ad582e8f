import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  checkDeno,
  checkIsolation,
  checkNesting,
  checkPermissions,
  checkShell,
  checkTools,
} from "../../lib/doctor/checks/machine.ts";
import { makeHost } from "./host.ts";

Deno.test("checkDeno wants 2.6 or later", () => {
  assertEquals(["2.5.9", "2.6.0", "2.10.1", "3.0.0"].map((v) => checkDeno(v).status), [
    "problem",
    "ok",
    "ok",
    "ok",
  ]);
  assertEquals(checkDeno().status, "ok");
});

Deno.test("checkPermissions says what each permission costs that is missing", () => {
  assertEquals(checkPermissions(new Set()).status, "ok");
  const some = checkPermissions(new Set(["run", "write"]));
  assertEquals(some.status, "problem");
  for (const words of ["--allow-run, claude cannot be started", "--allow-write, nothing"]) {
    assertStringIncludes(some.message, words);
  }
  assertEquals(some.message.includes("--allow-read"), false);
  assertStringIncludes(some.hint ?? "", "deno run --no-prompt --allow-run --allow-env");
  // Only doctor listens.
  assertEquals(checkPermissions(new Set(["net"])).status, "warning");
});

Deno.test("checkTools warns of what cannot be ended without a tool that is missing", () => {
  assertEquals(checkTools(makeHost()).status, "ok");
  const source = Deno.build.os === "linux" ? "proc" : "ps";
  for (const name of ["grep", "awk", source]) {
    const { status, message } = checkTools(makeHost({ without: [name] }));
    assertEquals(status, "warning");
    assertStringIncludes(message, `${name} missing: only claude and its process group`);
  }
  const both = checkTools(makeHost({ without: ["grep", "awk"] }));
  assertEquals(both.hint, "install grep, awk");
  const tail = checkTools(makeHost({ without: ["gnu-tail"] }));
  assertEquals(tail.status, "warning");
  assertStringIncludes(tail.message, "the reader of stdout");
  assertStringIncludes(checkTools(makeHost({ hasShell: false })).message, "no /bin/sh");
});

Deno.test("checkShell wants a shell for claude's Bash tool", () => {
  assertEquals(checkShell(makeHost({ without: ["bash"] })).status, "ok");
  const none = checkShell(makeHost({ without: ["bash", "zsh"] }));
  assertEquals([none.status, none.hint], ["warning", "install bash"]);
});

Deno.test("checkIsolation is information, whether it works or not", async () => {
  const none = await checkIsolation({ PATH: "/nonexistent" });
  assertEquals(none.status, "ok");
  assertStringIncludes(none.message, "--isolate does not work here: ");
});

Deno.test("checkNesting tells where it runs", () => {
  assertStringIncludes(checkNesting({ CLAUDECODE: "1" }).message, "another session");
  assertStringIncludes(checkNesting({ CCRUN_RUNS: "00" }).message, "a run of ccrun");
  assertEquals(checkNesting({}).message, "not inside another session");
});
