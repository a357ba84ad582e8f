/**
 * Which credential Claude Code would take. Measured on 2.0.25, 2.1.197 and 2.1.330, by what reaches
 * the API. Nothing here gives a credential, or a part of one, away.
 *
 * @module
 */

import type { ConfigFiles, Variable } from "./config_files.ts";
import { getNonEmptyString, getObject, getString, getStrings } from "../../claude/json_fields.ts";

/** What kind of credential it is. Another provider than the API has its own. */
export type CredentialKind =
  | "bedrock"
  | "vertex"
  | "foundry"
  | "custom_header"
  | "auth_token"
  | "api_key"
  | "api_key_helper"
  | "oauth_token"
  | "file_descriptor"
  | "identity_token"
  | "login"
  | "managed_key";

/** A credential that claude finds. */
export interface Credential {
  readonly kind: CredentialKind;
  /** The variable or the setting that gives it. */
  readonly name: string;
  /** The file in which that is; undefined for the environment. */
  readonly file?: string | undefined;
  /** What is wrong with it, in words that follow its name. */
  readonly flaws: readonly string[];
}

/** Switches to another provider, for which no other credential counts. */
const PROVIDERS = [
  ["bedrock", "CLAUDE_CODE_USE_BEDROCK"],
  ["vertex", "CLAUDE_CODE_USE_VERTEX"],
  ["foundry", "CLAUDE_CODE_USE_FOUNDRY"],
] as const;

/** Whether claude takes a switch for on. */
export function isSwitchedOn(value: string | undefined): boolean {
  return ["1", "true", "yes", "on"].includes(value?.toLowerCase().trim() ?? "");
}

/** How a header that carries a credential begins in ANTHROPIC_CUSTOM_HEADERS, which has one a line. */
const CREDENTIAL_HEADER = /^\s*(x-api-key|authorization)\s*:\s*\S/im;

/** How a token of a login and a key of the API begin. They are easily taken for each other. */
const LOGIN_TOKEN = /^\W*sk-ant-oat/;
const API_KEY = /^\W*sk-ant-api/;

/** Without it, a login is for other things than asking the model. */
const INFERENCE_SCOPE = "user:inference";

/**
 * All credentials that claude finds, in its own order: the first one counts.
 *
 * @param files the files that may have one
 * @param variables the environment that claude works with
 */
export function findCredentials(
  files: ConfigFiles,
  variables: ReadonlyMap<string, Variable>,
): Credential[] {
  const found: Credential[] = [];
  const add = (kind: CredentialKind, name: string, file?: string, flaws: string[] = []) =>
    void found.push({ kind, name, flaws, ...(file === undefined ? {} : { file }) });
  const addVariable = (kind: CredentialKind, name: string) => {
    const { value = "", file } = variables.get(name) ?? {};
    if (value.trim() !== "") add(kind, name, file, flawsOf(kind, value));
  };

  for (const [kind, name] of PROVIDERS) {
    const { value, file } = variables.get(name) ?? {};
    if (isSwitchedOn(value)) add(kind, name, file);
  }
  const headers = variables.get("ANTHROPIC_CUSTOM_HEADERS");
  if (CREDENTIAL_HEADER.test(headers?.value ?? "")) {
    add("custom_header", "ANTHROPIC_CUSTOM_HEADERS", headers?.file);
  }
  addVariable("auth_token", "ANTHROPIC_AUTH_TOKEN");
  addVariable("api_key", "ANTHROPIC_API_KEY");
  addVariable("file_descriptor", "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR");
  const helper = files.settings.findLast(({ content }) =>
    getNonEmptyString(content, "apiKeyHelper")
  );
  if (helper !== undefined) add("api_key_helper", "apiKeyHelper", helper.path);
  addVariable("oauth_token", "CLAUDE_CODE_OAUTH_TOKEN");
  addVariable("file_descriptor", "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR");
  addVariable("identity_token", "ANTHROPIC_IDENTITY_TOKEN");
  const login = getObject(files.login?.content ?? {}, "claudeAiOauth");
  if (
    getNonEmptyString(login, "accessToken") && getStrings(login, "scopes").includes(INFERENCE_SCOPE)
  ) {
    add("login", "claudeAiOauth", files.login?.path);
  } else if (Deno.build.os === "darwin" && isKnownAccount(files)) {
    add("login", "oauthAccount", files.state?.path);
  }
  if (getNonEmptyString(files.state?.content ?? {}, "primaryApiKey")) {
    add("managed_key", "primaryApiKey", files.state?.path);
  }
  return found;
}

/** Whether somebody has logged in here, whether the login is still there or not. */
export function isKnownAccount({ state }: ConfigFiles): boolean {
  return Object.keys(getObject(state?.content ?? {}, "oauthAccount")).length > 0;
}

/** A header that carries both is what claude sends when it has a token and a key. */
export function sendsBoth(credentials: readonly Credential[]): boolean {
  const [first] = credentials;
  return first?.kind === "auth_token" &&
    credentials.some(({ kind }) => kind === "api_key" || kind === "api_key_helper");
}

/** What is wrong with a value by its looks: without telling any of it. */
function flawsOf(kind: CredentialKind, value: string): string[] {
  if (kind === "file_descriptor") return [];
  const flaws: string[] = [];
  const bare = value.trim();
  if (bare !== value) {
    flaws.push("has white space around it, as an $(cat FILE) or a copy leaves it");
  }
  if (/^["'`]|["'`]$/.test(bare)) flaws.push("has quotes around it, which are sent, too");
  // deno-lint-ignore no-control-regex -- it is what no header may have
  if (/[\x00-\x20\x7f]|[^\x00-\x7f]/.test(bare)) {
    flaws.push("has a character in it that no key has: white space, a control or no ASCII");
  }
  if (kind === "api_key" && LOGIN_TOKEN.test(bare)) {
    flaws.push("is the token of a login, which belongs in CLAUDE_CODE_OAUTH_TOKEN");
  }
  if (kind === "oauth_token" && API_KEY.test(bare)) {
    flaws.push("is a key of the API, which belongs in ANTHROPIC_API_KEY");
  }
  return flaws;
}

/** Whether a login is over that nothing can renew. */
export function isLoginOver({ login }: ConfigFiles, now: number): boolean {
  const oauth = getObject(login?.content ?? {}, "claudeAiOauth");
  const ends = oauth["expiresAt"];
  return typeof ends === "number" && ends < now && !getString(oauth, "refreshToken");
}
