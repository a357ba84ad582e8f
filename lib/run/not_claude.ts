import type { Failure } from "../errors.ts";
import { execCapture } from "../process/exec_capture.ts";
import { isClaudeVersion, VERSION_OPTION } from "../claude/probe.ts";
import { shellQuote } from "../util/shell_quote.ts";
import type { Env } from "../util/env.ts";

/** Options of {@linkcode notClaudeFailure}. */
export interface NotClaudeOptions {
  /** The program that was run. */
  readonly path: string;
  /** Its environment. */
  readonly env: Env;
  /** The directory it ran in. */
  readonly cwd: string;
  /** What it said on stderr, in a line. */
  readonly said: string;
  /** It is not waited for any more when this resolves. */
  readonly until: Promise<unknown>;
}

/** How long a program may take to say its version, in milliseconds. */
const PROBE_LIMIT_MS = 5000;

/** Of a program that has written no message: that it is not Claude Code, unless it says that it is. */
export async function notClaudeFailure(options: NotClaudeOptions): Promise<Failure | undefined> {
  const { path, env, cwd, said, until } = options;
  const { stdout } = await execCapture({
    command: path,
    args: [VERSION_OPTION],
    env,
    cwd,
    limitMs: PROBE_LIMIT_MS,
    signal: until,
  }).catch(() => ({ stdout: "" }));
  if (isClaudeVersion(stdout)) return undefined;
  return {
    kind: "not_executable",
    message: `${path} is not Claude Code, or does not work here: it does not answer ` +
      `${VERSION_OPTION} as Claude Code does${said === "" ? "" : `, and says: ${said}`}`,
    hint: `try it: ${shellQuote(path)} ${VERSION_OPTION}; ` +
      "or name the right one with --claude PATH or CCRUN_CLAUDE",
  };
}
