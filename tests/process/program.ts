/**
 * A program that has children, and that a test may kill.
 *
 * @module
 */

import { denoVariables } from "../support/ccrun.ts";
import { REPOSITORY } from "../support/paths.ts";
import { type RunningProcess, startProcess } from "../support/running_process.ts";
import type { Sandbox } from "../support/sandbox.ts";

/** How every program begins. */
const BEGIN = `import { startChild } from "${REPOSITORY}/lib/process/child.ts";
import { startGuardian } from "${REPOSITORY}/lib/process/guardian.ts";
import { createRunToken, withRunToken } from "${REPOSITORY}/lib/process/run_token.ts";
const env = Deno.env.toObject();
const say = (text) => Deno.stdout.writeSync(new TextEncoder().encode(text + "\\n"));
const start = async (script, options) => {
  const common = { command: "/bin/sh", cwd: Deno.cwd(), env };
  const child = await startChild({ ...common, args: ["-c", script], ...options });
  child.stdin.close();
  return child;
};
const shows = async (child) => {
  for await (const chunk of child.stdout) Deno.stdout.writeSync(chunk);
};
`;

/**
 * Runs a program in a sandbox. It has `start(script)`, which starts a child, `shows(child)`, which
 * writes what it says to stdout, `say(text)`, `env`, and what is imported above.
 */
export async function startProgram(
  sandbox: Sandbox,
  text: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProcess> {
  const program = `${sandbox.root}/${crypto.randomUUID()}.js`;
  await Deno.writeTextFile(program, BEGIN + text);
  const config = `${REPOSITORY}/deno.json`;
  return startProcess(
    [Deno.execPath(), "run", "-A", "--quiet", "--cached-only", "--config", config, program],
    { sandbox, env: { ...await denoVariables(), ...env } },
  );
}
