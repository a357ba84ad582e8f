import { outputExcerpt } from "../claude/failures.ts";
import { isClaudeVersion, parseVersion, VERSION_OPTION } from "../claude/version.ts";
import type { Failure } from "../errors.ts";
import { execCapture } from "../process/exec_capture.ts";
import type { Env } from "../util/env.ts";
import { shellQuote } from "../util/shell_quote.ts";
import { withNodeInPath } from "./node_path.ts";

/** Options for {@linkcode readVersion}. */
export interface ReadVersionOptions {
  readonly path: string;
  readonly env: Env;
  readonly cwd: string;
  /** How long the program may take, in milliseconds. @default {10_000} */
  readonly timeoutMs?: number | undefined;
  /** Stops the program when it resolves. */
  readonly aborted?: Promise<unknown> | undefined;
}

/** What a program printed about its version. */
export interface VersionOutput {
  readonly isClaude: boolean;
  readonly version: string | undefined;
  /** The end of what the program wrote, on one line. */
  readonly output: string;
  /** Whether the program was stopped before it exited. */
  readonly isStopped: boolean;
}

/** claude prints its version within a second on an idle machine. */
export const VERSION_TIMEOUT_MS = 10_000;

/**
 * Runs a program with `--version`, which shows whether it is Claude Code.
 *
 * @throws {CcrunError} `not_executable` if the OS cannot start it
 */
export async function readVersion(options: ReadVersionOptions): Promise<VersionOutput> {
  const { path, env, cwd, timeoutMs = VERSION_TIMEOUT_MS, aborted } = options;
  const { code, stdout, stderr } = await execCapture({
    command: path,
    args: [VERSION_OPTION],
    env: await withNodeInPath(env, path),
    cwd,
    limitMs: timeoutMs,
    aborted,
  });
  return {
    isClaude: isClaudeVersion(stdout),
    version: parseVersion(stdout),
    output: outputExcerpt(stderr) || outputExcerpt(stdout),
    isStopped: code === undefined,
  };
}

/** Options for {@linkcode verifyClaude}. */
export interface VerifyClaudeOptions extends ReadVersionOptions {
  /** What the program wrote on stderr, on one line. */
  readonly stderr: string;
}

/** Returns a failure unless a program that wrote no message is Claude Code. */
export async function verifyClaude(options: VerifyClaudeOptions): Promise<Failure | undefined> {
  const { path, env, stderr } = options;
  const { isClaude } = await readVersion(options).catch(() => ({ isClaude: false }));
  return isClaude ? undefined : notClaudeFailure(path, stderr, env);
}

/** What `env` and shells write if a script needs Node.js, which is not in PATH. */
const MISSING_NODE = /(?<![\w-])node\S?: (?:No such file or directory|(?:command )?not found)/;

/**
 * Returns the failure of a program that is not Claude Code.
 *
 * @param output what the program wrote, on one line
 * @param env the environment of the program
 */
export function notClaudeFailure(path: string, output: string, env: Env): Failure {
  if (MISSING_NODE.test(output)) {
    const searched = `PATH (${env["PATH"] ?? "not set"})`;
    return {
      kind: "not_executable",
      message: `cannot run ${path}: it needs node, which is not in ${searched}`,
      hint: "add the directory of node to PATH, or install Node.js: https://nodejs.org",
    };
  }
  const details = output === "" ? "" : `: ${output}`;
  return {
    kind: "not_executable",
    message:
      `${path} is not Claude Code, or does not work here: unexpected output of ${VERSION_OPTION}${details}`,
    hint: `run it to see what is wrong: ${shellQuote(path)} ${VERSION_OPTION}; ` +
      "or choose another one with --claude PATH or CCRUN_CLAUDE",
  };
}
