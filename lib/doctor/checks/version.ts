import { stderrExcerpt } from "../../claude/failures.ts";
import {
  isClaudeVersion,
  MEASURED_VERSIONS,
  parseVersion,
  VERSION_OPTION,
  versionAge,
} from "../../claude/version.ts";
import { CcrunError } from "../../errors.ts";
import { execCapture } from "../../process/exec_capture.ts";
import { formatDuration } from "../../util/duration.ts";
import type { Env } from "../../util/env.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";

/** Options for {@linkcode checkVersion}. */
export interface CheckVersionOptions {
  /** The executable of Claude Code. */
  readonly path: string;
  readonly env: Env;
  readonly cwd: string;
  /** How long the program may take, in milliseconds. @default {10_000} */
  readonly timeoutMs?: number | undefined;
  /** Stops the program when it resolves. */
  readonly aborted?: Promise<void> | undefined;
}

/** What a program printed about its version, and the finding about it. */
export interface CheckedVersion {
  /** Whether the program is Claude Code and can be run. */
  readonly isClaude: boolean;
  readonly version?: string;
  readonly finding: Finding;
}

/** claude prints its version within a second on an idle machine. */
const TIMEOUT_MS = 10_000;

const OTHER_PROGRAM_HINT = "name Claude Code with --claude PATH or CCRUN_CLAUDE";

/** Runs `claude --version`, which shows whether the program is Claude Code and can be started. */
export async function checkVersion(options: CheckVersionOptions): Promise<CheckedVersion> {
  const { path, timeoutMs = TIMEOUT_MS, aborted } = options;
  const failed = (message: string, hint = OTHER_PROGRAM_HINT): CheckedVersion => ({
    isClaude: false,
    finding: problem("version", message, hint),
  });
  try {
    const { code, stdout, stderr } = await execCapture({
      command: path,
      args: [VERSION_OPTION],
      env: options.env,
      cwd: options.cwd,
      limitMs: timeoutMs,
      ...(aborted === undefined ? {} : { signal: aborted }),
    });
    if (isClaudeVersion(stdout)) return checkedVersion(parseVersion(stdout));
    const output = stderrExcerpt(stderr) || stderrExcerpt(stdout);
    const reason = code === undefined
      ? `no answer to ${VERSION_OPTION} within ${formatDuration(timeoutMs)}`
      : `${path} is not Claude Code, or is broken`;
    return failed(`cannot get the version of claude: ${reason}${output && `; output: ${output}`}`);
  } catch (error) {
    if (!(error instanceof CcrunError)) throw error;
    return failed(error.message, error.hint);
  }
}

function checkedVersion(version: string | undefined): CheckedVersion {
  const { oldest, newest } = MEASURED_VERSIONS;
  if (version === undefined) {
    return { isClaude: true, finding: warning("version", "Claude Code of an unknown version") };
  }
  const name = `Claude Code ${version}`;
  const findings = {
    older: warning(
      "version",
      `${name} is older than ${oldest}, the oldest version that ccrun supports`,
      "update it: claude update, or npm install -g @anthropic-ai/claude-code",
    ),
    measured: ok("version", name),
    newer: ok("version", `${name}, newer than ${newest}, the newest version ccrun was tested with`),
  };
  return { isClaude: true, version, finding: findings[versionAge(version)] };
}
