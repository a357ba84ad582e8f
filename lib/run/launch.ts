import { claudeArguments } from "../claude/arguments.ts";
import { hasCredential } from "../claude/credentials.ts";
import { claudeEnvironment } from "../claude/environment.ts";
import type { ChildOptions } from "../process/child.ts";
import { isolationCommand } from "../process/isolation.ts";
import { homeDirectory } from "../util/home_directory.ts";
import type { PrivateFiles } from "../util/private_files.ts";
import type { RunRequest } from "./request.ts";
import { snapshotArguments } from "./system_prompt_snapshot.ts";
import { workspaceProblem } from "./workspace.ts";

/** The options of the child process that runs claude, except the grace period. */
export type LaunchPlan = Omit<ChildOptions, "graceMs">;

/**
 * Turns a request into the command that starts claude.
 *
 * @param path the claude to run
 * @param files receives what must not be in argv
 * @param aborted resolves when the run is stopped
 * @throws {CcrunError} `usage` if the workspace or a value cannot be used
 */
export async function planLaunch(
  request: RunRequest,
  path: string,
  files: PrivateFiles,
  aborted?: Promise<unknown>,
): Promise<LaunchPlan> {
  const { target, baseDirectory, env, apiUrl, isolate, diagnose } = request;
  const problem = await workspaceProblem(target.cwd);
  if (problem !== undefined) throw problem;
  const isolation = isolate ? await isolationCommand(env) : undefined;
  // While claude writes a long answer, partial messages are its only output.
  const partial = request.claude.partial || request.idleTimeoutMs !== undefined;
  const claude = { ...request.claude, partial };
  const args = await claudeArguments(claude, target, baseDirectory, files);
  const childEnv = claudeEnvironment({
    env,
    apiUrl,
    hasCredential: apiUrl !== undefined && await hasCredential({
      env,
      home: await homeDirectory(env),
      cwd: target.cwd,
      settings: claude.settings,
      baseDirectory,
    }),
    maxRetries: claude.maxRetries,
  });
  const program = { command: path, env: childEnv, cwd: target.cwd };
  args.push(...await snapshotArguments({ ...program, args, aborted }));
  diagnose(
    `starting claude with ${args.length} arguments, ${Object.keys(childEnv).length} variables ` +
      `and a prompt of ${request.prompt.length} characters`,
    args.join(" "),
  );
  return { ...program, args, isolation };
}
