/**
 * Which variables of an environment hold secrets, by their names and values.
 *
 * @module
 */

import { isCommonWord, isTemplate, isUrlPassword } from "./placeholders.ts";
import type { Env } from "../util/env.ts";

/** A shorter value is not looked for: it would be found in words that are no secret. */
export const MIN_SECRET_LENGTH = 8;

/** Words of a name that say "secret", however the value looks. */
const SECRET_WORDS = wordSet(`
  PASSWORD PASSWORDS PASSWD PASS PASSPHRASE PASSCODE PASSKEY PWD
  SECRET SECRETS CREDENTIAL CREDENTIALS CREDS CRED
  TOKEN TOKENS KEY KEYS APIKEY APIKEYS JWT PAT BEARER OTP
  AUTH AUTHORIZATION PRIVATE COOKIE COOKIES WEBHOOK WEBHOOKS DSN SIGNATURE
`);

/** The same where words are written together: `PGPASSWORD`, `AUTHTOKEN`. */
const SECRET_ENDINGS =
  /(?:PASSWORDS?|PASSWD|PASSPHRASE|SSHPASS|TOKEN|SECRETS?|APIKEY|ACCESSKEY|SECRETKEY|PRIVATEKEY|CREDENTIALS?|COOKIES?)$/;

/** What the last word says when the value only speaks of a secret: where it is, how large, which. */
const SPEAKS_OF = wordSet(`
  FILE FILES FILENAME PATH PATHS DIR DIRECTORY FOLDER ROOT HOME STORE SOCK SOCKET URL URI ENDPOINT HOST
  HOSTS HOSTNAME PORT DOMAIN REGION REGISTRY NETWORK SUBNET ID IDS NAME NAMES USER USERNAME EMAIL TYPE
  KIND METHOD MODE SCHEME FORMAT PREFIX SUFFIX ALGORITHM ALG PROVIDER PLUGIN HELPER PROGRAM COMMAND CMD
  SIZE LENGTH LIMIT COUNT BUDGET MIN MAX TTL EXPIRY EXPIRES TIMEOUT MS SECONDS INTERVAL VERSION ENABLED
  DISABLED REQUIRED SCOPE SCOPES ISSUER AUDIENCE REALM POLICY MINUTES HOURS DAYS FINGERPRINT
`);

/** With one of these, `KEY` and `TOKENS` are no secret: a limit, a cache's key, a public key. */
const HARMLESS_WORDS = wordSet("MAX MIN NUM CACHE PRIMARY FOREIGN SORT PARTITION PUBLIC PUB");

/** Words that stay secret beside a harmless one. */
const STRONG_WORDS = wordSet(
  "PASSWORD PASSWORDS PASSWD PASSPHRASE SECRET SECRETS CREDENTIALS PRIVATE",
);

/** Names that look secret and are not. */
const NEVER = wordSet("PWD OLDPWD INIT_PWD SSH_AUTH_SOCK PASSWORD_STORE_DIR");

/** A GPG key's id or fingerprint, which is public. */
const KEY_ID = /^(?:0x)?[0-9A-F]{8,40}$/i;

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

/** The words of a name, in upper case: `npm_config_authToken` has four. */
function wordsOf(name: string): string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase().split(/[^A-Z0-9]+/)
    .filter((word) => word !== "");
}

/**
 * Whether a variable of this name may hold a secret.
 *
 * @example
 * ```ts
 * import { isSecretName } from "./env_secrets.ts";
 *
 * console.log(isSecretName("ANTHROPIC_API_KEY"), isSecretName("SSH_KEY_PATH")); // true false
 * ```
 */
export function isSecretName(name: string): boolean {
  if (NEVER.has(name.toUpperCase())) return false;
  const words = wordsOf(name);
  const found = words.filter((word) => SECRET_WORDS.has(word) || SECRET_ENDINGS.test(word));
  if (found.length === 0) return false;
  // A webhook's address is its secret.
  if (found.includes("WEBHOOK") || found.includes("WEBHOOKS")) {
    return !["ID", "NAME", "PORT", "HOST", "PATH"].includes(words.at(-1) ?? "");
  }
  if (SPEAKS_OF.has(words.at(-1) ?? "")) return false;
  return !words.some((word) => HARMLESS_WORDS.has(word)) ||
    found.some((word) => STRONG_WORDS.has(word));
}

