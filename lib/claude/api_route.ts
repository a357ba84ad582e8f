import type { EventOf } from "../events.ts";
import type { EnvVariable } from "./config_files.ts";

/** How Claude Code reaches the API. Addresses consist of scheme, host and port, and contain no secret. */
export interface ApiRoute {
  /** The address of the API. */
  readonly address: string;
  /** The proxy to it. */
  readonly proxy?: ApiProxy;
}

/** A proxy that a variable sets. */
export interface ApiProxy {
  /** The variable. */
  readonly name: string;
  /** The address; undefined if Claude Code cannot use the value. */
  readonly address: string | undefined;
  /** Whether the value has a scheme, without which old versions do not start. */
  readonly hasScheme: boolean;
}

export const DEFAULT_API_URL = "https://api.anthropic.com";

/** Claude Code uses the first one that is set, whatever the scheme of the API. Old versions ignore the last two. */
export const PROXY_VARIABLES = [
  "https_proxy",
  "HTTPS_PROXY",
  "http_proxy",
  "HTTP_PROXY",
  "all_proxy",
  "ALL_PROXY",
] as const;

/**
 * Returns how Claude Code reaches the API.
 *
 * @param variables the environment of claude
 * @param apiUrl the URL of the API. @default {ANTHROPIC_BASE_URL, or the API itself}
 * @returns undefined if the URL is not an http or https URL
 *
 * @example
 * ```ts
 * import { findApiRoute } from "./api_route.ts";
 *
 * console.log(findApiRoute(new Map())?.address); // https://api.anthropic.com
 * ```
 */
export function findApiRoute(
  variables: ReadonlyMap<string, EnvVariable>,
  apiUrl: string = variables.get("ANTHROPIC_BASE_URL")?.value || DEFAULT_API_URL,
): ApiRoute | undefined {
  const address = httpAddress(apiUrl);
  if (address === undefined) return undefined;
  const proxy = findProxy(variables, apiUrl);
  return { address, ...(proxy && { proxy }) };
}

/** Returns the fields of a `retry` event that name a route. */
export function routeFields(
  { address, proxy }: ApiRoute,
): Pick<EventOf<"retry">, "address" | "proxy"> {
  return { address, ...(proxy?.address !== undefined && { proxy: proxy.address }) };
}

function findProxy(
  variables: ReadonlyMap<string, EnvVariable>,
  apiUrl: string,
): ApiProxy | undefined {
  const valueOf = (name: string) => variables.get(name)?.value ?? "";
  const name = PROXY_VARIABLES.find((name) => valueOf(name) !== "");
  const excluded = valueOf("no_proxy") || valueOf("NO_PROXY");
  if (name === undefined || isExcluded(apiUrl, excluded)) return undefined;
  const value = valueOf(name);
  const hasScheme = value.includes("://");
  const isHostAndPort = /^[^/@]+:\d+(?:\/|$)/.test(value);
  const address = httpAddress(isHostAndPort ? `http://${value}` : value);
  return { name, address, hasScheme };
}

/** Returns whether NO_PROXY names the host of a URL: the host itself, with its port, or its domain. */
function isExcluded(url: string, excluded: string): boolean {
  const { protocol, hostname, port } = new URL(url);
  const host = `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
  return excluded.toLowerCase().split(/[\s,]+/).some((pattern) => {
    if (pattern === "*" || pattern === host) return true;
    const domain = pattern.replace(/^\*?\./, "");
    return domain !== "" && `.${hostname}`.endsWith(`.${domain}`);
  });
}

/** Returns the address in an http or https URL. */
function httpAddress(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host } = new URL(url);
  return protocol === "http:" || protocol === "https:" ? `${protocol}//${host}` : undefined;
}
