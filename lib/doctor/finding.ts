/** What a finding is about. */
export type FindingName =
  | "claude"
  | "version"
  | "session"
  | "credential"
  | "api"
  | "settings"
  | "workspace"
  | "permissions"
  | "tools"
  | "nesting"
  | "install";

/** The severity of a finding. Runs work in spite of a warning, and fail because of a problem. */
export type FindingStatus = "ok" | "warning" | "problem";

/** What one check found. */
export interface Finding {
  readonly name: FindingName;
  readonly status: FindingStatus;
  /** What was found. It may contain untrusted text. */
  readonly message: string;
  /** How to fix it, or how to update ccrun. */
  readonly hint?: string;
}

/**
 * Creates a finding that needs no action.
 *
 * @example
 * ```ts
 * import { ok } from "./finding.ts";
 *
 * console.log(ok("version", "Claude Code 2.1.332").status); // ok
 * ```
 */
export function ok(name: FindingName, message: string): Finding {
  return { name, status: "ok", message };
}

/** Creates a finding about something that limits runs, or may surprise. */
export function warning(name: FindingName, message: string, hint?: string): Finding {
  return { name, status: "warning", message, ...(hint === undefined ? {} : { hint }) };
}

/** Creates a finding about something that makes runs fail. */
export function problem(name: FindingName, message: string, hint?: string): Finding {
  return { name, status: "problem", message, ...(hint === undefined ? {} : { hint }) };
}
