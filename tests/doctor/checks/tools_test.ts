import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkTools, toolFindings } from "../../../lib/doctor/checks/tools.ts";

const ALL = ["sh", "grep", "awk", "ps", "/proc", "bash", "zsh", "git"];

function without(...names: readonly string[]) {
  return toolFindings(new Set(ALL.filter((name) => !names.includes(name))));
}

Deno.test("toolFindings warns about each missing tool that cleanup needs", () => {
  assertEquals(without().map(({ status }) => status), ["ok"]);
  const processList = Deno.build.os === "linux" ? "/proc" : "ps";
  for (const name of ["grep", "awk", processList]) {
    const [finding, ...more] = without(name);
    assertEquals([finding?.status, more], ["warning", []]);
    assertStringIncludes(finding?.message ?? "", `${name} not found`);
  }
  assertEquals(without("grep", "awk")[0]?.hint, "install grep, awk");
  assertEquals(without("sh").map(({ status }) => status), ["warning"]);
});

Deno.test("toolFindings warns if claude's Bash tool has no shell", () => {
  assertEquals(without("bash")[0]?.status, "ok");
  assertEquals(without("bash", "zsh")[0]?.hint, "install bash");
});

Deno.test("toolFindings warns about a missing git", () => {
  const [finding, ...more] = without("git");
  assertEquals([finding?.status, finding?.hint, more], ["warning", "install git", []]);
});

Deno.test("checkTools finds the tools of the system without a PATH", async () => {
  if (Deno.build.os === "windows") return;
  const findings = await checkTools({});
  assertEquals(findings.map(({ status }) => status), ["ok"]);
});
