/**
 * Which claude there is, and whether it works.
 *
 * @module
 */

import { findClaude } from "../../claude/find.ts";
import {
  isClaudeVersion,
  MEASURED_VERSIONS,
  parseVersion,
  VERSION_OPTION,
  versionAge,
} from "../../claude/version.ts";
import { stderrExcerpt } from "../../claude/failures.ts";
import { formatDuration } from "../../util/duration.ts";
import { CcrunError } from "../../errors.ts";
import { execCapture } from "../../process/exec_capture.ts";
import { type Finding, findingsOf } from "../finding.ts";
import type { Env } from "../../util/env.ts";

/** How a claude is looked for. */
export interface ProgramOptions {
  /** The caller's environment. */
  readonly env: Env;
  /** The directory that relative paths start from. */
  readonly from: string;
  /** The one that is asked for. */
  readonly path?: string | undefined;
  /** How it is asked for. */
  readonly source?: string | undefined;
}

/** A claude, or why there is none. */
export interface FoundProgram {
  readonly path?: string;
  /** The finding about it. */
  readonly finding: Finding;
}

const { ok, problem } = findingsOf("claude");

/** Finds claude as a run would. */
export async function findProgram(options: ProgramOptions): Promise<FoundProgram> {
  const { env, from, path: wanted, source } = options;
  try {
    const path = await findClaude({ path: wanted, source, env, cwd: from });
    const dirs = (env["PATH"] ?? env["Path"] ?? "").split(Deno.build.os === "windows" ? ";" : ":");
    const isInPath = dirs.some((dir) => dir !== "" && path.startsWith(`${dir}/`));
    const how = wanted !== undefined
      ? `which ${source} names`
      : isInPath
      ? "found in PATH"
      : "found where it is installed, for it is not in PATH";
    return { path, finding: ok(`${path}, ${how}`) };
  } catch (error) {
    const { message, hint } = error instanceof CcrunError
      ? error
      : new CcrunError("not_found", "claude cannot be looked for");
    return { finding: problem(message, hint) };
  }
}

/** Options of {@linkcode askVersion}. */
export interface VersionOptions {
  readonly path: string;
  /** The environment that it is started with. */
  readonly env: Env;
  readonly cwd: string;
  /** How long it may take, in milliseconds. @default {10_000} */
  readonly limitMs?: number | undefined;
  /** Ends it before its time. */
  readonly until?: Promise<unknown> | undefined;
}

/** What a program says of its version. */
export interface AskedVersion {
  /** Whether it is Claude Code, and can be run. */
  readonly isClaude: boolean;
  readonly version?: string;
  /** The finding about it. */
  readonly finding: Finding;
}

/** How long it may take to say its version: that takes a second at most on an idle machine. */
const VERSION_LIMIT_MS = 10_000;

const RIGHT_ONE_HINT = "name the right one with --claude PATH or CCRUN_CLAUDE";

/** Asks a claude for its version, which shows whether it is one, and whether it can be run. */
export async function askVersion(options: VersionOptions): Promise<AskedVersion> {
  const { path, limitMs = VERSION_LIMIT_MS, until, ...place } = options;
  const versions = findingsOf("version");
  const unfit = (message: string, hint: string): AskedVersion => ({
    isClaude: false,
    finding: versions.problem(message, hint),
  });
  try {
    const { code, stdout, stderr } = await execCapture({
      ...place,
      command: path,
      args: [VERSION_OPTION],
      limitMs,
      ...(until === undefined ? {} : { signal: until }),
    });
    if (!isClaudeVersion(stdout)) {
      const said = stderrExcerpt(stderr) || stderrExcerpt(stdout);
      const what = code === undefined
        ? `${path} has not said its version within ${formatDuration(limitMs)}`
        : `${path} is not Claude Code, or does not work here: it does not answer ` +
          `${VERSION_OPTION} as Claude Code does`;
      return unfit(said === "" ? what : `${what}, and says: ${said}`, RIGHT_ONE_HINT);
    }
    return aboutVersion(parseVersion(stdout));
  } catch (error) {
    if (!(error instanceof CcrunError)) return unfit(`${path} cannot be started`, RIGHT_ONE_HINT);
    return unfit(error.message, error.hint ?? RIGHT_ONE_HINT);
  }
}

function aboutVersion(version: string | undefined): AskedVersion {
  const { ok, warning } = findingsOf("version");
  const { oldest, newest } = MEASURED_VERSIONS;
  if (version === undefined) {
    return { isClaude: true, finding: warning("Claude Code does not say which version it is") };
  }
  const is = (finding: Finding): AskedVersion => ({ isClaude: true, version, finding });
  switch (versionAge(version)) {
    case "older":
      return is(warning(
        `Claude Code ${version} is older than ${oldest}, the oldest that ccrun was measured with`,
        "update it: claude update, or npm install -g @anthropic-ai/claude-code",
      ));
    case "newer":
      return is(ok(
        `Claude Code ${version}, newer than ${newest}, the newest that ccrun was measured with`,
      ));
    case "measured":
      return is(ok(`Claude Code ${version}`));
  }
}
