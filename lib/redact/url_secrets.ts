import { looksLikePlaceholder } from "./placeholders.ts";
import { isSecretName } from "./secret_names.ts";

/** Matches the password of a URL: `https://user:password@host`. What repeats is bounded. */
export const URL_PASSWORD =
  /(?<=(?<scheme>[A-Za-z0-9+.-]{0,32})):\/\/(?<user>[^\s/@:"'<>\\]{0,256}):(?<secret>[^\s/@"'<>\\]{1,256})(?=@)/g;

/** Matches a parameter of a URL: `?api_key=...`. */
const URL_PARAMETER = /[?&](?<name>[\w.-]{1,100})=(?<secret>[^&#\s"'<>]{1,4096})/g;

/**
 * Returns whether the password of a URL is a secret. It is not in
 * `postgres://postgres:postgres@localhost`, which repeats the name of the user or of the service.
 */
export function isUrlPassword(scheme: string, user: string, password: string): boolean {
  const word = password.toLowerCase();
  return ![user.toLowerCase(), scheme.toLowerCase(), "pass"].includes(word) &&
    !looksLikePlaceholder(password);
}

/** Returns the passwords and secret parameters in the URLs of a text, as written and decoded. */
export function urlSecrets(text: string): string[] {
  if (!text.includes("://")) return [];
  const passwords = [...text.matchAll(URL_PASSWORD)].flatMap(({ groups = {} }) => {
    const { scheme = "", user = "", secret = "" } = groups;
    return isUrlPassword(scheme, user, secret) ? [secret] : [];
  });
  const parameters = [...text.matchAll(URL_PARAMETER)].flatMap(({ groups = {} }) =>
    isSecretName(groups["name"] ?? "") ? [groups["secret"] ?? ""] : []
  );
  return [...passwords, ...parameters].flatMap((secret) => [secret, decodeUrl(secret)]);
}

function decodeUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
