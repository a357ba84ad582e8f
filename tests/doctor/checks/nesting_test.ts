import { assertStringIncludes } from "@std/assert";
import { checkNesting } from "../../../lib/doctor/checks/nesting.ts";
import { RUN_TOKEN_VARIABLE } from "../../../lib/process/run_token.ts";

Deno.test("checkNesting reports the session or run that it was started in", () => {
  assertStringIncludes(checkNesting({ CLAUDECODE: "1" }).message, "inside a Claude Code session");
  assertStringIncludes(
    checkNesting({ CLAUDECODE: "1", [RUN_TOKEN_VARIABLE]: "00" }).message,
    "inside a run of ccrun",
  );
  assertStringIncludes(checkNesting({}).message, "not inside");
});
