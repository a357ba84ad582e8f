import { createRedactor, type Redactor } from "../redact/redactor.ts";
import type { Renderer } from "../render/renderer.ts";
import type { Env } from "../util/env.ts";
import type { RenderSettings } from "./render_settings.ts";

/** Creates the redactor of stderr, if that is the log of a CI system, which others can read. */
export function createLogRedactor(
  { ci, redact }: Pick<RenderSettings, "ci" | "redact">,
  env: Env,
): Redactor | undefined {
  return ci !== "none" && redact ? createRedactor(env) : undefined;
}

/** Returns a renderer that receives the events without secrets, and no deltas. */
export function redactEvents(renderer: Renderer, redactor: Redactor | undefined): Renderer {
  if (redactor === undefined) return renderer;
  return {
    event(event) {
      // Two deltas could each have a part of a secret.
      if (event.type === "text_delta" || event.type === "thinking_delta") return;
      renderer.event(redactor.event(event));
    },
  };
}
