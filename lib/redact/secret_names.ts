/**
 * Returns whether a variable of this name may contain a secret.
 *
 * @example
 * ```ts
 * import { isSecretName } from "./secret_names.ts";
 *
 * console.log(isSecretName("ANTHROPIC_API_KEY"), isSecretName("SSH_KEY_PATH")); // true false
 * ```
 */
export function isSecretName(name: string): boolean {
  const words = splitName(name);
  const [lastWord, lastTwoWords] = [words.slice(-1).join(), words.slice(-2).join("_")];
  // The URL of a webhook is its secret.
  if (lastTwoWords === "WEBHOOK_URL") return true;
  return words.some((word) => SECRET_WORD.test(word)) &&
    !NON_SECRET_ENDINGS.has(lastWord) && !NON_SECRET_ENDINGS.has(lastTwoWords);
}

/** Splits a name into upper-case words: `npm_config_authToken` has four. */
function splitName(name: string): string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase().split(/[^A-Z0-9]+/)
    .filter((word) => word !== "");
}

/** A word that makes a name secret, or the end of such a word: `PASSWORD` in `PGPASSWORD`. */
const SECRET_WORD = new RegExp(
  "^(?:PASS|PASSCODE|PASSKEY|PWD|CREDS?|KEYS?|JWT|PAT|OTP|DSN|BEARER|AUTH|AUTHORIZATION|PRIVATE|" +
    "SIGNATURE|WEBHOOKS?)$|" +
    "(?:PASSWORDS?|PASSWD|PASSPHRASE|SSHPASS|TOKENS?|SECRETS?|CREDENTIALS?|COOKIES?|APIKEYS?|" +
    "ACCESSKEY|SECRETKEY|PRIVATEKEY)$",
);

/** Last words of names whose values only describe a secret: where it is, how long it lives. */
const NON_SECRET_ENDINGS: ReadonlySet<string> = new Set(
  `FILE FILES FILENAME PATH PATHS DIR DIRECTORY FOLDER ROOT HOME STORE SOCK SOCKET URL URI ENDPOINT HOST
  HOSTS HOSTNAME PORT DOMAIN REGION REGISTRY NETWORK SUBNET ID IDS NAME NAMES USER USERNAME EMAIL TYPE
  KIND METHOD MODE SCHEME FORMAT PREFIX SUFFIX ALGORITHM ALG PROVIDER PLUGIN HELPER PROGRAM COMMAND CMD REFRESH EXPORT
  SIZE LENGTH LIMIT COUNT BUDGET MIN MAX TTL EXPIRY EXPIRES TIMEOUT MS SECONDS INTERVAL VERSION ENABLED
  DISABLED REQUIRED SCOPE SCOPES ISSUER AUDIENCE REALM POLICY MINUTES HOURS DAYS FINGERPRINT
  PUBLIC_KEY PUB_KEY CACHE_KEY PRIMARY_KEY FOREIGN_KEY SORT_KEY PARTITION_KEY
  MAX_TOKENS INPUT_TOKENS OUTPUT_TOKENS THINKING_TOKENS`.split(/\s+/),
);
