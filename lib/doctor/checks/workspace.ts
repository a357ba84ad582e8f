/**
 * What a run finds where it works: the workspace, the settings, and what they allow.
 *
 * @module
 */

import type { ConfigFile, ConfigFiles, Variable } from "./config_files.ts";
import { shellQuote } from "../../util/shell_quote.ts";
import { getObject } from "../../claude/json_fields.ts";
import { isTrusted, trustedFolderOf, untrustedSettings } from "./workspace_trust.ts";
import { compareVersions } from "../../claude/version.ts";
import { canEnterDirectory } from "../../util/file_errors.ts";
import { execCapture } from "../../process/exec_capture.ts";
import { type Finding, findingsOf } from "../finding.ts";
import type { Host } from "./host.ts";
import type { Env } from "../../util/env.ts";

/** Whether the workspace is there, may be entered, read, and written. */
export async function checkWorkspace(
  cwd: string,
  host: Pick<Host, "mayWrite" | "mayRead">,
): Promise<Finding> {
  const { ok, warning, problem } = findingsOf("workspace");
  if (!await canEnterDirectory(cwd)) {
    return problem(`${cwd} may not be entered`, `see who may: ls -ld ${shellQuote(cwd)}`);
  }
  try {
    if (!(await Deno.stat(cwd)).isDirectory) {
      return problem(`${cwd} is not a directory`, "name another one with --cwd DIR");
    }
  } catch (error) {
    return error instanceof Deno.errors.NotCapable
      ? warning(`${cwd}: Deno may not look at it`)
      : problem(`${cwd} does not exist`, "name another one with --cwd DIR");
  }
  const why = `see why: ls -ld ${shellQuote(cwd)}; findmnt -T ${shellQuote(cwd)}`;
  if (host.mayRead(cwd) === false) {
    return warning(`${cwd} cannot be read: claude finds there only what it knows by name`, why);
  }
  switch (host.mayWrite(cwd)) {
    case true:
      return ok(`${cwd} can be written`);
    case false:
      return warning(`${cwd} cannot be written: claude can read there, and change nothing`, why);
    case undefined:
      return ok(`${cwd} is there; whether it can be written is not known`);
  }
}

/** How long git may take. On a huge repository it takes seconds. */
const GIT_LIMIT_MS = 5000;

/** Options of {@linkcode checkGit}. */
export interface GitOptions {
  readonly cwd: string;
  readonly env: Env;
  readonly host: Pick<Host, "has">;
  /** Ends it before its time. */
  readonly until?: Promise<unknown> | undefined;
}

/** Whether what claude changes can be seen and undone by git. */
export async function checkGit(options: GitOptions): Promise<Finding> {
  const { cwd, env, host, until } = options;
  const { ok, warning } = findingsOf("git");
  if (!host.has("git")) return ok("there is no git");
  // A repository's own settings can name programs that git runs at every look.
  const args = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];
  const { code, stdout, stderr } = await execCapture({
    command: "git",
    args: [...args, "status", "--porcelain"],
    env: { ...env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
    cwd,
    limitMs: GIT_LIMIT_MS,
    ...(until === undefined ? {} : { signal: until }),
  });
  if (code === undefined) return ok("git takes long to look at this repository");
  if (code === 0) {
    const count = stdout.split("\n").length - 1;
    return ok(
      count === 0
        ? "a git repository, everything committed"
        : `a git repository; not committed: ${count} ${count === 1 ? "file" : "files"}`,
    );
  }
  if (stderr.includes("dubious ownership")) {
    const folder = await trustedFolderOf(cwd);
    return warning(
      `git refuses to work in ${folder}, which belongs to somebody else; claude's git commands fail`,
      `allow it: git config --global --add safe.directory ${shellQuote(folder)}`,
    );
  }
  return stderr.includes("not a git repository")
    ? ok("not a git repository: what claude changes cannot be undone with git")
    : warning("git fails here", `see why: git -C ${shellQuote(cwd)} status`);
}

/** Whether claude trusts the workspace. */
export async function checkTrust(cwd: string, files: ConfigFiles): Promise<Finding> {
  const { ok, warning } = findingsOf("trust");
  const folder = await trustedFolderOf(cwd);
  if (isTrusted(files, folder)) return ok(`claude trusts ${folder}`);
  const ignored = untrustedSettings(files);
  return ignored.length === 0
    ? ok(`claude does not trust ${folder} yet, and there is nothing that it would ignore for that`)
    : warning(
      `claude does not trust ${folder} yet, and ignores ${ignored.join(", and ")}`,
      `start claude there once and accept its question; or give --allowed-tools and --add-dir`,
    );
}

/** This version begins anew where what it remembers is an empty file; the one before that was measured does not start. */
const STARTS_WITH_EMPTY_STATE = "2.1.330";

/** The same for settings of an administrator that are no JSON object: with those it does not start. */
const WANTS_MANAGED_SETTINGS = "2.1.330";

/**
 * The files of settings. Runs fail only with a few of the faults that they can have: measured on
 * 2.0.25, 2.1.197 and 2.1.330.
 *
 * @param version claude's, where it is known
 */
