/**
 * Words that stand where a secret may be, and are none.
 *
 * @module
 */

/**
 * Values that people set where a password is wanted and none is meant, or that are no secret in a
 * job's services: who replaced them in a text would replace the text.
 */
const COMMON_WORDS: ReadonlySet<string> = new Set(
  `password passwords passphrase secret secrets changeme change-me changeit disabled enabled
  required optional undefined inherited anonymous placeholder example examples default
  postgres postgresql mysql mariadb redis mongo mongodb rabbitmq memcached cassandra clickhouse
  elastic elasticsearch opensearch influxdb sqlserver database minioadmin
  production staging preview development integration testing testtest sandbox
  localhost localdomain root rootroot admin adminadmin administrator user username guest guestguest
  github gitlab bitbucket pipeline workflow terraform kubernetes container`.trim().split(/\s+/),
);

/** Whether a value is a word that everybody uses. */
export function isCommonWord(value: string): boolean {
  return COMMON_WORDS.has(value.toLowerCase());
}

/** A longer run of letters is no word of a language that somebody would also write. */
const MAX_WORD_LENGTH = 12;

/**
 * Whether a value is a word of letters only, which may stand in other words, in paths and in names
 * without being a secret there.
 */
export function isPlainWord(value: string): boolean {
  return value.length <= MAX_WORD_LENGTH && /^(?:[A-Z]?[a-z]+|[A-Z]+)$/.test(value);
}

/** Whether what is there is a word by itself: no part of a longer one, of a path or of a name. */
export function isByItself(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 3), from);
  const after = text.slice(to, to + 2);
  if (/^(?:[\p{L}\p{N}_/(]|[.-][\p{L}\p{N}_])/u.test(after)) return false;
  // An escape in JSON or in a URL ends with a letter that is of no word.
  return /(?:\\[nrtbf]|%[0-9A-Fa-f]{2})$/.test(before) ||
    !/(?:[\p{L}\p{N}_/\\$-]|[\p{L}\p{N}_][.@])$/u.test(before);
}

/** Nobody writes a longer one. */
const MAX_REFERENCE_LENGTH = 256;

/** Whether a value is the place of another, which was to be put there: `${TOKEN}`, `<token>`. */
export function isTemplate(value: string): boolean {
  return value.length <= MAX_REFERENCE_LENGTH &&
    /^(?:\$\{[^]*\}|\$\([^]*\)|\{\{[^]*\}\}|<[^]*>)$/.test(value);
}

/**
 * Whether a value in a text only says where the secret is: `${TOKEN}`, `$TOKEN`, `%s`, `***`.
 *
 * @example
 * ```ts
 * import { isReference } from "./placeholders.ts";
 *
 * console.log(isReference("$TOKEN"), isReference("$ecr3t")); // true false
 * ```
 */
export function isReference(value: string): boolean {
  if (value.length > MAX_REFERENCE_LENGTH) return false;
  // The name of a variable is in one case.
  return /^(?:\$[{(]|\{\{|\{[\w.]*\}$|<|\*{3}|%[sdvq]$|%[A-Z_]+%$|\$[A-Z_][A-Z0-9_]*$|\$[a-z_]+$)/
    .test(value) || /^(.)\1+$/s.test(value);
}

/** What code reads its secrets from. */
const ENVIRONMENTS =
  /^(?:process\.env|import\.meta|os\.environ|Deno\.env|env|secrets|vars|inputs|steps|config|settings|self|this)\./;

/**
 * Whether a value is code that gets the secret: `process.env.TOKEN`, `token()`.
 *
 * @param next what comes after it
 */
export function isCode(value: string, next: string): boolean {
  if (value.length > MAX_REFERENCE_LENGTH) return false;
  if (!/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/.test(value)) return false;
  if (next === "(" || next === "[") return true;
  return value.includes(".") && (!/\d/.test(value) || ENVIRONMENTS.test(value));
}

/**
 * Whether a value is of words: `required`, `your-token-here`, `getTokenFromSession`,
 * `YOUR_TOKEN_HERE`. A key that somebody drew has digits, or changes its case more often.
 */
export function isWording(value: string): boolean {
  return /^(?:[a-z]+(?:[-_.][a-z]+)*|[A-Za-z][a-z]+(?:[A-Z][a-z]{2,})+|[A-Z]+(?:_[A-Z]+)+)$/
    .test(value);
}

/**
 * Whether a password in a URL is one: not the name of the user or of the service again, as in
 * `postgres://postgres:postgres@localhost`, and no word in a password's place.
 */
export function isUrlPassword(
  { scheme, user, password }: { scheme: string; user: string; password: string },
): boolean {
  const word = password.toLowerCase();
  return word !== user.toLowerCase() && word !== scheme.toLowerCase() && word !== "pass" &&
    !isCommonWord(word) && !isReference(password);
}
