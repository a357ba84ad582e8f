/**
 * What is known of CI systems: which one it is, and what they give a job.
 *
 * @module
 */

import { sep } from "node:path";
import { type CiLog, makeCiLog } from "../output/ci_log.ts";

/** The CI system that ccrun serves: `other` is one of which it knows only that it is one. */
export type CiSystem = "github" | "gitlab" | "other" | "none";

type Env = { readonly [name: string]: string };

/** Variables by which further CI systems are known that need not set CI. */
const OTHER_SYSTEMS = ["TF_BUILD", "TEAMCITY_VERSION", "JENKINS_URL"] as const;

function isSet(value: string | undefined): boolean {
  return !["", "0", "false"].includes(value ?? "");
}

/** Whether it runs in CI: nearly every service that runs pipelines sets CI. */
export function isCi(env: Env): boolean {
  return isSet(env["CI"]) || OTHER_SYSTEMS.some((name) => isSet(env[name]));
}

/**
 * Which CI system is served.
 *
 * @param asked the value of `--ci`
 */
export function ciSystem(asked: string | undefined, env: Env): CiSystem {
  if (asked === "github" || asked === "gitlab" || asked === "none") return asked;
  if (isSet(env["GITHUB_ACTIONS"])) return "github";
  if (isSet(env["GITLAB_CI"])) return "gitlab";
  return isCi(env) ? "other" : "none";
}

/**
 * What steers a job of GitHub Actions, or speaks for it: whoever writes to these files sets the
 * environment, the PATH and the outputs of later steps, and with the tokens the job gets others, by
 * which it is somebody elsewhere, or reaches its artifacts and caches. An agent's tools have no business there.
 */
const STEERING_VARIABLES: ReadonlySet<string> = new Set([
  "GITHUB_ENV",
  "GITHUB_PATH",
  "GITHUB_OUTPUT",
  "GITHUB_STATE",
  "GITHUB_STEP_SUMMARY",
  "ACTIONS_ID_TOKEN_REQUEST_URL",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "ACTIONS_RUNTIME_TOKEN",
]);

/** The environment without what steers the job that it is part of, unless no system is served. */
export function withoutSteering(env: Env, ci: CiSystem): Env {
  if (ci === "none") return env;
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !STEERING_VARIABLES.has(name.toUpperCase())),
  );
}

/** The name of the summary in a GitLab job, which makes it an artifact. */
const GITLAB_SUMMARY = "ccrun-summary.md";

/** The file that gets the summary where no option says so: a job's artifact on GitLab. */
export function defaultSummary(ci: CiSystem, env: Env): string | undefined {
  const project = env["CI_PROJECT_DIR"];
  return ci === "gitlab" && project ? `${project}/${GITLAB_SUMMARY}` : undefined;
}

/** As much of a file is read to find the line of a failed edit, in bytes: 1 MiB. */
const MAX_READ_BYTES = 1024 * 1024;

/** The commands for a system's log, where there are some; a failed edit is looked for in the workspace. */
export function ciLog(ci: CiSystem, env: Env): CiLog | undefined {
  if (ci !== "github" && ci !== "gitlab") return undefined;
  const workspace = env["GITHUB_WORKSPACE"] || undefined;
  return makeCiLog(ci, {
    // claude names files by their real paths.
    workspace: workspace && realPath(workspace),
    readFile: (path) => workspace === undefined ? undefined : readInside(workspace, path),
  });
}

function realPath(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch {
    return path;
  }
}

/** Reads a file of a directory; the path may be anybody's. */
function readInside(directory: string, path: string): string | undefined {
  try {
    const [root, file] = [Deno.realPathSync(directory), Deno.realPathSync(path)];
    const { isFile, size } = Deno.statSync(file);
    // Not a pipe, where nobody writes, and not what a link leads to.
    const isInside = file.startsWith(`${root}${sep}`);
    return isInside && isFile && size <= MAX_READ_BYTES ? Deno.readTextFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}
