import { type ApiRoute, findApiRoute } from "../claude/api_route.ts";
import { effectiveVariables, readConfigFiles } from "../claude/config_files.ts";
import { findCredentials, isOtherProvider } from "../claude/credentials.ts";
import { CcrunError } from "../errors.ts";
import { homeDirectory } from "../util/home_directory.ts";
import type { RunRequest } from "./request.ts";

/** Returns how the claude of a request reaches the API; undefined if that is not known. */
export async function readApiRoute(
  request: Pick<RunRequest, "env" | "claude" | "target" | "baseDirectory" | "apiUrl">,
): Promise<ApiRoute | undefined> {
  const { env, claude, target, baseDirectory, apiUrl } = request;
  const files = await readConfigFiles({
    env,
    home: await homeDirectory(env),
    cwd: target.cwd,
    settings: claude.settings,
    baseDirectory,
  });
  const variables = effectiveVariables(env, files.settings);
  const [credential] = findCredentials(files, variables);
  if (credential !== undefined && isOtherProvider(credential)) return undefined;
  // Settings take precedence over the environment, to which --api-url belongs.
  const isInSettings = variables.get("ANTHROPIC_BASE_URL")?.file !== undefined;
  return findApiRoute(variables, isInSettings ? undefined : apiUrl);
}

const PROXY_EXAMPLE = "http://proxy.example.com:8080";

/** Returns what to check if the API does not answer. */
export function connectionHint({ address, proxy }: ApiRoute): string {
  if (proxy === undefined) {
    return `check that ${address} can be reached: the network, and --api-url or ANTHROPIC_BASE_URL`;
  }
  return `check that ${address} can be reached through the proxy ${proxy.address} (${proxy.name})`;
}

/** Returns how to correct a proxy that Claude Code cannot use; undefined if it can. */
export function proxyHint(proxy: ApiRoute["proxy"]): string | undefined {
  if (proxy === undefined || proxy.address !== undefined) return undefined;
  return `set ${proxy.name} to a URL such as ${PROXY_EXAMPLE}, or unset it`;
}

/** Returns the error of a proxy with which claude does not start, or waits forever. */
export function proxyProblem(proxy: ApiRoute["proxy"]): CcrunError | undefined {
  const hint = proxyHint(proxy);
  if (proxy === undefined || hint === undefined) return undefined;
  // The value may contain a password.
  return new CcrunError("usage", `cannot use ${proxy.name}: it is not an http or https URL`, hint);
}
