/**
 * A job with the action `.github/actions/run`, in which curl, npm, ccrun and claude are stubs.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type JobOptions, runJob, type StepOutcome } from "../support/github_job.ts";
import { readGithubLog } from "../support/github_runner.ts";
import { makeRelease, writeInstallers, writeStub } from "../support/release.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

/** The requirements of the tests of the action. */
export const NEEDS = { commands: ["bash", "awk", "tar", "git"] };

/** The key of the calling step. */
export const KEY = "sk-placeholder-of-the-repository";

/** How to call the action. */
export interface ActionCall {
  /** Its inputs. @default {{ prompt: "hi" }} */
  readonly with?: Readonly<Record<string, string>>;
  /** The variables of the calling step besides the key. */
  readonly env?: Readonly<Record<string, string>>;
  /** The context `github`. */
  readonly github?: JobOptions["contexts"];
}

/** A sandbox with a release of a ccrun that records its arguments. */
export interface ActionScene {
  readonly sandbox: Sandbox;
  /** Runs the action. */
  act(call?: ActionCall): Promise<StepOutcome>;
  /** Returns the arguments of ccrun in the last run, or undefined if it was not started. */
  ccrunArgs(): Promise<readonly string[] | undefined>;
}

/** Runs a test with the action. Its ccrun records its arguments, and then runs `ccrun`. */
export async function withAction(
  body: (scene: ActionScene) => Promise<void>,
  ccrun = "exit 0",
): Promise<void> {
  await using sandbox = await makeSandbox();
  const { root, bin } = sandbox;
  const args = `${root}/ccrun.args`;
  await makeRelease(
    sandbox,
    `if [[ $1 == --version ]]; then touch '${root}/started'; exit; fi
    printf '%s\\0' "$@" >'${args}'; env >'${root}/ccrun.env'; pwd >'${root}/ccrun.cwd'
    echo $$ >'${root}/ccrun.pid'\n${ccrun}`,
  );
  await writeStub(sandbox, "fake-claude", "");
  await writeInstallers(sandbox, `${bin}/fake-claude`);
  await body({
    sandbox,
    act: async ({ with: inputs = { prompt: "hi" }, env, github = {} } = {}) => {
      await Deno.remove(args).catch(() => {});
      const step = {
        job: "test",
        id: "ccrun",
        uses: "ccrun/ccrun/.github/actions/run@v0.1.0",
        // A value that contains `${{` is not an expression.
        with: Object.fromEntries(
          Object.keys(inputs).map((name) => [name, `\${{ given.${name} }}`]),
        ),
        env: { ANTHROPIC_API_KEY: KEY, ...env },
      };
      const outcomes = await runJob([step], {
        sandbox,
        env: { ANTHROPIC_API_KEY: undefined },
        contexts: { github, given: inputs },
      });
      const [outcome] = outcomes;
      assert(outcome !== undefined);
      return outcome;
    },
    ccrunArgs: async () => {
      const text = await Deno.readTextFile(args).catch(() => undefined);
      return text?.split("\0").slice(0, -1);
    },
  });
}

/** Returns the message of the only annotation, which must be one line of an error. */
export function errorOf({ stderr, stdout }: StepOutcome): string {
  const { annotations } = readGithubLog(`${stdout}${stderr}`);
  const [annotation] = annotations;
  assert(annotation !== undefined && annotations.length === 1, stderr);
  assert(annotation.level === "error" && !annotation.message.includes("\n"), stderr);
  return annotation.message;
}
