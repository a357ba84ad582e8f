import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { MissingClaude } from "../../lib/claude/find.ts";
import { CcrunError } from "../../lib/errors.ts";
import type { Env } from "../../lib/util/env.ts";
import { explainMissingClaude, locateClaude } from "../../lib/run/locate_claude.ts";

Deno.test("explainMissingClaude names what is missing, and what to do about it", () => {
  const path = "~/claude";
  const rows: readonly (readonly [MissingClaude, string, string, string])[] = [
    [{ status: "missing", path }, "not_found", "VAR names ~/claude", "full path"],
    [{ status: "missing", path: "/x" }, "not_found", "VAR names /x", "leave it out"],
    [{ status: "not_in_path", path: "x" }, "not_found", "not in PATH (/bin)", "leave it out"],
    [{ status: "directory", path: "/x" }, "not_executable", "a directory", "name the executable"],
    [{ status: "not_executable", path: "/x" }, "not_executable", "VAR names /x", "chmod +x /x"],
    [{ status: "found_not_executable", path: "/x" }, "not_executable", "/x is not", "chmod +x /x"],
    [{ status: "not_installed", directories: ["/a", "/b"] }, "not_found", "nor in /a, /b", "npm"],
  ];
  for (const [missing, kind, message, hint] of rows) {
    const failure = explainMissingClaude(missing, { PATH: "/bin" }, "VAR");
    assertEquals(failure.kind, kind, missing.status);
    assertStringIncludes(failure.message, message);
    assertStringIncludes(failure.hint ?? "", hint);
  }
});

Deno.test("explainMissingClaude mentions an unknown home directory", () => {
  const missing = { status: "not_installed", directories: ["/a"] } as const;
  const hintOf = (env: Env) => explainMissingClaude(missing, env).hint?.split(",")[0];
  assertEquals(
    hintOf({ HOME: "/home/ada" }),
    "install it with: npm install -g @anthropic-ai/claude-code",
  );
  assertEquals(hintOf({ HOME: "" }), "set HOME");
});

Deno.test("locateClaude returns the path, or throws the explanation", async () => {
  const locate = (claudePath: string) => locateClaude({ claudePath, env: {}, baseDirectory: "/" });
  assertEquals(await locate(Deno.execPath()), Deno.execPath());
  await assertRejects(() => locate("./none"), CcrunError, "--claude names ./none");
});
