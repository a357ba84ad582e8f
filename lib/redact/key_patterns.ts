/**
 * Finds keys of well-known formats, whether or not the environment contains them.
 *
 * Redaction runs on text that an agent chose, so each pattern takes linear time: what repeats is
 * bounded, or cannot begin again inside of itself.
 *
 * @module
 */

import { looksLikeCode, looksLikePlaceholder } from "./placeholders.ts";
import { isUrlPassword, URL_PASSWORD } from "./url_secrets.ts";

/** Returns `text` with every key of a well-known format replaced. */
export function replaceKeys(text: string, replacement: string): string {
  return KEY_PATTERNS.reduce(
    (replaced, pattern) => replaceKey(replaced, pattern, replacement),
    text,
  );
}

function replaceKey(
  text: string,
  { pattern, isFalsePositive }: KeyPattern,
  replacement: string,
): string {
  let replaced = "";
  let end = 0;
  for (const match of text.matchAll(pattern)) {
    const matchEnd = match.index + match[0].length;
    const secret = match.groups?.["secret"] ?? match[0];
    if (isFalsePositive?.(secret, match.groups ?? {}, text.charAt(matchEnd))) continue;
    replaced += text.slice(end, matchEnd - secret.length) + replacement;
    end = matchEnd;
  }
  return end === 0 ? text : replaced + text.slice(end);
}

/** A well-known format of keys. */
interface KeyPattern {
  /** Matches a key. If it has a group named `secret`, which must end the match, only that is redacted. */
  readonly pattern: RegExp;
  /** Returns whether a match is not a key after all. `next` is the character after it. */
  readonly isFalsePositive?: (secret: string, match: KeyMatch, next: string) => boolean;
}

/** The named groups of a match. */
type KeyMatch = { readonly [group: string]: string | undefined };

/** Not inside of a word. The letter of an escape such as `\n` does not count. */
const WORD_START = String.raw`(?:(?<![A-Za-z0-9_-])|(?<=\\[nrt]))`;

/** Not followed by more of a word. */
const WORD_END = "(?![A-Za-z0-9])";

/** Real keys are shorter. V8 keeps a stack entry for each repetition, so it needs a bound. */
const MAX_REPETITIONS = 16_384;

/** Compiles a pattern, in which `{20,}` means 20 to {@linkcode MAX_REPETITIONS}. */
function compile(...sources: readonly string[]): RegExp {
  return new RegExp(sources.join("").replaceAll(",}", `,${MAX_REPETITIONS}}`), "g");
}

/** The separator between the name and the value of a header or setting, with quotes around both. */
const SEPARATOR = String.raw`\\{0,4}["']?\s{0,4}[:=]\s{0,4}\\{0,4}["']?`;

const SCHEME = "(?:Bearer|bearer|Basic|basic|Token|token|Digest|Negotiate|ApiKey)";

const API_KEY_HEADERS =
  "[Xx]-(?:[Gg]oog-)?[Aa]pi-[Kk]ey|[Aa]pi-[Kk]ey|X-API-KEY|API-KEY|[Pp]rivate-[Tt]oken|PRIVATE-TOKEN|" +
  "[Jj]ob-[Tt]oken|JOB-TOKEN|[Xx]-(?:[Aa]uth|[Vv]ault)-[Tt]oken|X-(?:AUTH|VAULT)-TOKEN";

function isNotKey(secret: string, _match: KeyMatch, next: string): boolean {
  return looksLikePlaceholder(secret) || looksLikeCode(secret, next);
}

