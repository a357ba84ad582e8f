import { TESTED_VERSIONS, VERSION_OPTION, versionAge } from "../../claude/version.ts";
import { CcrunError, type Failure } from "../../errors.ts";
import {
  notClaudeFailure,
  readVersion,
  type ReadVersionOptions,
  VERSION_TIMEOUT_MS,
} from "../../run/claude_version.ts";
import { formatDuration } from "../../util/duration.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";

/** What a program printed about its version, and the finding about it. */
export interface CheckedVersion {
  /** Whether the program is Claude Code and can be run. */
  readonly isClaude: boolean;
  readonly version?: string;
  readonly finding: Finding;
}

const OTHER_PROGRAM_HINT = "name Claude Code with --claude PATH or CCRUN_CLAUDE";

/** Runs `claude --version`, which shows whether the program is Claude Code and can be started. */
export async function checkVersion(options: ReadVersionOptions): Promise<CheckedVersion> {
  const { path, timeoutMs = VERSION_TIMEOUT_MS } = options;
  try {
    const { isClaude, version, output, isStopped } = await readVersion(options);
    if (isClaude) return checkedVersion(version);
    if (isStopped) {
      const reason = `no answer to ${VERSION_OPTION} within ${formatDuration(timeoutMs)}`;
      const details = output && `; output: ${output}`;
      return failed({ message: `cannot get the version of claude: ${reason}${details}` });
    }
    return failed(notClaudeFailure(path, output, options.env));
  } catch (error) {
    if (!(error instanceof CcrunError)) throw error;
    return failed(error);
  }
}

function failed({ message, hint }: Pick<Failure, "message" | "hint">): CheckedVersion {
  return { isClaude: false, finding: problem("version", message, hint ?? OTHER_PROGRAM_HINT) };
}

function checkedVersion(version: string | undefined): CheckedVersion {
  const { oldest, newest } = TESTED_VERSIONS;
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
    tested: ok("version", name),
    newer: ok("version", `${name}, newer than ${newest}, the newest version ccrun was tested with`),
  };
  return { isClaude: true, version, finding: findings[versionAge(version)] };
}
