import { assertEquals } from "@std/assert";
import {
  type CiSystem,
  defaultSummaryPath,
  detectCiSystem,
  isCi,
  withoutJobVariables,
} from "../../lib/ci/detect.ts";
import type { Env } from "../../lib/util/env.ts";

Deno.test("detectCiSystem() detects the system from the environment", () => {
  const cases: readonly [Env, CiSystem][] = [
    [{}, "none"],
    [{ CI: "" }, "none"],
    [{ CI: "false" }, "none"],
    [{ CI: "true" }, "other"],
    [{ TF_BUILD: "True" }, "other"],
    [{ JENKINS_URL: "http://ci" }, "other"],
    [{ CI: "true", GITHUB_ACTIONS: "true" }, "github"],
    [{ GITHUB_ACTIONS: "true" }, "github"],
    [{ CI: "true", GITLAB_CI: "true" }, "gitlab"],
    [{ GITHUB_ACTIONS: "false", CI: "0" }, "none"],
  ];
  for (const [env, system] of cases) {
    assertEquals(detectCiSystem("auto", env), system, JSON.stringify(env));
    assertEquals(detectCiSystem(undefined, env), system);
  }
});

Deno.test("detectCiSystem() prefers the requested system to the environment", () => {
  const env = { GITHUB_ACTIONS: "true", CI: "true" };
  for (const requested of ["gitlab", "none", "github"] as const) {
    assertEquals(detectCiSystem(requested, env), requested);
    assertEquals(detectCiSystem(requested, {}), requested);
  }
});

Deno.test("isCi() follows CI and the variables of systems that may not set it", () => {
  const inCi: Env[] = [{ CI: "true" }, { CI: "1" }, { TF_BUILD: "1" }, {
    JENKINS_URL: "http://ci",
  }];
  const elsewhere: Env[] = [{}, { CI: "" }, { CI: "0" }, { CI: "false" }, { TF_BUILD: "" }];
  assertEquals(inCi.filter((env) => !isCi(env)), []);
  assertEquals(elsewhere.filter(isCi), []);
});

/** Variables that control a job, and a few that do not. */
const JOB = {
  GITHUB_ENV: "/f/env",
  GITHUB_PATH: "/f/path",
  GITHUB_OUTPUT: "/f/output",
  GITHUB_STATE: "/f/state",
  GITHUB_STEP_SUMMARY: "/f/summary",
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://token",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret",
  ACTIONS_RUNTIME_TOKEN: "secret",
  GITHUB_WORKSPACE: "/w",
  GITHUB_TOKEN: "a token",
  PATH: "/bin",
};

Deno.test("withoutJobVariables() removes only the variables that control the job", () => {
  for (const ci of ["github", "gitlab", "other"] as const) {
    const kept = Object.keys(withoutJobVariables(JOB, ci));
    assertEquals(kept, ["GITHUB_WORKSPACE", "GITHUB_TOKEN", "PATH"]);
  }
  assertEquals(withoutJobVariables(JOB, "none"), JOB);
});

Deno.test("defaultSummaryPath() returns an artifact of a GitLab job", () => {
  assertEquals(defaultSummaryPath("gitlab", { CI_PROJECT_DIR: "/b" }), "/b/ccrun-summary.md");
  assertEquals(defaultSummaryPath("gitlab", {}), undefined);
  assertEquals(defaultSummaryPath("github", { CI_PROJECT_DIR: "/b" }), undefined);
});