const KEY_PATTERNS: readonly KeyPattern[] = [
  // Anthropic
  { pattern: compile("sk-ant-[A-Za-z0-9_-]{12,}") },
  // OpenAI and others
  {
    // A digit distinguishes a key from words with dashes.
    pattern: compile(WORD_START, String.raw`sk-(?=[A-Za-z_-]{0,200}\d)[A-Za-z0-9_-]{20,}`),
    isFalsePositive: (secret) => /^sk(?:[-_](?:[a-z]+|\d{1,3}))+$/.test(secret),
  },
  // Groq, xAI
  { pattern: compile(WORD_START, "(?:gsk_|xai-)[A-Za-z0-9]{40,}") },
  // Perplexity
  { pattern: compile(WORD_START, "pplx-[A-Za-z0-9]{32,}") },
  // Hugging Face, Replicate
  { pattern: compile(WORD_START, "(?:hf|r8)_[A-Za-z0-9]{30,}") },
  // GitHub
  { pattern: compile("gh[pousr]_[A-Za-z0-9]{20,}[A-Za-z0-9_.-]{0,}") },
  // GitHub, fine-grained
  { pattern: compile("github_pat_[A-Za-z0-9_]{20,}") },
  // GitLab
  {
    pattern: compile(
      "gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|ffct|oas)-",
      String.raw`[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]{1,64}){0,4}`,
    ),
  },
  // npm
  { pattern: compile(WORD_START, "npm_[A-Za-z0-9]{36}", WORD_END) },
  // npm configuration
  {
    pattern: compile(String.raw`_authToken=(?<secret>[^\s"'\\]{8,})`),
    isFalsePositive: isNotKey,
  },
  // PyPI
  { pattern: compile(WORD_START, "pypi-[A-Za-z0-9_-]{40,}") },
  // Docker
  { pattern: compile("dckr_[po]at_[A-Za-z0-9_-]{20,}") },
  // AWS
  { pattern: compile(WORD_START, "A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}", WORD_END) },
  // AWS configuration
  {
    pattern: compile(
      "(?:aws_secret_access_key|AWS_SECRET_ACCESS_KEY)",
      SEPARATOR,
      "(?<secret>[A-Za-z0-9/+=]{40})",
    ),
  },
  // Google
  { pattern: compile(WORD_START, "AIza[A-Za-z0-9_-]{35}") },
  // Google OAuth
  { pattern: compile(WORD_START, String.raw`ya29\.[A-Za-z0-9_-]{20,}`) },
  // Google client
  { pattern: compile("GOCSPX-[A-Za-z0-9_-]{20,}") },
  // Azure
  {
    pattern: compile(
      "(?:AccountKey|SharedAccessKey|SharedAccessSignature)=(?<secret>[A-Za-z0-9+/=%&]{40,})",
    ),
  },
  // DigitalOcean
  { pattern: compile(WORD_START, "do[opr]_v1_[a-f0-9]{64}") },
  // HashiCorp Vault
  {
    pattern: compile(WORD_START, String.raw`hv[sbr]\.[A-Za-z0-9_-]{24,}`),
  },
  // Databricks
  { pattern: compile(WORD_START, "dapi[a-f0-9]{32}", WORD_END) },
  // age
  { pattern: compile("AGE-SECRET-KEY-1[0-9A-Z]{50,}") },
  // Slack
  { pattern: compile(String.raw`xox[a-eprs][-.][A-Za-z0-9.%-]{10,}`) },
  // Slack app
  { pattern: compile(String.raw`xapp-\d-[A-Za-z0-9-]{10,}`) },
  // Slack webhook
  {
    pattern: compile(String.raw`hooks\.slack\.com/[a-z]{1,20}/(?<secret>[A-Za-z0-9/]{20,})`),
  },
  // Discord webhook
  {
    pattern: compile(String.raw`discord\.com/api/webhooks/\d{1,32}/(?<secret>[A-Za-z0-9_-]{20,})`),
  },
  // Stripe
  { pattern: compile(WORD_START, "[sr]k_(?:live|test)_[A-Za-z0-9]{16,}") },
  // Stripe webhook
  { pattern: compile("whsec_[A-Za-z0-9+/=]{24,}") },
  // SendGrid
  {
    pattern: compile(WORD_START, String.raw`SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,}`),
  },
  // Shopify
  { pattern: compile("shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}") },
  // Atlassian
  { pattern: compile("ATATT3[A-Za-z0-9_=-]{50,}") },
  // Linear, Figma, Supabase, Postman, Notion, Doppler, Grafana
  {
    pattern: compile(
      String.raw`(?:lin_api_|figd_|sbp_|PMAK-|ntn_|dp\.pt\.|glsa_)[A-Za-z0-9_-]{24,}`,
    ),
  },
  // JSON Web Token
  {
    pattern: compile(
      WORD_START,
      String.raw`eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{8,}`,
    ),
  },
  // private key
  {
    // To its end or, if it is truncated, as far as there are lines of Base64. The body stops at two
    // dashes, so no text is read for two keys.
    pattern: compile(
      String.raw`-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----`,
      String.raw`(?:(?:[A-Za-z0-9+/=\s:,.()\\]|-(?!-)){0,}-----END [A-Z0-9 ]{0,40}-----`,
      String.raw`|(?:(?:\s|\\{1,8}[nrt]){0,8}[A-Za-z0-9+/=]{16,4096}){0,1024})`,
    ),
  },
  // password in a URL
  {
    pattern: URL_PASSWORD,
    isFalsePositive: (secret, { scheme = "", user = "" }) => !isUrlPassword(scheme, user, secret),
  },
  // Authorization header
  {
    pattern: compile(
      `(?:authorization|Authorization|AUTHORIZATION)${SEPARATOR}${SCHEME}`,
      String.raw`\s{1,4}(?<secret>[\w.~+/=-]{8,})`,
    ),
    isFalsePositive: isNotKey,
  },
  // bearer token
  {
    pattern: compile(String.raw`(?:Bearer|bearer)\s{1,4}(?<secret>[\w.~+/=-]{20,})`),
    isFalsePositive: isNotKey,
  },
  // header with a key
  {
    pattern: compile(`(?:${API_KEY_HEADERS})`, SEPARATOR, String.raw`(?<secret>[\w.~+/=%-]{16,})`),
    isFalsePositive: isNotKey,
  },
];
