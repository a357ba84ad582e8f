import type { ConfigFiles } from "../../claude/config_files.ts";
import type { Credential, CredentialFlaw, CredentialKind } from "../../claude/credentials.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";

/** Options for {@linkcode checkCredential}. */
export interface CheckCredentialOptions {
  /** The credentials that claude finds. It uses the first one. */
  readonly credentials: readonly Credential[];
  readonly files: Pick<ConfigFiles, "directory">;
  /** The value of `--api-url`. */
  readonly apiUrl?: string | undefined;
}

/** The names of other providers, by the kind of their credentials. */
export const PROVIDER_NAMES: { readonly [K in CredentialKind]?: string } = {
  bedrock: "Amazon Bedrock",
  vertex: "Google Vertex AI",
  foundry: "Microsoft Foundry",
};

/** The flaws of a credential, in words that follow its name. */
const FLAW_PHRASES: { readonly [F in CredentialFlaw]: string } = {
  quotes: "has quotes around the value",
  whitespace: "has whitespace around the value",
  invalid_character: "contains a character that is not allowed in a key",
  is_login_token: "contains a login token, which belongs in CLAUDE_CODE_OAUTH_TOKEN",
  is_api_key: "contains an API key, which belongs in ANTHROPIC_API_KEY",
};

const LOGIN_HINT = "set ANTHROPIC_API_KEY, or run claude and type /login, " +
  "or set CLAUDE_CODE_OAUTH_TOKEN to the output of claude setup-token";

/** Reports the credential that claude uses. The finding names credentials, but quotes no value. */
export function checkCredential(options: CheckCredentialOptions): Finding {
  const [used, ...others] = options.credentials;
  if (used === undefined) return missingCredential(options);
  const name = describe(used);
  if (used.isExpired) {
    return problem("credential", `${name} has expired`, "run claude and type /login");
  }
  const message = used.flaw === undefined ? name : `${name} ${FLAW_PHRASES[used.flaw]}`;
  if (others.length > 0) {
    return warning(
      "credential",
      `${message}; also set: ${others.map(describe).join(", ")}`,
      `use one credential; to remove the first: ${removalOf(used)}`,
    );
  }
  if (used.flaw !== undefined) {
    return warning("credential", message, `correct it in ${used.file ?? "the environment"}`);
  }
  return ok("credential", message);
}

function missingCredential({ files, apiUrl }: CheckCredentialOptions): Finding {
  if (apiUrl !== undefined) {
    return ok("credential", "none; claude sends a placeholder to --api-url");
  }
  if (files.directory === undefined) {
    return warning(
      "credential",
      "cannot look for a login: HOME is not set, and the system has no home for this user",
      "export HOME=/path/to/home, or set ANTHROPIC_API_KEY",
    );
  }
  return problem("credential", "cannot find a credential: no key, no token, no login", LOGIN_HINT);
}

function describe({ kind, name, file }: Credential): string {
  const origin = file === undefined ? "from the environment" : `in ${file}`;
  const provider = PROVIDER_NAMES[kind];
  if (provider !== undefined) return `${provider} (${name}) ${origin}`;
  if (kind === "login") return `login ${origin}`;
  return `${kind === "managed_key" ? "key of a Console login" : name} ${origin}`;
}

function removalOf({ kind, name, file }: Credential): string {
  if (kind === "login" || kind === "managed_key") return "claude /logout";
  return file === undefined ? `unset ${name}` : `remove ${name} from ${file}`;
}
