import { findClaude } from "../../claude/find.ts";
import { CcrunError } from "../../errors.ts";
import type { Env } from "../../util/env.ts";
import { type Finding, ok, problem } from "../finding.ts";

/** Options for {@linkcode checkClaude}. */
export interface CheckClaudeOptions {
  readonly env: Env;
  /** The directory that relative paths start from. */
  readonly from: string;
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
  const { env, from, path: wanted, source } = options;
  try {
    const path = await findClaude({ path: wanted, source, env, cwd: from });
    const how = wanted !== undefined
      ? `given by ${source}`
      : isInPath(path, env)
      ? "found in PATH"
      : "found where installers put it, not in PATH";
    return { path, finding: ok("claude", `${path}, ${how}`) };
  } catch (error) {
    if (!(error instanceof CcrunError)) throw error;
    return { finding: problem("claude", error.message, error.hint) };
  }
}

function isInPath(path: string, env: Env): boolean {
  const separator = Deno.build.os === "windows" ? ";" : ":";
  const directories = (env["PATH"] ?? env["Path"] ?? "").split(separator);
  return directories.some((directory) => directory !== "" && path.startsWith(`${directory}/`));
}
