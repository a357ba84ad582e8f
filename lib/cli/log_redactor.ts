import type { Redactor } from "../redact/redactor.ts";
import type { RenderSettings } from "./settings.ts";
import type { Env } from "../util/env.ts";

/** A redactor. It is loaded where one is needed: most runs at a terminal start 2 ms earlier without. */
export async function loadRedactor(env: Env): Promise<Redactor> {
  const { createRedactor } = await import("../redact/redactor.ts");
  return createRedactor(env);
}

/** What takes the secrets out of what ccrun says on stderr: where that is a log, which is kept and read by others. */
export async function logRedactor(
  { ci, redact }: Pick<RenderSettings, "ci" | "redact">,
  env: Env,
): Promise<Redactor | undefined> {
  return ci !== "none" && redact ? await loadRedactor(env) : undefined;
}
