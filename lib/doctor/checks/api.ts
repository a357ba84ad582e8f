import type { EnvVariable } from "../../claude/config_files.ts";
import type { Credential } from "../../claude/credentials.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";
import { PROVIDER_NAMES } from "./credential.ts";

/** Options for {@linkcode checkApi}. */
export interface CheckApiOptions {
  /** The environment of claude. */
  readonly variables: ReadonlyMap<string, EnvVariable>;
  /** The credential that claude uses. */
  readonly credential?: Credential | undefined;
  /** The value of `--api-url`. */
  readonly apiUrl?: string | undefined;
}

const DEFAULT_URL = "https://api.anthropic.com";

/** Checks the URL and the proxy through which claude reaches the API. It does not connect to them. */
export function checkApi({ variables, credential, apiUrl }: CheckApiOptions): Finding {
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
  const url = publicUrl(customUrl ?? DEFAULT_URL);
  if (url === undefined) {
    return problem(
      "api",
      `cannot use ${source}: it is not an http or https URL`,
      "set it to a URL such as https://gateway.example.com",
    );
  }
  const origin = customUrl === undefined ? url : `${url} (${source})`;
  const message = `${origin}${proxyNote(variables, url)}`;
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
 * Returns an http or https URL without the parts that may contain a secret: user, password, query, and
 * the path except a `/v1` at its end.
 *
 * @returns undefined for anything else
 */
export function publicUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host, pathname } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") return undefined;
  const segments = pathname.split("/").filter((segment) => segment !== "");
  const version = segments.at(-1) === "v1" ? "/v1" : "";
  const hidden = segments.length > (version === "" ? 0 : 1) ? "/..." : "";
  return `${protocol}//${host}${hidden}${version}`;
}

/** Names the proxy that the environment sets for a URL. */
function proxyNote(variables: ReadonlyMap<string, EnvVariable>, url: string): string {
  const { protocol, hostname } = new URL(url);
  const valueOf = (name: string) => variables.get(name)?.value || undefined;
  const excluded = (valueOf("no_proxy") ?? valueOf("NO_PROXY") ?? "").split(/[\s,]+/);
  const isExcluded = excluded.some((pattern) => {
    if (pattern === "*") return true;
    const domain = pattern.replace(/^\*?\./, "");
    return domain !== "" && (hostname === domain || hostname.endsWith(`.${domain}`));
  });
  if (isExcluded) return "";
  const lowerCase = protocol === "https:" ? "https_proxy" : "http_proxy";
  const name = [lowerCase, lowerCase.toUpperCase()].find((name) => valueOf(name) !== undefined);
  if (name === undefined) return "";
  return ` through ${publicUrl(valueOf(name) ?? "") ?? "a proxy"} (${name})`;
}
