import { RUN_TOKEN_VARIABLE } from "../../process/run_token.ts";
import type { Env } from "../../util/env.ts";
import { type Finding, ok } from "../finding.ts";

/** Reports whether ccrun was started inside a session of Claude Code, or inside a run of ccrun. */
export function checkNesting(env: Env): Finding {
  if (env[RUN_TOKEN_VARIABLE]) {
    return ok("nesting", "inside a run of ccrun; runs are stopped when that run ends");
  }
  if (env["CLAUDECODE"]) {
    return ok("nesting", "inside a Claude Code session; runs do not inherit its variables");
  }
  return ok("nesting", "not inside another session");
}
