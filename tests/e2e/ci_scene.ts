/**
 * A job of CI with a repository that has a change, and with a release of the ccrun under test.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { shellQuote } from "../../lib/util/shell_quote.ts";
import { command, denoVariables } from "../support/ccrun.ts";
import { emit, fakeClaude, initLine } from "../support/fake_claude.ts";
import { runJob, type StepOutcome } from "../support/github_job.ts";
import { makeRelease, recordOf, writeInstallers, writeStub } from "../support/release.ts";
import { type ProcessResult, startProcess } from "../support/running_process.ts";
import { readYaml, stepsOf } from "../support/workflow.ts";
import { type Scene, withScene } from "./scene.ts";

/** The secret of the repository. */
export const KEY = "sk-placeholder-of-the-repository";

/** The values of the expressions in the workflow. */
const CONTEXTS = {
  secrets: { ANTHROPIC_API_KEY: KEY },
  github: {
    token: "ghs_placeholder",
    repository: "ada/till",
    event_name: "pull_request",
    event: { pull_request: { number: "7" } },
  },
};

/** Runs a script in the repository with the shell options of the runner. */
type RunScript = (
  script: string,
  env?: Readonly<Record<string, string>>,
) => Promise<Pick<ProcessResult, "code" | "stdout" | "stderr">>;

/** A scene with a repository that has a change, and with a release of ccrun. */
export interface Job extends Omit<Scene, "shell"> {
  readonly shell: RunScript;
  /** Runs the steps of a workflow for GitHub. */
  github(workflow: string): Promise<readonly StepOutcome[]>;
  /** Returns the calls of the stub with this name. */
  log(name: string): Promise<string>;
}

/**
 * Prepares the repository and the release.
 *
 * @param fakeResult the result of a fake claude that is installed instead of the real one
 */
export async function withJob(
  replies: Parameters<typeof withScene>[0],
  act: (job: Job) => Promise<void>,
  fakeResult?: string,
): Promise<void> {
  await withScene(replies, async (scene) => {
    const { sandbox, api } = scene;
    // Only the step that needs the key gets it.
    const env = {
      ...await denoVariables(),
      GIT_CONFIG_GLOBAL: "/dev/null",
      ANTHROPIC_API_KEY: undefined,
    };
    const shell = createShell(scene, env);
    const words = (await command()).map(shellQuote).join(" ");
    await makeRelease(sandbox, `exec ${words} "$@"`);
    await makeRepository(shell);
    const claude = fakeResult === undefined
      ? scene.claude
      : await fakeClaude(sandbox, `head -n 1 >/dev/null\n${emit(initLine(), fakeResult)}`);
    await writeInstallers(sandbox, claude);
    await writeStub(sandbox, "gh", `cat >>'${sandbox.root}/gh.log'`);
    await act({
      ...scene,
      shell,
      github: (workflow) =>
        runJob(stepsOf(readYaml(workflow)), {
          sandbox,
          apiUrl: api.url,
          env,
          contexts: CONTEXTS,
        }),
      log: (name) => recordOf(sandbox, name),
    });
  });
}

function createShell(
  { sandbox, api }: Scene,
  base: Readonly<Record<string, string | undefined>>,
): RunScript {
  const file = `${sandbox.root}/step.sh`;
  return async (script, env) => {
    await Deno.writeTextFile(file, script);
    const words = ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", file] as const;
    await using process = startProcess(words, {
      sandbox,
      apiUrl: api.url,
      env: { ...base, CI: "true", ...env },
    });
    return await process.finished;
  };
}

/** Makes a repository whose last commit merges a change. */
async function makeRepository(shell: RunScript): Promise<void> {
  const { code, stderr } = await shell(
    `git init -q -b main; git config user.email a@b.c; git config user.name A
    git add -A; git commit -qm One; git checkout -qb change; echo 'goodbye' >>notes.txt
    git commit -qam Two; git checkout -q main; git merge -q --no-ff -m Merge change
    git remote add origin https://github.invalid/ada/till`,
  );
  assertEquals([code, stderr], [0, ""]);
}
