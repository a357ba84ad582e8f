/**
 * The credentials of Claude Code that are not in the environment. Only whether there are any leaves
 * this file, never a value.
 *
 * @module
 */

import { resolve } from "@std/path/resolve";
import { isInlineJson, type JsonObject, parseJsonObject } from "../util/json.ts";
import { configDirectory, type ConfigLocation, stateFile } from "./config_directory.ts";
import { getNonEmptyString, getNumber, getObject, getStrings } from "./json_fields.ts";

/** A JSON file. */
export interface JsonFile {
  readonly path: string;
  readonly content: JsonObject;
}

/** The files that can contain a credential. */
export interface CredentialFiles {
  /** The settings. Later ones take precedence. */
  readonly settings: readonly JsonFile[];
  /** `.claude.json` */
  readonly state?: JsonFile | undefined;
  /** `.credentials.json` */
  readonly login?: JsonFile | undefined;
}

/** A credential that is not in the environment. */
export interface StoredCredential {
  readonly kind: "api_key_helper" | "login" | "managed_key";
  /** The setting or field that contains it. */
  readonly name: string;
  /** The file that contains it. */
  readonly file: string;
  /** Whether it is a login that has expired and cannot be renewed. */
  readonly isExpired?: boolean;
}

/**
 * Returns the stored credentials. Claude Code uses the first one.
 *
 * @param now the time at which a login may have expired, in milliseconds since 1970
 */
export function findStoredCredentials(
  files: CredentialFiles,
  now: number = Date.now(),
): StoredCredential[] {
  const found: StoredCredential[] = [];
  const helper = files.settings.findLast(({ content }) =>
    getNonEmptyString(content, "apiKeyHelper") !== undefined
  );
  if (helper !== undefined) {
    found.push({ kind: "api_key_helper", name: "apiKeyHelper", file: helper.path });
  }
  const login = findLogin(files, now);
  if (login !== undefined) found.push(login);
  const { state } = files;
  if (state !== undefined && getNonEmptyString(state.content, "primaryApiKey") !== undefined) {
    found.push({ kind: "managed_key", name: "primaryApiKey", file: state.path });
  }
  return found;
}

/** A login without this scope cannot query the model. */
const INFERENCE_SCOPE = "user:inference";

function findLogin(
  { login, state }: CredentialFiles,
  now: number,
): StoredCredential | undefined {
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

/** Options for {@linkcode hasStoredCredential}. */
export interface StoredCredentialOptions extends ConfigLocation {
  /** Additional settings: JSON, or the name of a file. */
  readonly settings?: string | undefined;
  /** The directory that a relative name of that file starts from. @default {cwd} */
  readonly from?: string | undefined;
}

/** Returns whether Claude Code has a credential that is not in the environment. */
export async function hasStoredCredential(options: StoredCredentialOptions): Promise<boolean> {
  const { cwd, settings, from = cwd } = options;
  const directory = configDirectory(options);
  const paths = [
    directory && resolve(directory, "settings.json"),
    resolve(cwd, ".claude", "settings.json"),
    resolve(cwd, ".claude", "settings.local.json"),
    settings && !isInlineJson(settings) ? resolve(from, settings) : undefined,
  ];
  const files = (await Promise.all(paths.map(readJsonFile))).filter((file) => file !== undefined);
  if (settings !== undefined && isInlineJson(settings)) {
    files.push({ path: "inline settings", content: parseJsonObject(settings) ?? {} });
  }
  const credentials = findStoredCredentials({
    settings: files,
    state: await readJsonFile(stateFile(options)),
    login: await readJsonFile(directory && resolve(directory, ".credentials.json")),
  });
  return credentials.length > 0;
}

async function readJsonFile(path: string | undefined): Promise<JsonFile | undefined> {
  if (path === undefined) return undefined;
  const text = await Deno.readTextFile(path).catch(() => "");
  const content = parseJsonObject(text);
  return content && { path, content };
}
