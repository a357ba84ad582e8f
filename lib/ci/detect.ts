/**
 * What is known of CI systems: which one it is, and what they give a job.
 *
 * @module
 */

import type { Env } from "../util/env.ts";

/** The CI system that ccrun serves: `other` is one of which it knows only that it is one. */
export type CiSystem = "github" | "gitlab" | "other" | "none";

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
