/**
 * Reads the workflow files of CI systems.
 *
 * @module
 */

import { parse } from "yaml";
import { asArray, asObject, asString, type JsonObject } from "./json.ts";

/** A step of a job of GitHub Actions. */
export interface WorkflowStep {
  /** The name of its job. */
  readonly job: string;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly uses?: string | undefined;
  /** The shell script. */
  readonly run?: string | undefined;
  readonly shell?: string | undefined;
  readonly if?: string | undefined;
  /** The inputs of the action that it uses. */
  readonly with: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Parses YAML. A repeated key is an error. */
export function readYaml(text: string): JsonObject {
  const value: unknown = parse(text, { strict: true, uniqueKeys: true });
  return asObject(value);
}

/** Returns the jobs of a workflow by name. */
export function jobsOf(workflow: JsonObject): ReadonlyMap<string, JsonObject> {
  return new Map(
    Object.entries(asObject(workflow.jobs)).map(([name, job]) => [name, asObject(job)]),
  );
}

/** Returns all steps of a workflow. */
export function stepsOf(workflow: JsonObject): readonly WorkflowStep[] {
  return [...jobsOf(workflow)].flatMap(([job, { steps }]) =>
    steps === undefined ? [] : asArray(steps).map((step) => stepOf(job, asObject(step)))
  );
}

/** Returns a step of a job or of a composite action. */
export function stepOf(job: string, step: JsonObject): WorkflowStep {
  const textOf = (name: string) => step[name] === undefined ? undefined : asString(step[name]);
  // Numbers and booleans become text.
  const textsOf = (name: string) =>
    Object.fromEntries(
      Object.entries(asObject(step[name] ?? {})).map(([key, value]) => [key, String(value)]),
    );
  return {
    job,
    id: textOf("id"),
    name: textOf("name"),
    uses: textOf("uses"),
    run: textOf("run"),
    shell: textOf("shell"),
    if: textOf("if"),
    with: textsOf("with"),
    env: textsOf("env"),
  };
}

/** Returns the syntax error of a bash script, or undefined if it has none. */
export async function bashError(script: string): Promise<string | undefined> {
  const child = new Deno.Command("/bin/bash", {
    args: ["-n", "-c", script],
    clearEnv: true,
    stdin: "null",
  });
  const { success, stderr } = await child.output();
  return success ? undefined : new TextDecoder().decode(stderr);
}