export function checkSettings(files: ConfigFiles, version?: string): Finding[] {
  const { ok, warning, problem } = findingsOf("settings");
  const { state, login, mcp, settings } = files;
  const isAtLeast = (wanted: string) =>
    version !== undefined && compareVersions(version, wanted) >= 0;
  const found: Finding[] = [];
  const add = ({ path }: ConfigFile, fault: string, isFatal: boolean, cost: string) => {
    const say = isFatal ? problem : warning;
    found.push(say(`${path} ${fault}; ${cost}`, "mend it, or move it away"));
  };
  for (const file of [...settings, login, mcp]) {
    if (file?.fault === undefined) continue;
    const isManaged = settings.some((other) => other === file && other.scope === "managed");
    const isFatal = isManaged && file.faultKind !== "unreadable" &&
      isAtLeast(WANTS_MANAGED_SETTINGS);
    add(file, file.fault, isFatal, isFatal ? NO_START : "claude ignores it");
  }
  if (state?.fault !== undefined) {
    const isFatal = state.faultKind === "no_json";
    add(state, state.fault, isFatal, isFatal ? NO_START : "claude ignores it");
  } else if (state?.isEmpty) {
    const isFatal = version !== undefined && !isAtLeast(STARTS_WITH_EMPTY_STATE);
    add(state, "is empty", isFatal, isFatal ? NO_START : "claude begins anew");
  }
  if (found.length > 0) return found;
  const read = settings.map(({ path }) => path).join(", ");
  return [ok(read === "" ? "there are none" : read)];
}

const NO_START = "claude does not start with it";

/** Options of {@linkcode checkBypass}. */
export interface BypassOptions {
  readonly files: ConfigFiles;
  /** The environment that claude works with. */
  readonly variables: ReadonlyMap<string, Variable>;
  readonly host: Pick<Host, "uid">;
}

/** Whether `--dangerously-skip-permissions` would work. */
export function checkBypass({ files, variables, host }: BypassOptions): Finding {
  const { ok, warning, problem } = findingsOf("bypass");
  const value = (name: string) => variables.get(name)?.value ?? "";
  const isWanted = value("CCRUN_DANGEROUSLY_SKIP_PERMISSIONS") === "1" ||
    value("CCRUN_PERMISSION_MODE") === "bypassPermissions";
  // What is asked for by a habit fails every run.
  const bad = isWanted ? problem : warning;
  const isSandbox = value("IS_SANDBOX") === "1" || value("CLAUDE_CODE_BUBBLEWRAP") !== "";
  if (host.uid === 0 && !isSandbox) {
    return bad(
      "as root, claude refuses --dangerously-skip-permissions",
      "run it as another user, or set IS_SANDBOX=1 where this machine is a sandbox, " +
        "or allow just what is needed with --permission-mode acceptEdits and --allowed-tools",
    );
  }
  const forbids = files.settings.find(({ content }) =>
    getObject(content, "permissions")["disableBypassPermissionsMode"] === "disable"
  );
  if (forbids !== undefined) {
    const who = forbids.scope === "managed"
      ? "an administrator's settings forbid"
      : "settings forbid";
    return bad(
      `${who} --dangerously-skip-permissions (permissions.disableBypassPermissionsMode in ` +
        `${forbids.path}): claude asks as usual then, and a run is refused what it asks for`,
      "allow just what is needed with --permission-mode acceptEdits and --allowed-tools",
    );
  }
  return ok("--dangerously-skip-permissions would work; it is never the default");
}

/** From this version on, claude starts also where it cannot enter its folder. 2.0.25 does not. */
const STARTS_WITHOUT_HOME = "2.1.0";

/** Options of {@linkcode checkHome}. */
export interface HomeOptions {
  readonly env: Env;
  readonly files: Pick<ConfigFiles, "folder" | "home">;
  readonly host: Pick<Host, "mayWrite">;
  /** claude's, where it is known. */
  readonly version?: string | undefined;
}

/** Whether claude finds and keeps what is the user's. */
export async function checkHome(options: HomeOptions): Promise<Finding> {
  const { env, files: { folder, home }, host, version } = options;
  const { ok, warning, problem } = findingsOf("home");
  if (folder === undefined) {
    return warning(
      "HOME is not set, and the system knows no home of this user: there is no telling where " +
        "claude looks for login and settings",
      "export HOME=/path/to/home",
    );
  }
  const other = "let HOME or CLAUDE_CONFIG_DIR name a folder that can be written";
  if (!await canEnterDirectory(folder)) {
    if (version !== undefined && compareVersions(version, STARTS_WITHOUT_HOME) < 0) {
      return problem(`${folder} cannot be entered: claude ${version} does not start then`, other);
    }
    return warning(
      `${folder} cannot be entered: claude finds no login and no settings there, and the sessions of ` +
        "runs are lost (no --resume, no --continue)",
      other,
    );
  }
  if (host.mayWrite(folder) === false) {
    return warning(
      `${folder} cannot be written: runs work, but their sessions are lost (no --resume, no --continue)`,
      other,
    );
  }
  if (!env["HOME"] && Deno.build.os !== "windows") {
    return warning(
      `HOME is not set: claude keeps settings and sessions in ${folder}, and other programs may ` +
        "not find theirs",
      `export HOME=${home === undefined ? "/path/to/home" : shellQuote(home)}`,
    );
  }
  return ok(`claude keeps settings and sessions in ${folder}`);
}
