/**
 * Finds what looks like a key, whoever it belongs to.
 *
 * @module
 */

import type { Found } from "./find_needles.ts";
import { isCode, isReference, isUrlPassword, isWording } from "./placeholders.ts";

/**
 * A well-known format of keys.
 *
 * The expressions are tried only where a text of `starts` stands, and each is linear: what
 * repeats is bounded, or cannot begin again within itself.
 */
interface Format {
  /** How it begins: one of these, of at least 3 characters. */
  readonly starts: readonly string[];
  /** What follows, tried at the beginning. A group named `secret` is what is to go; without it, all. */
  readonly pattern: RegExp;
  /** Tells what is none of them although it looks so. Without it, nothing is. */
  readonly isNone?: IsNone;
}

/**
 * Tells of what was found whether it is no secret.
 *
 * @param next what comes after it
 */
type IsNone = (secret: string, match: RegExpExecArray, next: string) => boolean;

/**
 * Not within a word. An escape in JSON (`\n`), of a URL (`%20`) or of a terminal's colour ends
 * with a letter that is of no word.
 */
const BOUNDARY = String
  .raw`(?:(?<![A-Za-z0-9_-])|(?<=\\[nrtbf])|(?<=\\u[0-9a-fA-F]{4})|(?<=%[0-9A-F]{2})|(?<=\[[0-9;]{0,16}m))`;

/** Not in the midst of a word behind. */
const END = "(?![A-Za-z0-9])";

/**
 * The most that a pattern takes at once, for the engine keeps what repeats on a stack. Real keys
 * are shorter; what is not is taken to its end by {@linkcode endOfRun}.
 */
const MAX_RUN = 2048;

/** In a pattern `{20,}` stands for 20 and more, up to {@linkcode MAX_RUN}. */
function format(starts: string, pattern: string, isNone?: IsNone): Format {
  const bounded = pattern.replaceAll(",}", `,${MAX_RUN}}`);
  return {
    starts: starts.split(" "),
    pattern: new RegExp(bounded, "dy"),
    ...(isNone === undefined ? {} : { isNone }),
  };
}

/** One whose beginning tells enough, wherever it is. */
function prefixed(starts: string, rest: string): Format {
  return format(starts, `(?:${starts.split(" ").map(escapeRegExp).join("|")})${rest}`);
}

/** One that must be a word of its own. */
function word(starts: string, rest: string, isNone?: IsNone): Format {
  return format(
    starts,
    `${BOUNDARY}(?:${starts.split(" ").map(escapeRegExp).join("|")})${rest}`,
    isNone,
  );
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}

const QUOTE = String.raw`\\{0,4}["']?`;
const SEPARATOR = String.raw`${QUOTE}\s{0,4}[:=]\s{0,4}${QUOTE}`;

/** A header, or a field of that name. */
function header(names: string): Format {
  const written = names.split(" ").flatMap((name) => [
    name,
    name.toUpperCase(),
    name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
    name.replace(/^[a-z]/, (letter) => letter.toUpperCase()),
  ]);
  const starts = [...new Set(written)];
  const name = `(?:${starts.map(escapeRegExp).join("|")})`;
  return format(starts.join(" "), `${name}${SEPARATOR}(?<secret>[\\w.~+/=%-]{16,})`, isNoKey);
}

/** In code and in instructions there is something else in a key's place. */
const isNoKey: IsNone = (secret, _match, next) =>
  isReference(secret) || isCode(secret, next) || isWording(secret);

/** `sk-learn-like-names-2` has a digit, too. */
const isName: IsNone = (secret) => /^sk(?:[-_](?:[a-z]+|\d{1,3}))+$/.test(secret);

const isNoPassword: IsNone = (password, { groups }) =>
  !isUrlPassword({ scheme: groups?.["scheme"] ?? "", user: groups?.["user"] ?? "", password });

