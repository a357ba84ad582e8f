import { type ApiRoute, findApiRoute } from "../claude/api_route.ts";
import type { ConfigFiles } from "../claude/config_files.ts";
import { findCredentials, isOtherProvider } from "../claude/credentials.ts";
import type { PinnedSettings } from "../claude/pinned_settings.ts";
import { CcrunError } from "../errors.ts";

/** What the environment and the settings of claude state about its API requests. */
export interface ApiAccess {
  /** How claude reaches the API; undefined if that is not known. */
  readonly route: ApiRoute | undefined;
  /** Whether claude finds a credential. */
  readonly hasCredential: boolean;
}

/** Returns how a claude accesses the API. */
export function findApiAccess(
  pins: PinnedSettings,
  files: Pick<ConfigFiles, "state" | "login">,
): ApiAccess {
  const variables = pins.effectiveVariables();
  const settings = pins.effectiveSettings();
  const [credential] = findCredentials({ ...files, settings }, variables);
  const hasCredential = credential !== undefined;
  if (hasCredential && isOtherProvider(credential)) return { route: undefined, hasCredential };
  return { route: findApiRoute(variables), hasCredential };
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
