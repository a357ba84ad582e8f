import { escapeUnit } from "../util/ascii_json.ts";

/** Shorter variants are not searched for, because text without secrets contains them. */
const MIN_VARIANT_LENGTH = 8;

/**
 * Returns the forms in which a secret appears in text: as it is, in JSON, in HTML, in a URL, in quotes
 * of a shell or a programming language, and in Base64.
 *
 * @example
 * ```ts
 * import { encodedVariants } from "./encodings.ts";
 *
 * console.log(encodedVariants("correct horse").includes("correct%20horse")); // true
 * ```
 */
export function encodedVariants(secret: string): string[] {
  const variants = [
    secret,
    ...jsonVariants(secret),
    ...urlVariants(secret.toWellFormed()),
    ...htmlVariants(secret),
    ...quotedVariants(secret),
    ...base64Variants(secret),
  ];
  return [...new Set(variants)].filter((variant) => variant.length >= MIN_VARIANT_LENGTH);
}

/** Returns a secret in a JSON string as several languages write it, and in JSON in a JSON string. */
function jsonVariants(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  // Python and PHP.
  const ascii = json.replace(/[\x7f-\uffff]/g, escapeUnit);
  // Go.
  const html = json.replace(/[<>&]/g, escapeUnit);
  const variants = [json, ascii, html, json.replaceAll("/", "\\/"), ascii.replaceAll("/", "\\/")];
  return [...variants, ...variants.map((variant) => JSON.stringify(variant).slice(1, -1))];
}

const ENTITIES: { readonly [char: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Returns a secret in HTML and XML. */
function htmlVariants(secret: string): string[] {
  const text = secret.replace(/[&<>]/g, (char) => ENTITIES[char] ?? char);
  const attribute = text.replaceAll('"', "&quot;");
  const apostrophes = ["&#39;", "&#x27;", "&apos;"];
  return [text, attribute, ...apostrophes.map((entity) => attribute.replaceAll("'", entity))];
}

/** Returns what functions such as `encodeURIComponent` and Python's `quote` and `quote_plus` make. */
function urlVariants(secret: string): string[] {
  const component = encodeURIComponent(secret);
  const strict = component.replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const variants = [
    encodeURI(secret),
    component,
    strict,
    strict.replaceAll("%2F", "/"),
    strict.replaceAll("%20", "+"),
    new URLSearchParams([["", secret]]).toString().slice(1),
  ];
  const lowerCase = variants.map((variant) =>
    variant.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())
  );
  return [...variants, ...lowerCase];
}

const CONTROL_ESCAPES: { readonly [char: string]: string } = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** Returns a secret inside of quotes, and as `printf %q` and `shlex.quote` write it. */
function quotedVariants(secret: string): string[] {
  const withEscapes = (text: string) =>
    text.replace(/[\n\r\t]/g, (char) => CONTROL_ESCAPES[char] ?? char);
  return [
    // '...'
    secret.replaceAll("'", `'\\''`),
    secret.replaceAll("'", `'"'"'`),
    // "..."
    secret.replace(/["$`\\]/g, "\\$&"),
    // Doubled quotes of CSV, YAML, SQL and PowerShell.
    secret.replaceAll("'", "''"),
    secret.replaceAll('"', '""'),
    // Without quotes.
    secret.replace(/[^A-Za-z0-9_@%+=:./~#^-]/g, "\\$&"),
    // $'...', and strings of programming languages.
    withEscapes(secret.replace(/['\\]/g, "\\$&")),
    withEscapes(secret.replaceAll("\\", "\\\\")),
  ];
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
