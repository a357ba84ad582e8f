import { describeNotClaude, isClaudeVersion, VERSION_OPTION } from "../claude/version.ts";
import type { Failure } from "../errors.ts";
import { execCapture } from "../process/exec_capture.ts";
import type { Env } from "../util/env.ts";
import { shellQuote } from "../util/shell_quote.ts";
import { notClaudeHint } from "./hints.ts";

/** Options for {@linkcode notClaudeFailure}. */
export interface NotClaudeOptions {
  /** The program that wrote no message. */
  readonly path: string;
  readonly env: Env;
  readonly cwd: string;
  /** What the program wrote on stderr, on one line. */
  readonly stderr: string;
  /** Cancels the check when it resolves. */
  readonly aborted: Promise<unknown>;
}

/** How long a program may take to print its version, in milliseconds. */
const VERSION_TIMEOUT_MS = 5000;

/** Runs `--version` to find out whether a program is Claude Code; returns the failure if it is not. */
export async function notClaudeFailure(options: NotClaudeOptions): Promise<Failure | undefined> {
  const { path, env, cwd, stderr, aborted } = options;
  const { stdout } = await execCapture({
    command: path,
    args: [VERSION_OPTION],
    env,
    cwd,
    limitMs: VERSION_TIMEOUT_MS,
    signal: aborted,
  }).catch(() => ({ stdout: "" }));
  if (isClaudeVersion(stdout)) return undefined;
  return {
    kind: "not_executable",
    message: describeNotClaude(path, stderr),
    hint: notClaudeHint(shellQuote(path)),
  };
}
