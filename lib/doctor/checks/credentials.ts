/**
 * The order in which Claude Code chooses a credential. It was measured by what reaches the API. No
 * value or part of a value leaves this file.
 *
 * @module
 */

import { findStoredCredentials, type StoredCredential } from "../../claude/credentials.ts";
import type { ConfigFiles, Variable } from "./config_files.ts";

/** The kind of a credential. The first three are other providers, with credentials of their own. */
export type CredentialKind =
  | "bedrock"
  | "vertex"
  | "foundry"
  | "custom_header"
  | "auth_token"
  | "api_key"
  | "oauth_token"
  | "file_descriptor"
  | "identity_token"
  | StoredCredential["kind"];

/** A credential that claude finds. */
export interface Credential {
  readonly kind: CredentialKind;
  /** The variable or setting that contains it. */
  readonly name: string;
  /** The file that contains it; undefined if it is in the environment. */
  readonly file?: string;
  /** What is wrong with the value. */
  readonly flaw?: string;
  /** Whether it is a login that has expired and cannot be renewed. */
  readonly isExpired?: boolean;
}

const PROVIDER_SWITCHES = [
  ["bedrock", "CLAUDE_CODE_USE_BEDROCK"],
  ["vertex", "CLAUDE_CODE_USE_VERTEX"],
  ["foundry", "CLAUDE_CODE_USE_FOUNDRY"],
] as const;

/** Variables that take precedence over the setting `apiKeyHelper`. */
const VARIABLES_BEFORE_HELPER = [
  ["auth_token", "ANTHROPIC_AUTH_TOKEN"],
  ["api_key", "ANTHROPIC_API_KEY"],
  ["file_descriptor", "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"],
] as const;

/** Variables over which it takes precedence. */
const VARIABLES_AFTER_HELPER = [
  ["oauth_token", "CLAUDE_CODE_OAUTH_TOKEN"],
  ["file_descriptor", "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR"],
  ["identity_token", "ANTHROPIC_IDENTITY_TOKEN"],
] as const;

/** A header that contains a credential, in ANTHROPIC_CUSTOM_HEADERS, which has one header a line. */
const CREDENTIAL_HEADER = /^\s*(?:x-api-key|authorization)\s*:\s*\S/im;

/**
 * Returns all credentials that claude finds. It uses the first one.
 *
 * @param files the configuration files
 * @param variables the environment of claude, see `effectiveVariables`
 * @param now the time at which a login may have expired, in milliseconds since 1970
 */
export function findCredentials(
  files: ConfigFiles,
  variables: ReadonlyMap<string, Variable>,
  now: number = Date.now(),
): Credential[] {
  const found: Credential[] = [];
  const add = (kind: CredentialKind, name: string, file?: string, flaw?: string) => {
    found.push({ kind, name, ...(file && { file }), ...(flaw && { flaw }) });
  };
  const addVariable = ([kind, name]: readonly [CredentialKind, string]) => {
    const { value = "", file } = variables.get(name) ?? {};
    if (value.trim() !== "") add(kind, name, file, flawOf(kind, value));
  };

  for (const [kind, name] of PROVIDER_SWITCHES) {
    const { value = "", file } = variables.get(name) ?? {};
    if (["1", "true", "yes", "on"].includes(value.toLowerCase().trim())) add(kind, name, file);
  }
  const headers = variables.get("ANTHROPIC_CUSTOM_HEADERS");
  if (headers !== undefined && CREDENTIAL_HEADER.test(headers.value)) {
    add("custom_header", "ANTHROPIC_CUSTOM_HEADERS", headers.file);
  }
  VARIABLES_BEFORE_HELPER.forEach(addVariable);
  const stored = findStoredCredentials(files, now);
  found.push(...stored.filter(({ kind }) => kind === "api_key_helper"));
  VARIABLES_AFTER_HELPER.forEach(addVariable);
  found.push(...stored.filter(({ kind }) => kind !== "api_key_helper"));
  return found;
}

/** Returns what is wrong with a value, in words that follow the name of its variable. */
function flawOf(kind: CredentialKind, value: string): string | undefined {
  if (kind === "file_descriptor") return undefined;
  const bare = value.trim();
  if (/^["'`]|["'`]$/.test(bare)) return "has quotes around the value";
  if (bare !== value) return "has whitespace around the value";
  if (!/^[\x21-\x7e]*$/.test(bare)) return "contains a character that is not allowed in a key";
  if (kind === "api_key" && bare.startsWith("sk-ant-oat")) {
    return "contains a login token, which belongs in CLAUDE_CODE_OAUTH_TOKEN";
  }
  if (kind === "oauth_token" && bare.startsWith("sk-ant-api")) {
    return "contains an API key, which belongs in ANTHROPIC_API_KEY";
  }
  return undefined;
}
