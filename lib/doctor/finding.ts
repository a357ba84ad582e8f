/** What a finding is about. Names are only added. */
export type FindingName =
  | "deno"
  | "permissions"
  | "temporary"
  | "tools"
  | "shell"
  | "isolation"
  | "claude"
  | "version"
  | "session"
  | "settings"
  | "credential"
  | "api"
  | "bypass"
  | "home"
  | "workspace"
  | "trust"
  | "git"
  | "nesting";

/** How it is: in order, worth knowing, or a reason for runs to fail. */
export type FindingStatus = "ok" | "warning" | "problem";

/** What the doctor found out about one thing. */
export interface Finding {
  readonly name: FindingName;
  readonly status: FindingStatus;
  /** How it is, in one line. It may have foreign text in it. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Makes findings about one thing. */
export interface Findings {
  ok(message: string): Finding;
  warning(message: string, hint?: string): Finding;
  problem(message: string, hint?: string): Finding;
}

/**
 * Makes findings about one thing.
 *
 * @example
 * ```ts
 * import { findingsOf } from "./finding.ts";
 *
 * console.log(findingsOf("deno").ok("Deno 2.9.6").status); // ok
 * ```
 */
export function findingsOf(name: FindingName): Findings {
  const make = (status: FindingStatus, message: string, hint?: string): Finding => ({
    name,
    status,
    message,
    ...(hint === undefined ? {} : { hint }),
  });
  return {
    ok: (message) => make("ok", message),
    warning: (message, hint) => make("warning", message, hint),
    problem: (message, hint) => make("problem", message, hint),
  };
}
