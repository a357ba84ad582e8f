/**
 * The credentials of Claude Code, in the order in which it chooses one. No value or part of a value
 * leaves this file.
 *
 * @module
 */

import type { JsonObject } from "../util/json.ts";
import type { ConfigFile, ConfigFiles, EnvVariable, SettingsFile } from "./config_files.ts";
import { getNonEmptyString, getNumber, getObject, getStrings } from "./json_fields.ts";

/** The kind of a credential. The first three are other providers, with credentials of their own. */
export type CredentialKind =
  | "bedrock"
  | "vertex"
  | "foundry"
  | "custom_header"
  | "auth_token"
  | "api_key"
  | "file_descriptor"
  | "api_key_helper"
  | "oauth_token"
  | "identity_token"
  | "login"
  | "managed_key";

const OTHER_PROVIDERS: readonly CredentialKind[] = ["bedrock", "vertex", "foundry"];

/** Returns whether a credential belongs to another provider than the Claude API. */
export function isOtherProvider({ kind }: Pick<Credential, "kind">): boolean {
  return OTHER_PROVIDERS.includes(kind);
}

/** What is wrong with the value of a credential. */
export type CredentialFlaw =
  | "quotes"
  | "whitespace"
  | "invalid_character"
  | "is_login_token"
  | "is_api_key";

/** A credential that Claude Code finds. */
export interface Credential {
  readonly kind: CredentialKind;
  /** The variable, setting or field that contains it. */
  readonly name: string;
  /** The file that contains it; undefined if it is in the environment. */
  readonly file?: string | undefined;
  readonly flaw?: CredentialFlaw | undefined;
  /** Whether it is a login that has expired and cannot be renewed. */
  readonly isExpired?: boolean;
}

/** What can contain a credential, besides variables. */
export type CredentialFiles = Pick<ConfigFiles, "settings" | "state" | "login">;

/**
 * Returns all credentials that Claude Code finds. It uses the first one; the order was measured by what
 * reaches the API.
 *
 * @param variables the environment of claude, see `effectiveVariables`
 * @param now the time at which a login may have expired, in milliseconds since 1970
 */
export function findCredentials(
  files: CredentialFiles,
  variables: ReadonlyMap<string, EnvVariable>,
  now: number = Date.now(),
): Credential[] {
  const provider = (kind: CredentialKind, name: string): Credential | undefined => {
    const { value = "", file } = variables.get(name) ?? {};
    return ["1", "true", "yes", "on"].includes(value.toLowerCase().trim())
      ? { kind, name, file }
      : undefined;
  };
  const variable = (kind: CredentialKind, name: string): Credential | undefined => {
    const { value = "", file } = variables.get(name) ?? {};
    return value.trim() === "" ? undefined : { kind, name, file, flaw: flawOf(kind, value) };
  };
  const found = [
    provider("bedrock", "CLAUDE_CODE_USE_BEDROCK"),
    provider("vertex", "CLAUDE_CODE_USE_VERTEX"),
    provider("foundry", "CLAUDE_CODE_USE_FOUNDRY"),
    customHeader(variables.get("ANTHROPIC_CUSTOM_HEADERS")),
    variable("auth_token", "ANTHROPIC_AUTH_TOKEN"),
    variable("api_key", "ANTHROPIC_API_KEY"),
    variable("file_descriptor", "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR"),
    apiKeyHelper(files.settings),
    variable("oauth_token", "CLAUDE_CODE_OAUTH_TOKEN"),
    variable("file_descriptor", "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR"),
    variable("identity_token", "ANTHROPIC_IDENTITY_TOKEN"),
    login(files, now),
    managedKey(files.state),
  ];
  return found.filter((credential) => credential !== undefined);
}

/** A header that contains a credential. The variable has one header a line. */
const CREDENTIAL_HEADER = /^\s*(?:x-api-key|authorization)\s*:\s*\S/im;

function customHeader(headers: EnvVariable | undefined): Credential | undefined {
  if (headers === undefined || !CREDENTIAL_HEADER.test(headers.value)) return undefined;
  return { kind: "custom_header", name: "ANTHROPIC_CUSTOM_HEADERS", file: headers.file };
}

function apiKeyHelper(settings: readonly SettingsFile[]): Credential | undefined {
  const name = "apiKeyHelper";
  const helper = settings.findLast(({ content }) => getNonEmptyString(content, name) !== undefined);
  return helper && { kind: "api_key_helper", name, file: helper.path };
}

/** A login without this scope cannot query the model. */
const INFERENCE_SCOPE = "user:inference";

function login({ login, state }: CredentialFiles, now: number): Credential | undefined {
  const oauth = getObject(login?.content ?? {}, "claudeAiOauth");
  const isUsable = getNonEmptyString(oauth, "accessToken") !== undefined &&
    getStrings(oauth, "scopes").includes(INFERENCE_SCOPE);
  if (login !== undefined && isUsable) {
    const isExpired = hasExpired(oauth, now);
    return { kind: "login", name: "claudeAiOauth", file: login.path, isExpired };
  }
  // The login itself is in the keychain, which cannot be read without a dialog.
  if (Deno.build.os !== "darwin" || state === undefined) return undefined;
  const isLoggedIn = Object.keys(getObject(state.content, "oauthAccount")).length > 0;
  return isLoggedIn ? { kind: "login", name: "oauthAccount", file: state.path } : undefined;
}

function hasExpired(oauth: JsonObject, now: number): boolean {
  const expiresAt = getNumber(oauth, "expiresAt");
  return expiresAt !== undefined && expiresAt < now &&
    getNonEmptyString(oauth, "refreshToken") === undefined;
}

function managedKey(state: ConfigFile | undefined): Credential | undefined {
  const name = "primaryApiKey";
  if (state === undefined || getNonEmptyString(state.content, name) === undefined) return undefined;
  return { kind: "managed_key", name, file: state.path };
}

function flawOf(kind: CredentialKind, value: string): CredentialFlaw | undefined {
  if (kind === "file_descriptor") return undefined;
  const bare = value.trim();
  if (/^["'`]|["'`]$/.test(bare)) return "quotes";
  if (bare !== value) return "whitespace";
  if (!/^[\x21-\x7e]*$/.test(bare)) return "invalid_character";
  if (kind === "api_key" && bare.startsWith("sk-ant-oat")) return "is_login_token";
  if (kind === "oauth_token" && bare.startsWith("sk-ant-api")) return "is_api_key";
  return undefined;
}
