/**
 * Runs the steps of a job as GitHub's runner does: scripts in bash, and composite actions.
 *
 * - A step has the variables of the job, then those that earlier steps wrote to GITHUB_ENV, then its
 *   own. A step of a composite action also has those of the calling step, and its own win.
 * - Each step has its own files for outputs, variables, PATH and the summary.
 * - Other actions than those of this repository are skipped.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type ExpressionScope, fillIn, meets } from "./expressions.ts";
import { readGithubFile } from "./github_files.ts";
import { asArray, asObject, asString, type JsonObject } from "./json.ts";
import { REPOSITORY } from "./paths.ts";
import { startProcess } from "./running_process.ts";
import type { Sandbox } from "./sandbox.ts";
import { readYaml, stepOf, type WorkflowStep } from "./workflow.ts";

/** Options of {@linkcode runJob}. */
export interface JobOptions {
  readonly sandbox: Sandbox;
  readonly apiUrl?: string | undefined;
  /** The variables of the job. The value undefined removes one of the sandbox. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The contexts `github`, `secrets` and so on. */
  readonly contexts?: JsonObject | undefined;
}

/** The outcome of a step. */
export interface StepOutcome {
  /** Its id, or else its name or script. */
  readonly name: string;
  /** The process of its script; 0 for an action. */
  readonly pid: number;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputs: ReadonlyMap<string, string>;
  readonly summary: string;
  /** The steps of a composite action. */
  readonly inner: readonly StepOutcome[];
}

/** The actions of this repository, such as `ccrun/ccrun/.github/actions/run@v1.2.3`. */
const OWN_ACTION = /^ccrun\/ccrun\/(\.github\/actions\/[\w-]+)@\S+$/;

/** The runner's names of this machine. */
const RUNNER = {
  os: Deno.build.os === "darwin" ? "macOS" : "Linux",
  arch: Deno.build.arch === "aarch64" ? "ARM64" : "X64",
};

/** Returns the temporary directory of the job. Its path has a space. */
export function runnerTemp({ root }: Sandbox): string {
  return `${root}/runner temp`;
}

/** Runs the steps of a job, and returns the outcomes of those that were not skipped. */
export async function runJob(
  steps: readonly WorkflowStep[],
  options: JobOptions,
): Promise<readonly StepOutcome[]> {
  const temp = runnerTemp(options.sandbox);
  await Deno.mkdir(temp, { recursive: true });
  return await new Job(options).runSteps(steps, {
    env: {},
    contexts: {
      ...options.contexts,
      runner: { temp, os: RUNNER.os, arch: RUNNER.arch },
    },
  });
}

/** What the steps of a job or of an action share. */
interface Scope {
  /** The variables of the calling step. */
  readonly env: Readonly<Record<string, string>>;
  readonly contexts: JsonObject;
  readonly actionPath?: string;
}

class Job {
  readonly #options: JobOptions;
  readonly #writtenEnv: Record<string, string> = {};
  #path: string;
  #steps = 0;

  constructor(options: JobOptions) {
    this.#options = options;
    this.#path = options.env?.PATH ?? options.sandbox.env().PATH ?? "";
  }

  async runSteps(steps: readonly WorkflowStep[], scope: Scope): Promise<readonly StepOutcome[]> {
    const outcomes: StepOutcome[] = [];
    const outputs: Record<string, JsonObject> = {};
    let hasFailed = false;
    for (const step of steps) {
      const state: ExpressionScope = {
        contexts: { ...scope.contexts, steps: outputs },
        hasFailed,
      };
      if (!meets(step.if, state)) continue;
      const env = { ...scope.env, ...filledIn(step.env, state) };
      const outcome: StepOutcome | undefined = step.run === undefined
        ? await this.#runAction(step, env, state)
        : await this.#runScript(step, env, scope);
      if (outcome === undefined) continue;
      hasFailed ||= outcome.code !== 0;
      outcomes.push(outcome);
      if (step.id !== undefined) {
        outputs[step.id] = { outputs: Object.fromEntries(outcome.outputs) };
      }
    }
    return outcomes;
  }