const FORMATS: readonly Format[] = [
  // Anthropic, OpenAI and those who took over its looks. A digit tells a key from words with dashes.
  prefixed("sk-ant-", "[A-Za-z0-9_-]{12,}"),
  word("sk-", String.raw`(?=[A-Za-z_-]{0,200}\d)[A-Za-z0-9_-]{20,}`, isName),
  word("gsk_ xai-", "[A-Za-z0-9]{40,}"),
  word("pplx-", "[A-Za-z0-9]{32,}"),
  word("hf_", "[A-Za-z0-9]{30,}"),
  word("r8_", "[A-Za-z0-9]{30,}"),
  // GitHub, GitLab, package registries.
  prefixed("ghp_ gho_ ghu_ ghs_ ghr_", "[A-Za-z0-9]{20,}[A-Za-z0-9_.-]{0,}"),
  prefixed("github_pat_", "[A-Za-z0-9_]{20,}"),
  prefixed(
    "glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- glsoat- glffct- gloas-",
    String.raw`[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]{1,64}){0,4}`,
  ),
  word("npm_", `[A-Za-z0-9]{36}${END}`),
  word("pypi-", "[A-Za-z0-9_-]{40,}"),
  prefixed("dckr_pat_ dckr_oat_", "[A-Za-z0-9_-]{20,}"),
  format("_authToken=", String.raw`_authToken=(?<secret>[^\s"'\\]{8,})`, isNoKey),
  // Clouds.
  word("AKIA ASIA ABIA ACCA", `[A-Z0-9]{16}${END}`),
  prefixed("aws_secret_access_key", `${SEPARATOR}(?<secret>[A-Za-z0-9/+=]{40})`),
  prefixed("AWS_SECRET_ACCESS_KEY", `${SEPARATOR}(?<secret>[A-Za-z0-9/+=]{40})`),
  word("AIza", `[A-Za-z0-9_-]{35}`),
  word("ya29.", "[A-Za-z0-9_-]{20,}"),
  prefixed("GOCSPX-", "[A-Za-z0-9_-]{20,}"),
  prefixed(
    "AccountKey= SharedAccessKey= SharedAccessSignature=",
    "(?<secret>[A-Za-z0-9+/=%&]{40,})",
  ),
  word("dop_v1_ doo_v1_ dor_v1_", "[a-f0-9]{64}"),
  word("hvs. hvb. hvr.", "[A-Za-z0-9_-]{24,}"),
  word("dapi", `[a-f0-9]{32}${END}`),
  prefixed("AGE-SECRET-KEY-1", "[0-9A-Z]{50,}"),
  // Services.
  prefixed("xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xoxc- xoxd- xoxe.", "[A-Za-z0-9.%-]{10,}"),
  prefixed("xapp-", String.raw`\d-[A-Za-z0-9-]{10,}`),
  prefixed("hooks.slack.com/", "[a-z]{1,20}/(?<secret>[A-Za-z0-9/]{20,})"),
  prefixed("discord.com/api/webhooks/", String.raw`\d{1,32}/(?<secret>[A-Za-z0-9_-]{20,})`),
  word("sk_live_ sk_test_ rk_live_ rk_test_", "[A-Za-z0-9]{16,}"),
  prefixed("whsec_", "[A-Za-z0-9+/=]{24,}"),
  word("SG.", String.raw`[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}`),
  prefixed("shpat_ shpca_ shppa_ shpss_", "[a-fA-F0-9]{32}"),
  prefixed("ATATT3", "[A-Za-z0-9_=-]{50,}"),
  prefixed("lin_api_ figd_ sbp_ PMAK- ntn_ dp.pt. glsa_", "[A-Za-z0-9_-]{24,}"),
  // JSON Web Tokens: two objects and a signature. The class has no dot, so a run is read once.
  word("eyJ", String.raw`[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{4,16384}\.[A-Za-z0-9_-]{8,}`),
  // Private keys: to their end, or where that is cut off, as far as there are lines of Base64.
  // The class stops at two dashes, so that nothing is read twice.
  format(
    "-----BEGIN",
    String.raw`-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----` +
      String
        .raw`(?:(?:[A-Za-z0-9+/=\s:,.()\\]|-(?!-)){0,32768}-----END [A-Z0-9 ]{0,40}-----` +
      String.raw`|(?:(?:\s|\\{1,8}[nrt]){0,8}[A-Za-z0-9+/=]{16,}){0,1024})`,
  ),
  // A password in a URL.
  format(
    "://",
    String.raw`(?<=(?<scheme>[A-Za-z0-9+.-]{0,32})):\/\/(?<user>[^\s/@:"'<>\\]{0,256}):` +
      String.raw`(?<secret>[^\s/@"'<>\\]{1,256})@`,
    isNoPassword,
  ),
  // Headers.
  format(
    "authorization Authorization AUTHORIZATION",
    `(?:authorization|Authorization|AUTHORIZATION)${SEPARATOR}` +
      String
        .raw`(?:Bearer|bearer|Basic|basic|Token|token|Digest|Negotiate|ApiKey)\s{1,4}(?<secret>[\w.~+/=-]{8,})`,
    isNoKey,
  ),
  format(
    "Bearer bearer",
    String.raw`(?:Bearer|bearer)\s{1,4}(?<secret>[\w.~+/=-]{20,})`,
    isNoKey,
  ),
  header("x-api-key x-goog-api-key api-key private-token job-token x-auth-token x-vault-token"),
];

const TABLE_SIZE = 1 << 16;

/** A place in the table for three characters. Starts are ASCII, so nothing of one is lost. */
function place(a: number, b: number, c: number): number {
  return (a ^ (b << 5) ^ (c << 10)) & (TABLE_SIZE - 1);
}

const TABLE = new Uint8Array(TABLE_SIZE);
const STARTS = new Map<number, [start: string, format: Format][]>();
for (const format of FORMATS) {
  for (const start of format.starts) {
    const slot = place(start.charCodeAt(0), start.charCodeAt(1), start.charCodeAt(2));
    TABLE[slot] = 1;
    STARTS.set(slot, [...STARTS.get(slot) ?? [], [start, format]]);
  }
}

const RUN = /[\w.~+/=%-]/;

/** Where a run ends that was too long for a pattern. */
function endOfRun(text: string, from: number): number {
  let at = from;
  while (at < text.length && RUN.test(text.charAt(at))) at++;
  return at;
}

/** Tells where in a text there is something that looks like a key. */
export function findKeys(text: string, found: Found): void {
  // What begins within a key is not looked at: else a text of nothing but beginnings would be read
  // again and again.
  let over = 0;
  // The same for what was found to be no secret; there may be a key of another format in it.
  let past = 0;
  let a = text.charCodeAt(0);
  let b = text.charCodeAt(1);
  for (let at = 2; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (TABLE[place(a, b, c)] === 1) {
      const from = at - 2;
      for (const [start, { pattern, isNone }] of STARTS.get(place(a, b, c)) ?? []) {
        if (from < over || isNone !== undefined && from < past) continue;
        if (!text.startsWith(start, from)) continue;
        pattern.lastIndex = from;
        const match = pattern.exec(text);
        const indices = match?.indices;
        const range = indices?.groups?.["secret"] ?? indices?.[0];
        if (match === null || range === undefined) continue;
        const [begin, end] = range;
        if (isNone?.(text.slice(begin, end), match, text.charAt(end))) {
          past = end;
          continue;
        }
        over = end - begin < MAX_RUN ? end : endOfRun(text, end);
        found(begin, over);
      }
    }
    a = b;
    b = c;
  }
}
