/**
 * Finds the secrets in an environment by the names and the form of its variables.
 *
 * @module
 */

import { isDistinctiveLine, looksLikePlaceholder } from "./placeholders.ts";
import type { Env } from "../util/env.ts";

/** Shorter values are not redacted, because ordinary words contain them. */
const MIN_SECRET_LENGTH = 8;

/** Words that make a name secret. */
const SECRET_WORDS = wordSet(`
  PASSWORD PASSWORDS PASSWD PASS PASSPHRASE PASSCODE PASSKEY PWD
  SECRET SECRETS CREDENTIAL CREDENTIALS CREDS CRED
  TOKEN TOKENS KEY KEYS APIKEY APIKEYS JWT PAT BEARER OTP
  AUTH AUTHORIZATION PRIVATE COOKIE COOKIES WEBHOOK WEBHOOKS DSN SIGNATURE
`);

/** The same in names without separators: `PGPASSWORD`, `AUTHTOKEN`. */
const SECRET_ENDINGS =
  /(?:PASSWORDS?|PASSWD|PASSPHRASE|SSHPASS|TOKEN|SECRETS?|APIKEY|ACCESSKEY|SECRETKEY|PRIVATEKEY|CREDENTIALS?|COOKIES?)$/;

/** Last words of names whose values only describe a secret: where it is, how long it lives. */
const NON_SECRET_SUFFIXES = wordSet(`
  FILE FILES FILENAME PATH PATHS DIR DIRECTORY FOLDER ROOT HOME STORE SOCK SOCKET URL URI ENDPOINT HOST
  HOSTS HOSTNAME PORT DOMAIN REGION REGISTRY NETWORK SUBNET ID IDS NAME NAMES USER USERNAME EMAIL TYPE
  KIND METHOD MODE SCHEME FORMAT PREFIX SUFFIX ALGORITHM ALG PROVIDER PLUGIN HELPER PROGRAM COMMAND CMD
  SIZE LENGTH LIMIT COUNT BUDGET MIN MAX TTL EXPIRY EXPIRES TIMEOUT MS SECONDS INTERVAL VERSION ENABLED
  DISABLED REQUIRED SCOPE SCOPES ISSUER AUDIENCE REALM POLICY MINUTES HOURS DAYS FINGERPRINT
`);

/** Next to these words, `KEY` and `TOKENS` are not secret: a limit, a cache key, a public key. */
const HARMLESS_WORDS = wordSet("MAX MIN NUM CACHE PRIMARY FOREIGN SORT PARTITION PUBLIC PUB");

/** Words that stay secret next to a harmless one. */
const STRONG_WORDS = wordSet(
  "PASSWORD PASSWORDS PASSWD PASSPHRASE SECRET SECRETS CREDENTIALS PRIVATE",
);

/** Names that look secret but are not. */
const EXCLUDED_NAMES = wordSet("PWD OLDPWD INIT_PWD SSH_AUTH_SOCK PASSWORD_STORE_DIR");

/** The ID of a GPG key, which is public. */
const KEY_ID = /^(?:0x)?[0-9A-F]{8,40}$/i;

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

/** Splits a name into upper-case words: `npm_config_authToken` has four. */
function splitName(name: string): string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase().split(/[^A-Z0-9]+/)
    .filter((word) => word !== "");
}

/**
 * Returns whether a variable of this name may contain a secret.
 *
 * @example
 * ```ts
 * import { isSecretName } from "./env_secrets.ts";
 *
 * console.log(isSecretName("ANTHROPIC_API_KEY"), isSecretName("SSH_KEY_PATH")); // true false
 * ```
 */
export function isSecretName(name: string): boolean {
  if (EXCLUDED_NAMES.has(name.toUpperCase())) return false;
  const words = splitName(name);
  const last = words.at(-1) ?? "";
  const secretWords = words.filter((word) => SECRET_WORDS.has(word) || SECRET_ENDINGS.test(word));
  if (secretWords.length === 0) return false;
  // The URL of a webhook is its secret.
  if (secretWords.some((word) => word.startsWith("WEBHOOK"))) {
    return !["ID", "NAME", "PORT", "HOST", "PATH"].includes(last);
  }
  if (NON_SECRET_SUFFIXES.has(last)) return false;
  return !words.some((word) => HARMLESS_WORDS.has(word)) ||
    secretWords.some((word) => STRONG_WORDS.has(word));
}

