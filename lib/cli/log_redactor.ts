import { createRedactor, type Redactor } from "../redact/redactor.ts";
import type { Env } from "../util/env.ts";
import type { RenderSettings } from "./settings.ts";

/** Creates the redactor of stderr, if that is the log of a CI system, which others can read. */
export function logRedactor(
  { ci, redact }: Pick<RenderSettings, "ci" | "redact">,
  env: Env,
): Redactor | undefined {
  return ci !== "none" && redact ? createRedactor(env) : undefined;
}
