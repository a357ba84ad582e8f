import type { RunEvent } from "../events.ts";
import type { Env } from "../util/env.ts";
import { envSecrets } from "./env_secrets.ts";
import { replaceKeys } from "./key_patterns.ts";
import { isPlainWord, isStandaloneWord } from "./plain_words.ts";

/** The text that replaces a secret. */
export const REDACTED = "[redacted]";

/** Removes secrets from what is stored or published. */
export interface Redactor {
  /** Returns the text without secrets. */
  text(text: string): string;
  /**
   * Returns the JSON value without secrets, also in the names of fields. Returns the same value if it
   * contains none.
   */
  json(value: unknown): unknown;
  /** Returns the event without secrets. No word of an event's schema is a secret. */
  event(event: RunEvent): RunEvent;
}

/** Shorter variants are not searched for, because text without secrets contains them. */
const MIN_VARIANT_LENGTH = 8;

/** Deeper values are replaced, because the recursion would overflow the stack. */
const MAX_DEPTH = 1_000;

/**
 * Colors, cursor movements, titles, and links. Not `stripAnsiCode` of `@std/fmt`, whose pattern
 * takes quadratic time on hostile text.
 */
const ESCAPE_SEQUENCES =
  // deno-lint-ignore no-control-regex -- escape sequences consist of control characters
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()][0-9A-Z]/g;

/**
 * Creates a {@linkcode Redactor} for the secrets in an environment and for keys of well-known
 * formats. It finds a secret as it is, in JSON, in a URL, in shell quotes, in Base64, and with
 * colors inside.
 *
 * A secret that is a plain word, such as `swordfish`, is removed only if it stands alone: not inside of
 * a longer word, a path, or a name.
 *
 * @example
 * ```ts
 * import { createRedactor } from "./redactor.ts";
 *
 * const redactor = createRedactor({ DB_PASSWORD: "correct horse" });
 * console.log(redactor.text("it is correct%20horse")); // it is [redacted]
 * ```
 *
 * @param env the environment; only variables with secret names or secret contents count
 */
export function createRedactor(env: Env): Redactor {
  const secrets = envSecrets(env);
  const plainWords = new Set(secrets.filter(isPlainWord));
  const pattern = anyOf(secrets.flatMap(encodedVariants));

  function replaceSecrets(text: string): string {
    const withoutSecrets = text.replace(pattern, (variant, start: number) => {
      const isPartOfWord = plainWords.has(variant) &&
        !isStandaloneWord(text, start, start + variant.length);
      return isPartOfWord ? variant : REDACTED;
    });
    return replaceKeys(withoutSecrets, REDACTED);
  }

  function redactText(text: string): string {
    const redacted = replaceSecrets(text);
    if (!redacted.includes("\x1b")) return redacted;
    // A text with a secret between its colors loses all of its colors.
    const plain = redacted.replace(ESCAPE_SEQUENCES, "");
    const redactedPlain = replaceSecrets(plain);
    return redactedPlain === plain ? redacted : redactedPlain;
  }

  function redactJson(value: unknown, depth = 0): unknown {
    if (typeof value === "string") return redactText(value);
    if (typeof value !== "object" || value === null) return value;
    if (depth > MAX_DEPTH) return REDACTED;
    if (Array.isArray(value)) {
      const items = value.map((item) => redactJson(item, depth + 1));
      return items.every((item, index) => item === value[index]) ? value : items;
    }
    return mapFields(value, (name, item) => [redactName(name), redactJson(item, depth + 1)]);
  }

  /** A plain word is an ordinary name of a field, even if it is also a password. */
  function redactName(name: string): string {
    return plainWords.has(name) ? name : redactText(name);
  }

  return {
    text: redactText,
    json: (value) => redactJson(value),
    event: (event) => redactJson(event) as RunEvent,
  };
}

/** Returns a pattern that matches any of the texts, the longest first, or nothing without texts. */
function anyOf(texts: readonly string[]): RegExp {
  if (texts.length === 0) return /(?!)/g;
  const longestFirst = [...new Set(texts)].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text) => RegExp.escape(text)).join("|"), "g");
}

/** Returns the variants in which a secret appears in text. */
function encodedVariants(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const variants = [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    new URLSearchParams([["", secret]]).toString().slice(1),
    secret.replaceAll("'", `'\\''`),
    ...base64Variants(secret),
  ];
  return [...new Set(variants)].filter((variant) => variant.length >= MIN_VARIANT_LENGTH);
}

/**
 * Returns the Base64 characters that depend only on the secret, for each of the three places in a
 * group of three bytes at which it can begin.
 */
function base64Variants(secret: string): string[] {
  const bytes = Array.from(new TextEncoder().encode(secret), (byte) => String.fromCharCode(byte));
  return [0, 1, 2].flatMap((offset) => {
    const binary = "\0".repeat(offset) + bytes.join("");
    // The first and the last character may share bits with the text around the secret.
    const start = Math.ceil(offset * 8 / 6);
    const end = Math.floor(binary.length * 8 / 6);
    const base64 = btoa(binary).slice(start, end);
    return [base64, base64.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** Maps the fields of an object. Returns the same object if no field changes. */
function mapFields(
  object: object,
  map: (name: string, item: unknown) => [name: string, item: unknown],
): object {
  const fields = Object.entries(object);
  const mapped = fields.map(([name, item]) => map(name, item));
  const isSame = mapped.every(([name, item], index) =>
    name === fields[index]?.[0] && item === fields[index]?.[1]
  );
  return isSame ? object : Object.fromEntries(mapped);
}