/** Returns whether the value of a variable with a secret name is worth redacting. */
function isSecretValue(name: string, value: string): boolean {
  if (value.length < MIN_SECRET_LENGTH || looksLikePlaceholder(value)) return false;
  const words = splitName(name);
  const isPassword = words.some((word) => word.startsWith("PASS") || STRONG_WORDS.has(word));
  // A number is a limit or an ID, unless it is a password.
  if (/^[\d.,_]+$/.test(value) && !isPassword) return false;
  if (words.includes("GPG") && KEY_ID.test(value)) return false;
  // MYSQL_PWD is a password, and BUILD_PWD a directory.
  const isDirectory = /^(?:\/|~|[A-Za-z]:[\\/])/.test(value);
  return !(isDirectory && words.at(-1) === "PWD");
}

/** Longer values are not searched for a URL. */
const MAX_URL_LENGTH = 10_000;

const URL_PASSWORD =
  /(?<scheme>[A-Za-z0-9+.-]{0,32}):\/\/(?<user>[^\s/@:"']{0,256}):(?<password>[^\s/@"']{1,256})@/g;

/** Returns the passwords in the URLs of a value, as written and decoded. */
function urlPasswords(value: string): string[] {
  if (value.length > MAX_URL_LENGTH) return [];
  return [...value.matchAll(URL_PASSWORD)].flatMap(({ groups = {} }) => {
    const { scheme = "", user = "", password = "" } = groups;
    return isUrlPassword(scheme, user, password) ? [password, decodeUrl(password)] : [];
  });
}

function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * Returns whether the password of a URL is a secret. It is not in
 * `postgres://postgres:postgres@localhost`, which repeats the name of the user or of the service.
 */
export function isUrlPassword(scheme: string, user: string, password: string): boolean {
  const word = password.toLowerCase();
  return ![user.toLowerCase(), scheme.toLowerCase(), "pass"].includes(word) &&
    !looksLikePlaceholder(password);
}

const SETTING = /^[\s-]*["']?(?<name>[\w.-]{1,100})["']?\s*[:=]\s*(?<setting>\S.*)$/;

/** Returns the secrets in lines such as `password: ...`, `API_KEY=...`, or `X-Api-Key: ...`. */
function secretSettings(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const { name = "", setting = "" } = SETTING.exec(line)?.groups ?? {};
    if (!isSecretName(name)) return [];
    return [
      setting.trim()
        .replace(/^(?:Bearer|Basic|Token)\s+/i, "")
        .replace(/^(["'])(.*)\1[,;]?$/, "$2"),
    ];
  });
}

/** Deeper JSON is not searched. */
const MAX_DEPTH = 20;

/** Returns the strings under secret names in a JSON value, for example the key of a service account. */
function secretsInJson(value: unknown, name = "", depth = 0): string[] {
  if (typeof value === "string") return isSecretName(name) ? valueAndLines(value) : [];
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    secretsInJson(item, Array.isArray(value) ? name : key, depth + 1)
  );
}

/** Parses a JSON object or array. Returns `undefined` for anything else. */
function parseJson(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Returns a value and, if it has several lines, those that are secrets on their own. */
function valueAndLines(value: string): string[] {
  const trimmed = value.trim();
  const lines = trimmed.split(/[\r\n]+/).map((line) => line.trim());
  if (lines.length === 1) return [value, trimmed];
  return [value, trimmed, ...lines.filter(isDistinctiveLine), ...secretSettings(lines)];
}

/** Returns the secrets in one variable, including those inside of URLs, headers, and JSON. */
function secretsInVariable(name: string, value: string): string[] {
  const json = parseJson(value);
  const secrets = [...urlPasswords(value), ...secretsInJson(json)];
  if (/headers?$/i.test(name)) return [...secrets, ...secretSettings(value.split(/[\n,]/))];
  if (!isSecretName(name) || !isSecretValue(name, value.trim())) return secrets;
  // The lines of a JSON file are mostly brackets and names.
  return [...secrets, ...(json === undefined ? valueAndLines(value) : [value, value.trim()])];
}

/**
 * Returns the secrets in an environment without duplicates.
 *
 * @example
 * ```ts
 * import { envSecrets } from "./env_secrets.ts";
 *
 * console.log(envSecrets({ API_KEY: "0123-4567-89ab", HOME: "/home/ada" })); // ["0123-4567-89ab"]
 * ```
 */
export function envSecrets(env: Env): string[] {
  const secrets = Object.entries(env).flatMap(([name, value]) => secretsInVariable(name, value));
  return [...new Set(secrets.filter((secret) => isSecretValue("PASSWORD", secret)))];
}
