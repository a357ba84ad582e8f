import { createRedactor, type Redactor } from "../redact/redactor.ts";
import type { RenderSettings } from "./settings.ts";
import type { Env } from "../util/env.ts";

/** A redactor. It is loaded where one is needed: most runs at a terminal start 2 ms earlier without. */
export function loadRedactor(env: Env): Redactor {
  return createRedactor(env);
}

/** What takes the secrets out of what ccrun says on stderr: where that is a log, which is kept and read by others. */
export function logRedactor(
  { ci, redact }: Pick<RenderSettings, "ci" | "redact">,
  env: Env,
): Redactor | undefined {
  return ci !== "none" && redact ? loadRedactor(env) : undefined;
}
