import type { RunEvent } from "../events.ts";
import type { Env } from "../util/env.ts";
import { anyOf, anyOfWrapped } from "./any_of.ts";
import { configSecrets } from "./config_secrets.ts";
import { encodedVariants } from "./encodings.ts";
import { envSecrets } from "./env_secrets.ts";
import { replaceKeys } from "./key_patterns.ts";
import { PieceReplacer } from "./pieces.ts";
import { isPlainWord, isStandaloneWord } from "./plain_words.ts";
import { replaceAcrossLines } from "./wrapped_lines.ts";

/** The text that replaces a secret. */
export const REDACTED = "[redacted]";

/** Removes secrets from what is stored or published. */
export interface Redactor {
  /** Returns the text without secrets. */
  text(text: string): string;
  /** Returns a text without secrets, also without those that begin in the text before it. */
  textAfter(before: string, text: string): string;
  /**
   * Returns the JSON value without secrets, also in the names of fields. Returns the same value if it
   * contains none.
   */
  json(value: unknown): unknown;
  /** Returns the event without secrets. No word of an event's schema is a secret. */
  event(event: RunEvent): RunEvent;
}

/** How much of a text can be the rest of a secret that begins in the text before. */
const MAX_CONTINUATION = 4096;

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
 * Creates a {@linkcode Redactor} for the secrets in an environment and in configuration, and for keys of
 * well-known formats. It finds a secret as it is, in JSON, in a URL, in quotes, in Base64, with colors
 * inside, wrapped over several lines, and a long piece of one where a text begins or ends.
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
 * @param config JSON values of settings and MCP servers; only what looks secret counts
 */
export function createRedactor(env: Env, config: readonly unknown[] = []): Redactor {
  const secrets = [...new Set([...envSecrets(env), ...configSecrets(config)])];
  const plainWords = new Set(secrets.filter(isPlainWord));
  const variants = secrets.flatMap(encodedVariants);
  const pattern = anyOf(variants);
  const wrappedPattern = anyOfWrapped(variants.filter((variant) => !plainWords.has(variant)));
  const pieces = new PieceReplacer(variants);

  function replaceSecrets(text: string): string {
    const withoutSecrets = text.replace(pattern, (variant, start: number) => {
      const isPartOfWord = plainWords.has(variant) &&
        !isStandaloneWord(text, start, start + variant.length);
      return isPartOfWord ? variant : REDACTED;
    });
    const withoutWrapped = replaceAcrossLines(withoutSecrets, wrappedPattern, REDACTED);
    return replaceKeys(pieces.replace(withoutWrapped, REDACTED), REDACTED);
  }

  function redactText(text: string): string {
    const redacted = replaceSecrets(text);
    if (!redacted.includes("\x1b")) return redacted;
    // A text with a secret between its colors loses all of its colors.
    const plain = redacted.replace(ESCAPE_SEQUENCES, "");
    const redactedPlain = replaceSecrets(plain);
    return redactedPlain === plain ? redacted : redactedPlain;
  }

  function redactTextAfter(before: string, text: string): string {
    const start = before.trimEnd();
    const rest = text.trimStart();
    const joined = start + rest.slice(0, MAX_CONTINUATION);
    let end = start.length;
    for (const { index, 0: { length } } of joined.matchAll(wrappedPattern)) {
      if (index < start.length) end = Math.max(end, index + length);
    }
    const piece = rest.length < MAX_CONTINUATION ? pieces.pieceAtEnd(joined) : undefined;
    if (piece !== undefined && piece.start < start.length) end = Math.max(end, piece.end);
    const covered = end - start.length;
    if (covered === 0) return redactText(text);
    return text.slice(0, text.length - rest.length) + REDACTED + redactText(rest.slice(covered));
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
    textAfter: redactTextAfter,
    json: (value) => redactJson(value),
    event: (event) => redactJson(event) as RunEvent,
  };
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