/** Whether a value of a secret's name is worth looking for. */
function isSecretValue(name: string, value: string): boolean {
  if (value.length < MIN_SECRET_LENGTH || isCommonWord(value) || isTemplate(value)) return false;
  const words = wordsOf(name);
  const isPassword = words.some((word) => word.startsWith("PASS") || STRONG_WORDS.has(word));
  // A number is a limit or an id, but for a password. One character all along is a mask.
  if (/^[\d.,_]+$/.test(value) && !isPassword) return false;
  if (/^(.)\1*$/s.test(value)) return false;
  if (words.includes("GPG") && KEY_ID.test(value)) return false;
  // MYSQL_PWD is a password, and BUILD_PWD a directory.
  const isDirectory = /^(?:\/|~|[A-Za-z]:[\\/])/.test(value);
  return !(isDirectory && words.at(-1) === "PWD");
}

/** The password in a URL, as it stands there and decoded. */
function passwordsIn(value: string): string[] {
  // An address has no spaces; who has something longer has no address.
  if (value.length > 10_000) return [];
  return [...value.matchAll(URLS)].flatMap(([, scheme = "", user = "", password = ""]) => {
    if (!isUrlPassword({ scheme, user, password })) return [];
    try {
      return [password, decodeURIComponent(password)];
    } catch {
      return [password];
    }
  });
}

/** A URL with a password: scheme, user, password. */
const URLS = /([A-Za-z0-9+.-]{0,32}):\/\/([^\s/@:"']{0,256}):([^\s/@"']{1,256})@/g;

/** The secrets in a list of headers, as `Authorization: Bearer ...` or `api-key=...,x=...`. */
function headersIn(value: string): string[] {
  return value.split(/[\n,]/).flatMap((line) => {
    const [, name = "", content = ""] = /^\s*([\w-]+)\s*[:=]\s*(.*?)\s*$/.exec(line) ?? [];
    return isSecretName(name) ? [content.replace(/^(?:Bearer|Basic|Token)\s+/i, "")] : [];
  });
}

/** The secrets in a JSON value, as the key of a service account: strings under secret names. */
function secretsInJson(value: unknown, name: string, depth = 0): string[] {
  if (typeof value === "string") return isSecretName(name) ? linesOf(value) : [];
  if (typeof value !== "object" || value === null || depth > 20) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    secretsInJson(item, Array.isArray(value) ? name : key, depth + 1)
  );
}

function parsed(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** A value and, when it has several lines, those that tell something. */
function linesOf(value: string): string[] {
  if (!/[\r\n]/.test(value)) return [value];
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  return [value, value.trim(), ...lines.filter(isTellingLine), ...lines.flatMap(secretsInLine)];
}

/** A line that is as long is taken to be of no use elsewhere. */
const TELLING_LENGTH = 16;

/**
 * Whether a line of a secret is one by itself. `clusters:` is none: that would be found wherever
 * there is another file of the kind; nor is what all keys begin and end with.
 */
function isTellingLine(line: string): boolean {
  if (/^-{2,}[A-Z0-9 ]+-{2,}$/.test(line)) return false;
  return line.length >= TELLING_LENGTH || /\d/.test(line) && !/:(?:\s|$)/.test(line);
}

/** The secret in a line of a file of settings, `password: ...` or `API_KEY=...`. */
function secretsInLine(line: string): string[] {
  const [, name = "", quoted = ""] = /^[\s-]*["']?([\w.-]{1,100})["']?\s*[:=]\s*(.*)$/.exec(line) ??
    [];
  if (quoted === "" || !isSecretName(name)) return [];
  return [quoted.replace(/^(["'])(.*)\1[,;]?$/, "$2")];
}

/**
 * The secrets that an environment holds, each once, in the forms in which they stand there.
 *
 * @example
 * ```ts
 * import { envSecrets } from "./env_secrets.ts";
 *
 * console.log(envSecrets({ API_KEY: "0123-4567-89ab", HOME: "/home/ada" })); // ["0123-4567-89ab"]
 * ```
 */
export function envSecrets(env: Env): string[] {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    const found = passwordsIn(value);
    const json = parsed(value);
    if (wordsOf(name).some((word) => word === "HEADER" || word === "HEADERS")) {
      found.push(...headersIn(value));
    } else if (isSecretName(name) && isSecretValue(name, value.trim())) {
      found.push(value, value.trim());
      // The lines of a JSON file are mostly brackets and names.
      if (json === undefined) found.push(...linesOf(value));
    }
    found.push(...secretsInJson(json, ""));
    for (const secret of found) {
      if (isSecretValue("PASSWORD", secret)) secrets.add(secret);
    }
  }
  return [...secrets];
}