  async #runAction(
    step: WorkflowStep,
    env: Readonly<Record<string, string>>,
    state: ExpressionScope,
  ): Promise<StepOutcome | undefined> {
    const [, folder] = OWN_ACTION.exec(step.uses ?? "") ?? [];
    if (folder === undefined) return undefined;
    const actionPath = `${REPOSITORY}/${folder}`;
    const action = readYaml(await Deno.readTextFile(`${actionPath}/action.yml`));
    const given = filledIn(step.with, state);
    const declared = asObject(action.inputs);
    assertEquals(Object.keys(given).filter((name) => !(name in declared)), [], "unknown inputs");
    const inputs = Object.fromEntries(
      Object.entries(declared).map((
        [name, input],
      ) => [name, given[name] ?? asObject(input).default ?? ""]),
    );
    const runs = asObject(action.runs);
    assertEquals(runs.using, "composite");
    const contexts = { ...state.contexts, inputs };
    const steps = asArray(runs.steps).map((inner) => stepOf("action", asObject(inner)));
    const inner = await this.runSteps(steps, { env, contexts, actionPath });
    const ids = Object.fromEntries(
      inner.map(({ name, outputs }) => [name, { outputs: Object.fromEntries(outputs) }]),
    );
    const scope = { contexts: { ...contexts, steps: ids }, hasFailed: false };
    return {
      name: step.id ?? step.uses ?? "",
      pid: 0,
      code: inner.find(({ code }) => code !== 0)?.code ?? 0,
      stdout: inner.map(({ stdout }) => stdout).join(""),
      stderr: inner.map(({ stderr }) => stderr).join(""),
      outputs: new Map(
        Object.entries(asObject(action.outputs)).map((
          [name, output],
        ) => [name, fillIn(asString(asObject(output).value), scope)]),
      ),
      summary: inner.map(({ summary }) => summary).join(""),
      inner,
    };
  }

  async #runScript(
    step: WorkflowStep,
    env: Readonly<Record<string, string>>,
    { contexts, actionPath }: Scope,
  ): Promise<StepOutcome> {
    assert(
      actionPath === undefined || step.shell === "bash",
      "the steps of an action need a shell",
    );
    const { sandbox, apiUrl } = this.#options;
    const temp = runnerTemp(sandbox);
    const file = (name: string) => `${temp}/${this.#steps}.${name}`;
    this.#steps++;
    const files = Object.fromEntries(
      ["OUTPUT", "ENV", "PATH", "STATE", "STEP_SUMMARY"].map((name) =>
        [`GITHUB_${name}`, file(name)] as const
      ),
    );
    for (const path of Object.values(files)) await Deno.writeTextFile(path, "");
    const script = file("sh");
    await Deno.writeTextFile(script, step.run ?? "");
    const github = asObject(contexts.github ?? {});
    await using process = startProcess(
      ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", script],
      {
        sandbox,
        apiUrl,
        env: {
          ...this.#options.env,
          CI: "true",
          GITHUB_ACTIONS: "true",
          GITHUB_EVENT_NAME: asString(github.event_name ?? "push"),
          GITHUB_REPOSITORY: asString(github.repository ?? "ccrun/ccrun"),
          GITHUB_SHA: asString(github.sha ?? ""),
          GITHUB_WORKSPACE: sandbox.project,
          RUNNER_TEMP: temp,
          RUNNER_OS: RUNNER.os,
          RUNNER_ARCH: RUNNER.arch,
          PATH: this.#path,
          ...this.#writtenEnv,
          ...env,
          ...files,
          ...(actionPath === undefined ? {} : { GITHUB_ACTION_PATH: actionPath }),
        },
      },
    );
    const { code, stdout, stderr } = await process.finished;
    const read = (name: string) => Deno.readTextFile(files[`GITHUB_${name}`] ?? "");
    Object.assign(this.#writtenEnv, Object.fromEntries(readGithubFile(await read("ENV"))));
    for (const folder of (await read("PATH")).split("\n").filter(Boolean)) {
      this.#path = `${folder}:${this.#path}`;
    }
    return {
      name: step.id ?? step.name ?? step.run ?? "",
      pid: process.pid,
      code,
      stdout,
      stderr,
      outputs: readGithubFile(await read("OUTPUT")),
      summary: await read("STEP_SUMMARY"),
      inner: [],
    };
  }
}

function filledIn(
  texts: Readonly<Record<string, string>>,
  scope: ExpressionScope,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, fillIn(text, scope)]),
  );
}
