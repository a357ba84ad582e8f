import { encodeBase64 } from "./base64.ts";
import { withoutInvisible } from "./views.ts";

const encoder = new TextEncoder();

/** A shorter piece of Base64 is found in texts that have no secret. */
const MIN_FORM_LENGTH = 8;

/** The inside of a JSON string, as different programs write it. */
function jsonForms(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const hex = (found: string) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return [
    plain,
    plain.replaceAll("/", "\\/"),
    plain.replace(/[<>&]/g, hex),
    plain.replace(/[^\x20-\x7e]/g, hex),
  ];
}

/** How a URL or a form has it. */
function urlForms(text: string): string[] {
  const encoded = encodeURIComponent(text.toWellFormed());
  const all = encoded.replace(/[!'()*~]/g, (found) => `%${found.charCodeAt(0).toString(16)}`);
  const lower = (form: string) => form.replace(/%../g, (found) => found.toLowerCase());
  const forms = [encoded, all.replace(/%../g, (found) => found.toUpperCase())];
  return [...forms, ...forms.map(lower), ...forms.map((form) => form.replaceAll("%20", "+"))];
}

/** The part of its Base64 that depends on nothing else, wherever it begins in what is encoded. */
function base64Forms(text: string): string[] {
  const bytes = encoder.encode(text);
  return [0, 1, 2].flatMap((before) => {
    const all = new Uint8Array(before + bytes.length);
    all.set(bytes, before);
    // Of 6 bits each: the first may be partly of what is before, the last of what is behind.
    const from = Math.ceil(before * 8 / 6);
    const to = Math.floor(all.length * 8 / 6);
    const core = encodeBase64(all).slice(from, to);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** As hexadecimal digits. */
function hexForms(text: string): string[] {
  const hex = Array.from(encoder.encode(text), (byte) => byte.toString(16).padStart(2, "0"));
  return [hex.join(""), hex.join("").toUpperCase()];
}

/**
 * All forms in which a secret is looked for: as it is, in JSON (also in JSON that is in JSON),
 * in Base64 and hexadecimal, in a URL, in XML, in a shell's quotes and without what nobody sees.
 *
 * @example
 * ```ts
 * import { formsOf } from "./forms_of.ts";
 *
 * console.log(formsOf('a"b&c d+e').includes("a%22b%26c%20d%2Be")); // true
 * ```
 */
export function formsOf(secret: string): string[] {
  const once = jsonForms(secret);
  const forms = [
    secret,
    ...once,
    ...once.flatMap((form) => jsonForms(form).slice(0, 2)),
    ...urlForms(secret),
    ...base64Forms(secret),
    ...hexForms(secret),
    // In it, a text is searched that has none of that either.
    withoutInvisible(secret)?.text ?? secret,
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    secret.replaceAll("'", `'\\''`),
  ];
  return [...new Set(forms)].filter((form) => form.length >= MIN_FORM_LENGTH);
}
