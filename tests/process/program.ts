/**
 * A program that has children and that a test may kill.
 *
 * @module
 */

import { denoVariables } from "../support/ccrun.ts";
import { REPOSITORY } from "../support/paths.ts";
import { type RunningProcess, startProcess } from "../support/running_process.ts";
import type { Sandbox } from "../support/sandbox.ts";

const PRELUDE = `import { startChild } from "${REPOSITORY}/lib/process/child.ts";
import { startGuardian } from "${REPOSITORY}/lib/process/guardian.ts";
import { createRunToken, withRunToken } from "${REPOSITORY}/lib/process/run_token.ts";
const env = Deno.env.toObject();
const print = (text) => Deno.stdout.writeSync(new TextEncoder().encode(text + "\\n"));
const start = async (script, options) => {
  const common = { command: "/bin/sh", cwd: Deno.cwd(), env };
  const child = await startChild({ ...common, args: ["-c", script], ...options });
  child.stdin.close();
  return child;
};
const copyOutput = async (child) => {
  for await (const chunk of child.stdout) Deno.stdout.writeSync(chunk);
};
`;

/**
 * Runs a program in a sandbox. It can use `start(script, options)`, which starts a child,
 * `copyOutput(child)`, `print(text)`, `env` and the imports above.
 */
export async function startProgram(
  sandbox: Sandbox,
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProcess> {
  const program = `${sandbox.root}/${crypto.randomUUID()}.js`;
  await Deno.writeTextFile(program, PRELUDE + text);
  const config = `${REPOSITORY}/deno.json`;
  return startProcess(
    [Deno.execPath(), "run", "-A", "--quiet", "--cached-only", "--config", config, program],
    { sandbox, env: { ...await denoVariables(), ...env } },
  );
}
