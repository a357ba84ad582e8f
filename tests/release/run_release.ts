import { REPOSITORY } from "../support/paths.ts";

/** The output of `.ci/release`. */
export interface ReleaseResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the `.ci/release` of a repository, by default with the Deno of the tests. */
export async function runRelease(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  repository = REPOSITORY,
): Promise<ReleaseResult> {
  const { code, stdout, stderr } = await new Deno.Command(`${repository}/.ci/release`, {
    args: [...args],
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: Deno.env.get("HOME") ?? "",
      RELEASE_DENO: Deno.execPath(),
      ...env,
    },
    stdin: "null",
  }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: decode(stdout), stderr: decode(stderr) };
}
