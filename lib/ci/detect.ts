/**
 * Detects the CI system and returns what it provides to a job.
 *
 * @module
 */

import type { Env } from "../util/env.ts";

/** A CI system. `other` is any system that ccrun has no special support for. */
export type CiSystem = "github" | "gitlab" | "other" | "none";

/** Variables of CI systems that may not set CI. */
const OTHER_SYSTEMS = ["TF_BUILD", "TEAMCITY_VERSION", "JENKINS_URL"] as const;

function isSet(value: string | undefined): boolean {
  return !["", "0", "false"].includes(value ?? "");
}

/** Returns whether ccrun runs in CI. Nearly every system sets CI. */
export function isCi(env: Env): boolean {
  return isSet(env["CI"]) || OTHER_SYSTEMS.some((name) => isSet(env[name]));
}

/**
 * Returns the CI system to support.
 *
 * @param requested the value of `--ci`
 */
export function detectCiSystem(requested: string | undefined, env: Env): CiSystem {
  if (requested === "github" || requested === "gitlab" || requested === "none") return requested;
  if (isSet(env["GITHUB_ACTIONS"])) return "github";
  if (isSet(env["GITLAB_CI"])) return "gitlab";
  return isCi(env) ? "other" : "none";
}

/**
 * Variables that control a job of GitHub Actions. A program that writes to these files sets the
 * environment, the PATH, and the outputs of later steps. With these tokens it can request
 * credentials or change artifacts and caches. The agent's tools need none of them.
 */
const JOB_VARIABLES: ReadonlySet<string> = new Set([
  "GITHUB_ENV",
  "GITHUB_PATH",
  "GITHUB_OUTPUT",
  "GITHUB_STATE",
  "GITHUB_STEP_SUMMARY",
  "ACTIONS_ID_TOKEN_REQUEST_URL",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "ACTIONS_RUNTIME_TOKEN",
]);

/** Returns the environment without the variables that control the job, except with `--ci none`. */
export function withoutJobVariables(env: Env, ci: CiSystem): Env {
  if (ci === "none") return env;
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !JOB_VARIABLES.has(name.toUpperCase())),
  );
}

/** The file that GitLab's CI template declares as an artifact. */
const GITLAB_SUMMARY = "ccrun-summary.md";

/** Returns the file for the summary if no option names one: an artifact of the job on GitLab. */
export function defaultSummaryPath(ci: CiSystem, env: Env): string | undefined {
  const project = env["CI_PROJECT_DIR"];
  return ci === "gitlab" && project ? `${project}/${GITLAB_SUMMARY}` : undefined;
}
