/**
 * Whose account a run would use, and at which API. What is said names credentials and never shows
 * one, nor a part of one.
 *
 * @module
 */

import type { ConfigFiles, Variable } from "./config_files.ts";
import {
  type Credential,
  type CredentialKind,
  findCredentials,
  isKnownAccount,
  isLoginOver,
  sendsBoth,
} from "./credentials.ts";
import { type Finding, findingsOf } from "../finding.ts";

/** What is known of the account. */
export interface AccountOptions {
  readonly files: ConfigFiles;
  /** The environment that claude works with. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** The value of `--api-url`. */
  readonly apiUrl?: string | undefined;
}

/** The credential that counts, and the finding about all. */
export interface CheckedCredential {
  readonly credential?: Credential;
  readonly finding: Finding;
}

const NAMES: { readonly [K in CredentialKind]?: string } = {
  bedrock: "Amazon Bedrock",
  vertex: "Google Vertex AI",
  foundry: "Microsoft Foundry",
  login: "the login",
  managed_key: "the key that /login keeps",
};

/** Names a credential and where it is. */
function naming({ kind, name, file }: Credential): string {
  const place = file === undefined ? "from the environment" : `in ${file}`;
  switch (kind) {
    case "bedrock":
    case "vertex":
    case "foundry":
      return `${NAMES[kind]}, by ${name} ${place}`;
    case "login":
    case "managed_key":
      return `${NAMES[kind]} ${place}`;
    default:
      return `${name} ${place}`;
  }
}

/** How one that is not meant is taken away. */
function takingAway({ kind, name, file }: Credential): string {
  if (kind === "login" || kind === "managed_key") return "claude /logout";
  return file === undefined ? `unset ${name}` : `take ${name} out of ${file}`;
}

/** Which credential claude would use. */
export function checkCredential(options: AccountOptions, now = Date.now()): CheckedCredential {
  const { files, variables, apiUrl } = options;
  const { ok, warning, problem } = findingsOf("credential");
  const [first, ...others] = findCredentials(files, variables);
  if (first === undefined) {
    if (apiUrl !== undefined) {
      return {
        finding: ok("none; claude gets a placeholder, for what --api-url names to replace"),
      };
    }
    if (files.folder === undefined) {
      return {
        finding: warning(
          "not known: HOME is not set, and the system knows no home of this user, where a login " +
            "would be",
          "export HOME=/path/to/home, or set ANTHROPIC_API_KEY",
        ),
      };
    }
    const { login } = files;
    const why = login?.fault !== undefined
      ? `none: the login in ${login.path} cannot be used, for the file ${login.fault}`
      : isKnownAccount(files)
      ? `none: ${files.statePath} knows an account, but the login itself is not there`
      : "none: no key, no token, no login";
    return {
      finding: problem(
        why,
        "set ANTHROPIC_API_KEY; or log in: start claude and type /login; " +
          "or, for CI, set CLAUDE_CODE_OAUTH_TOKEN to what claude setup-token gives",
      ),
    };
  }
  const is = (finding: Finding) => ({ credential: first, finding });
  const name = naming(first);
  if (first.kind === "login" && isLoginOver(files, now)) {
    return is(problem(`${name} has expired`, "log in again: start claude and type /login"));
  }
  const flawed = first.flaws.length === 0 ? undefined : `${name} ${first.flaws.join(", and ")}`;
  if (others.length === 0) {
    return is(flawed === undefined ? ok(name) : warning(flawed, mending(first)));
  }
  const rest = others.map(naming).join(", and ");
  const wins = sendsBoth([first, ...others])
    ? "; claude sends it together with a key, and which of the two counts is up to the API: "
    : first.kind === "custom_header"
    ? "; its header replaces the one of the same name, which is there by "
    : "; it wins over ";
  return is(warning(
    `${flawed ?? name}${wins}${rest}`,
    `leave one; to do without the first: ${takingAway(first)}`,
  ));
}

/** How one is mended. */
function mending({ name, file }: Credential): string {
  return file === undefined
    ? `set it again to the bare value, as: export ${name}="$(tr -d '[:space:]' <FILE)"`
    : `correct it in ${file}`;
}

const DEFAULT_API = "https://api.anthropic.com";

/**
 * An address without what may be secret in it: user, password, query, and all of the path but a
 * version at its end. Gateways take their keys in any of these.
 */
export function publicAddress(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  const [, before = "", version = ""] = /^(.*?)\/*(\/v1)?\/*$/.exec(pathname) ?? [];
  return `${protocol}//${host}${before === "" ? "" : "/..."}${version}`;
}

/** Which API claude would ask. Nothing is asked of it here. */
export function checkApi(options: AccountOptions, credential?: Credential): Finding {
  const { variables, apiUrl } = options;
  const { ok, warning, problem } = findingsOf("api");
  const { kind } = credential ?? {};
  if (kind === "bedrock" || kind === "vertex" || kind === "foundry") {
    return ok(`that of ${NAMES[kind]}`);
  }
  const base = variables.get("ANTHROPIC_BASE_URL");
  const isFromFile = base?.file !== undefined;
  const source = isFromFile
    ? `ANTHROPIC_BASE_URL in ${base.file}`
    : apiUrl !== undefined
    ? "--api-url or CCRUN_API_URL"
    : "ANTHROPIC_BASE_URL";
  const url = isFromFile ? base.value : apiUrl ?? base?.value;
  if (!url) return ok(`${DEFAULT_API}${proxyNote(variables, DEFAULT_API)}`);
  const address = publicAddress(url);
  if (address === undefined || !/^https?:/.test(address)) {
    return problem(`${source} is no http or https URL`, "as https://gateway.example.com");
  }
  const message = `${address}, by ${source}${proxyNote(variables, address)}`;
  if (isFromFile && apiUrl !== undefined) {
    return warning(
      `${message}, which wins over --api-url`,
      `take ANTHROPIC_BASE_URL out of ${base.file}`,
    );
  }
  if (apiUrl === undefined && /\/v1\/*$/.test(address)) {
    return warning(
      `${message}: claude adds /v1/messages to it`,
      "leave the /v1 at its end out, or give it as --api-url, which does so",
    );
  }
  if (isLoopback(address) && proxyOf(variables, address) !== undefined) {
    return warning(
      `${message}: an address of this machine itself`,
      "except it: export NO_PROXY=127.0.0.1,localhost",
    );
  }
  return ok(message);
}

function isLoopback(address: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(address).hostname);
}

/** The proxy that claude would ask for an address, as it is said in the environment. */
function proxyOf(
  variables: ReadonlyMap<string, Variable>,
  address: string,
): { readonly name: string; readonly value: string } | undefined {
  const { protocol, hostname } = new URL(address);
  const set = (name: string) => variables.get(name)?.value || undefined;
  const except = (set("no_proxy") ?? set("NO_PROXY") ?? "").split(/[\s,]+/);
  const isExcepted = except.some((part) => {
    const suffix = part.replace(/^\*?\.?/, "").replace(/:\d+$/, "");
    if (part === "*") return true;
    return suffix !== "" && (hostname === suffix || hostname.endsWith(`.${suffix}`));
  });
  if (isExcepted) return undefined;
  const scheme = protocol === "https:" ? "https" : "http";
  for (const name of [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`]) {
    const value = set(name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

function proxyNote(variables: ReadonlyMap<string, Variable>, address: string): string {
  const proxy = proxyOf(variables, address);
  if (proxy === undefined) return "";
  return `, through ${publicAddress(proxy.value) ?? "a proxy that is no URL"} (${proxy.name})`;
}
