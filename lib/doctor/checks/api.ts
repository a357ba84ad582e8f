import {
  type ApiProxy,
  type ApiRoute,
  DEFAULT_API_URL,
  findApiRoute,
} from "../../claude/api_route.ts";
import type { EnvVariable } from "../../claude/config_files.ts";
import type { Credential } from "../../claude/credentials.ts";
import { proxyHint } from "../../run/api_route.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";
import { isRefused } from "../loopback_port.ts";
import { PROVIDER_NAMES } from "./credential.ts";

/** Options for {@linkcode checkApi}. */
export interface CheckApiOptions {
  /** The environment of claude. */
  readonly variables: ReadonlyMap<string, EnvVariable>;
  /** The credential that claude uses. */
  readonly credential?: Credential | undefined;
  /** The value of `--api-url`. */
  readonly apiUrl?: string | undefined;
  /** Whether Deno allows connections to 127.0.0.1. */
  readonly canConnect: boolean;
}

/** Checks the URL and the proxy through which claude reaches the API. It connects to this machine only. */
export async function checkApi(options: CheckApiOptions): Promise<Finding> {
  const { variables, credential, apiUrl, canConnect } = options;
  const provider = credential && PROVIDER_NAMES[credential.kind];
  if (provider !== undefined) return ok("api", provider);

  const base = variables.get("ANTHROPIC_BASE_URL");
  if (base?.file !== undefined && apiUrl !== undefined) {
    return warning(
      "api",
      `ANTHROPIC_BASE_URL in ${base.file} takes precedence over --api-url`,
      `remove ANTHROPIC_BASE_URL from ${base.file}`,
    );
  }
  const customUrl = apiUrl ?? (base?.value || undefined);
  const variable = `ANTHROPIC_BASE_URL${base?.file === undefined ? "" : ` in ${base.file}`}`;
  const source = apiUrl === undefined ? variable : "--api-url";
  const route = findApiRoute(variables, customUrl);
  if (route === undefined) {
    return problem(
      "api",
      `cannot use ${source}: it is not an http or https URL`,
      "set it to a URL such as https://gateway.example.com",
    );
  }
  const { address, proxy } = route;
  const url = address + publicPath(customUrl ?? DEFAULT_API_URL);
  const origin = customUrl === undefined ? url : `${url} (${source})`;
  const message = `${origin}${proxyNote(proxy)}`;
  const noProxy = proxyHint(proxy);
  if (noProxy !== undefined) return problem("api", `${message}, which is not a URL`, noProxy);
  const refused = canConnect ? await findRefusal(route, message, source) : undefined;
  if (refused !== undefined) return refused;
  if (proxy?.hasScheme === false) {
    const note = `${message}, which has no scheme: older versions of Claude Code do not start`;
    return warning("api", note, `set ${proxy.name} to ${proxy.address}`);
  }
  if (apiUrl === undefined && url.endsWith("/v1")) {
    return warning(
      "api",
      `${message}: claude adds /v1/messages to it`,
      "remove /v1 from the end, or use --api-url, which does so",
    );
  }
  return ok("api", message);
}

/**
 * Returns the finding that this machine refuses the connection; undefined if it does not.
 *
 * @param message the address, in words
 * @param source what sets the address
 */
async function findRefusal(
  { address, proxy }: ApiRoute,
  message: string,
  source: string,
): Promise<Finding | undefined> {
  // With a proxy, only the proxy has to be reached from here.
  const destination = proxy?.address ?? address;
  if (!await isRefused(destination)) return undefined;
  const hint = proxy === undefined
    ? `start the server, or correct ${source}`
    : `start the proxy, or unset ${proxy.name}`;
  // The name may also have an IPv6 address, at which a server answers.
  const finding = new URL(destination).hostname === "localhost" ? warning : problem;
  return finding("api", `${message}: 127.0.0.1 refuses the connection`, hint);
}

/** Returns the path of a URL without what may be secret: everything except a `/v1` at its end. */
function publicPath(url: string): string {
  const segments = new URL(url).pathname.split("/").filter((segment) => segment !== "");
  const version = segments.at(-1) === "v1" ? "/v1" : "";
  const hidden = segments.length > (version === "" ? 0 : 1) ? "/..." : "";
  return hidden + version;
}

function proxyNote(proxy: ApiProxy | undefined): string {
  if (proxy === undefined) return "";
  const { name, address } = proxy;
  return address === undefined ? ` through ${name}` : ` through ${address} (${name})`;
}
