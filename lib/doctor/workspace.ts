/**
 * What a run finds where it works: the workspace, the settings, and what they allow.
 *
 * @module
 */

import type { ConfigFiles, Variable } from "../claude/config_files.ts";
import { objectIn } from "../claude/reading.ts";
import { isTrusted, trustedFolderOf, untrustedSettings } from "../claude/trust.ts";
import { outputOf } from "../process/output_of.ts";
import { type Finding, findingsOf } from "./finding.ts";
import type { Host } from "./host.ts";

/** Whether the workspace is there, may be entered, and may be written. */
export async function checkWorkspace(
  cwd: string,
  host: Pick<Host, "mayWrite">,
): Promise<Finding> {
  const { ok, warning, problem } = findingsOf("workspace");
  try {
    if (!(await Deno.stat(cwd)).isDirectory) {
      return problem(`${cwd} is not a directory`, "name another one with --cwd DIR");
    }
    // To stand in a directory takes more than to see it.
    await Deno.stat(`${cwd}/.`);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return warning(`${cwd}: Deno may not look at it`);
    return error instanceof Deno.errors.PermissionDenied
      ? problem(`${cwd} may not be entered`, `see who may: ls -ld ${cwd}`)
      : problem(`${cwd} does not exist`, "name another one with --cwd DIR");
  }
  switch (host.mayWrite(cwd)) {
    case true:
      return ok(`${cwd} can be written`);
    case false:
      return warning(
        `${cwd} cannot be written: claude can read there, and change nothing`,
        `see why: ls -ld ${cwd}; findmnt -T ${cwd}`,
      );
    case undefined:
      return ok(`${cwd} is there; whether it can be written is not known`);
  }
}

/** How long git may take. On a huge repository it takes seconds. */
const GIT_LIMIT_MS = 5000;

/** Options of {@linkcode checkGit}. */
export interface GitOptions {
  readonly cwd: string;
  readonly env: { readonly [name: string]: string };
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
  const { code, stdout, stderr } = await outputOf({
    command: "git",
    args: [...args, "status", "--porcelain"],
    env: { ...env, GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" },
    cwd,
    limitMs: GIT_LIMIT_MS,
    ...(until === undefined ? {} : { until }),
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
      `allow it: git config --global --add safe.directory ${folder}`,
    );
  }
  return stderr.includes("not a git repository")
    ? ok("not a git repository: what claude changes cannot be undone with git")
    : warning("git fails here", `see why: git -C ${cwd} status`);
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

/** The files of settings: claude ignores in silence what is not JSON. */
export function checkSettings(files: ConfigFiles): Finding[] {
  const { ok, problem } = findingsOf("settings");
  const { state, login, mcp, settings } = files;
  const faults = [...settings, login, mcp, state].flatMap((file) => {
    if (file?.fault === undefined) return [];
    const isFatal = file === state;
    const cost = isFatal ? "claude does not start with it" : "claude ignores it, and says nothing";
    return [problem(`${file.path} ${file.fault}; ${cost}`, "mend it, or move it away")];
  });
  if (faults.length > 0) return faults;
  const read = settings.map(({ path }) => path).join(", ");
  return [ok(read === "" ? "there are none" : read)];
}

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
    objectIn(content, "permissions")["disableBypassPermissionsMode"] === "disable"
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

/** Whether claude can keep its sessions. */
export function checkHome(
  env: { readonly [name: string]: string },
  { folder }: ConfigFiles,
  host: Pick<Host, "mayWrite">,
): Finding {
  const { ok, warning } = findingsOf("home");
  if (folder === undefined || !env["HOME"] && Deno.build.os !== "windows") {
    return warning(
      "HOME is not set: claude then looks for login and settings where the system says the " +
        "user's home is",
      "export HOME=/path/to/home",
    );
  }
  return host.mayWrite(folder) === false
    ? warning(
      `${folder} cannot be written: runs work, but their sessions are lost (no --resume, no --continue)`,
      "let HOME or CLAUDE_CONFIG_DIR name a folder that can be written",
    )
    : ok(`claude keeps settings and sessions in ${folder}`);
}
