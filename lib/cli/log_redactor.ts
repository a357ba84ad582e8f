import { makeRedactor, type Redactor } from "../redact.ts";
import type { ShowSettings } from "./settings.ts";

/** What takes the secrets out of what ccrun says on stderr: where that is a log, which is kept and read by others. */
export function logRedactor(
  { ci, redact }: Pick<ShowSettings, "ci" | "redact">,
  env: { readonly [name: string]: string },
): Redactor | undefined {
  return ci !== "none" && redact ? makeRedactor(env) : undefined;
}
