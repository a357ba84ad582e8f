import { assertEquals, assertInstanceOf } from "@std/assert";
import { asFailure, CcrunError } from "../lib/errors.ts";

Deno.test("CcrunError has a kind, a message, a hint and an exit code", () => {
  const cause = new Error("inside");
  const error = new CcrunError("not_found", "no claude", "install it", { cause });
  assertInstanceOf(error, Error);
  const { name, kind, message, hint, exitCode } = error;
  assertEquals([name, kind, message, hint, exitCode, error.cause], [
    "CcrunError",
    "not_found",
    "no claude",
    "install it",
    127,
    cause,
  ]);
  assertEquals(new CcrunError("usage", "no").hint, undefined);
});

Deno.test("asFailure calls a missing permission a usage error, and names the flag", () => {
  const rows = [
    [
      "Requires env access, run again with the --allow-env flag",
      "env access",
      "run Deno with --allow-env",
    ],
    [
      "Requires --allow-run permissions to spawn subprocess with LD_PRELOAD environment variable.",
      "--allow-run permissions to spawn subprocess with LD_PRELOAD environment variable.",
      "run Deno with --allow-run",
    ],
    ["not allowed", "not allowed", "run Deno with --allow-all"],
  ] as const;
  for (const [text, permission, hint] of rows) {
    const message = `cannot continue: Deno denies ${permission}`;
    assertEquals(asFailure(new Deno.errors.NotCapable(text)), { kind: "usage", message, hint });
  }
});

Deno.test("asFailure keeps a CcrunError and calls everything else an internal error", () => {
  const error = new CcrunError("usage", "no");
  assertEquals(asFailure(error), error);
  for (const thrown of [new TypeError("x is not a function"), "x is not a function"]) {
    const { kind, message } = asFailure(thrown);
    assertEquals([kind, message.endsWith("x is not a function")], ["internal", true]);
  }
});
