import { assertEquals } from "@std/assert";
import {
  type CiSystem,
  ciSystem,
  defaultSummary,
  isCi,
  withoutSteering,
} from "../../lib/ci/detect.ts";

Deno.test("ciSystem sees by the environment which system it is", () => {
  const cases: readonly [{ [name: string]: string }, CiSystem][] = [
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
    assertEquals(ciSystem("auto", env), system, JSON.stringify(env));
    assertEquals(ciSystem(undefined, env), system);
    assertEquals(isCi(env) || system === "none" || env["CI"] === undefined, true);
  }
});

Deno.test("ciSystem does what it is told, whatever the environment says", () => {
  const env = { GITHUB_ACTIONS: "true", CI: "true" };
  for (const asked of ["gitlab", "none", "github"] as const) {
    assertEquals(ciSystem(asked, env), asked);
    assertEquals(ciSystem(asked, {}), asked);
  }
});

/** What steers a job, and a few variables that do not. */
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
  GITHUB_TOKEN: "the user's",
  PATH: "/bin",
};

Deno.test("withoutSteering takes out what steers the job, and nothing else", () => {
  for (const ci of ["github", "gitlab", "other"] as const) {
    const kept = Object.keys(withoutSteering(JOB, ci));
    assertEquals(kept, ["GITHUB_WORKSPACE", "GITHUB_TOKEN", "PATH"]);
  }
  assertEquals(withoutSteering(JOB, "none"), JOB);
});

Deno.test("the summary has a default place only where a job of GitLab's makes it an artifact", () => {
  assertEquals(defaultSummary("gitlab", { CI_PROJECT_DIR: "/b" }), "/b/ccrun-summary.md");
  assertEquals(defaultSummary("gitlab", {}), undefined);
  assertEquals(defaultSummary("github", { CI_PROJECT_DIR: "/b" }), undefined);
});
