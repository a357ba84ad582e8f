import { createRedactor, type Redactor } from "../redact/redactor.ts";
import type { Env } from "../util/env.ts";
import type { RenderSettings } from "./settings.ts";

/** Returns a redactor for what goes to stderr in CI, where the log is kept and others read it. */
export function logRedactor(
  { ci, redact }: Pick<RenderSettings, "ci" | "redact">,
  env: Env,
): Redactor | undefined {
  return ci !== "none" && redact ? createRedactor(env) : undefined;
}
