import { findClaude } from "../../claude/find.ts";
import { explainMissingClaude, withHome } from "../../run/locate_claude.ts";
import type { Env } from "../../util/env.ts";
import { type Finding, ok, problem } from "../finding.ts";

/** Options for {@linkcode checkClaude}. */
export interface CheckClaudeOptions {
  readonly env: Env;
  /** The directory that relative paths start from. */
  readonly baseDirectory: string;
  /** The path or name that the user gave. */
  readonly path?: string | undefined;
  /** The option or variable that the user gave it with. */
  readonly source?: string | undefined;
}

/** Where claude is, and the finding about it. */
export interface CheckedClaude {
  readonly path?: string;
  readonly finding: Finding;
}

/** Finds claude in the same way as a run. */
export async function checkClaude(options: CheckClaudeOptions): Promise<CheckedClaude> {
  const { baseDirectory, path, source } = options;
  const env = await withHome(options.env);
  const claude = await findClaude({ path, env, baseDirectory });
  if (claude.status !== "found") {
    const { message, hint } = explainMissingClaude(claude, env, source);
    return { finding: problem("claude", message, hint) };
  }
  const origins = {
    given: `given by ${source}`,
    path: "found in PATH",
    install_directory: "found where installers put it, not in PATH",
  };
  return { path: claude.path, finding: ok("claude", `${claude.path}, ${origins[claude.origin]}`) };
}
