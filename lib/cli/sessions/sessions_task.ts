import type { Options } from "../command_line.ts";
import type { HostInfo } from "../host.ts";
import { createOutputRedactor } from "../redaction.ts";
import { ciSettings } from "../render_settings.ts";
import type { SessionSource } from "./session_source.ts";

/** What the texts of `ccrun sessions` are made from. */
export interface SessionsTask {
  readonly options: Options;
  readonly host: HostInfo;
  readonly source: SessionSource;
  /** Stops the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** Creates a function that removes secrets from what a table shows, if others can read it. */
export async function createRedact(
  { options, host }: SessionsTask,
): Promise<(text: string) => string> {
  const redactor = await createOutputRedactor(ciSettings(options, host), { options }, host);
  return (text) => redactor?.text(text) ?? text;
}
