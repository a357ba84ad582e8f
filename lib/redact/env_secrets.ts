/**
 * Finds the secrets in an environment by the names of its variables, and in the URLs, headers, and
 * JSON that they contain.
 *
 * @module
 */

import type { Env } from "../util/env.ts";
import { looksLikePlaceholder } from "./placeholders.ts";
import { isSecretName } from "./secret_names.ts";
import { urlSecrets } from "./url_secrets.ts";

/**
 * Returns the secrets in an environment without duplicates.
 *
 * @example
 * ```ts
 * import { envSecrets } from "./env_secrets.ts";
 *
 * console.log(envSecrets({ API_KEY: "0123-4567-89ab", HOME: "/home/ada" })); // ["0123-4567-89ab"]
 * ```
 */
export function envSecrets(env: Env): string[] {
  const secrets = Object.entries(env).flatMap(([name, value]) => secretsInVariable(name, value));
  return [...new Set(secrets.filter(isSecretValue))];
}

/** Returns the secrets in one variable, or in a text with this name. Not all of them are long enough. */
export function secretsInVariable(name: string, value: string): string[] {
  const json = parseJson(value);
  // A proxy may be given without a scheme.
  const url = /_proxy$/i.test(name) && !value.includes("://") ? `http://${value}` : value;
  const secrets = [...urlSecrets(url), ...secretsInJson(json)];
  if (/headers?$/i.test(name)) return [...secrets, ...secretSettings(value.split(/[\n,]/))];
  if (!isSecretName(name) || isHarmlessValue(name, value.trim())) return secrets;
  // The lines of a JSON file are mostly brackets and names.
  return [...secrets, ...(json === undefined ? valueAndLines(value) : [value, value.trim()])];
}

/** Parses a JSON object or array. Returns `undefined` for anything else. */
function parseJson(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Deeper JSON is not searched. */
export const MAX_DEPTH = 20;

/** Returns the strings under secret names in a JSON value, for example the key of a service account. */
function secretsInJson(value: unknown, name = "", depth = 0): string[] {
  if (typeof value === "string") return isSecretName(name) ? valueAndLines(value) : [];
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    secretsInJson(item, Array.isArray(value) ? name : key, depth + 1)
  );
}

/** Returns a value and, if it has several lines, those that are secrets on their own. */
function valueAndLines(value: string): string[] {
  const trimmed = value.trim();
  const lines = trimmed.split(/[\r\n]+/).map((line) => line.trim());
  if (lines.length === 1) return [value, trimmed, withoutScheme(trimmed)];
  return [value, trimmed, ...lines.filter(isDistinctiveLine), ...secretSettings(lines)];
}

/** A line of this length is assumed to be unique. */
const DISTINCTIVE_LENGTH = 16;

/** Returns whether a line of a multi-line secret is worth redacting on its own. */
function isDistinctiveLine(line: string): boolean {
  const isPemFrame = /^-{2,}[A-Z0-9 ]+-{2,}$/.test(line);
  if (isPemFrame) return false;
  return line.length >= DISTINCTIVE_LENGTH || (/\d/.test(line) && !/:(?:\s|$)/.test(line));
}

const SETTING = /^[\s-]*["']?(?<name>[\w.-]{1,100})["']?\s*[:=]\s*(?<setting>\S.*)$/;

/** Returns the value of an Authorization header without its scheme. */
function withoutScheme(value: string): string {
  return value.replace(/^(?:Bearer|Basic|Token)\s+/i, "");
}

/** Returns the secrets in lines such as `password: ...`, `API_KEY=...`, or `X-Api-Key: ...`. */
export function secretSettings(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const { name = "", setting = "" } = SETTING.exec(line)?.groups ?? {};
    if (!isSecretName(name)) return [];
    return [withoutScheme(setting.trim()).replace(/^(["'])(.*)\1[,;]?$/, "$2")];
  });
}

/** Shorter values are not redacted, because ordinary words contain them. */
const MIN_SECRET_LENGTH = 8;

/** Returns whether a value is worth redacting. */
export function isSecretValue(value: string): boolean {
  const trimmed = value.trim();
  return trimmed.length >= MIN_SECRET_LENGTH && !looksLikePlaceholder(trimmed);
}

/** Returns whether the value of a variable with a secret name is not secret after all. */
function isHarmlessValue(name: string, value: string): boolean {
  // A number is a limit or an ID, unless it is a password.
  if (/^[\d.,_]+$/.test(value)) return !/PASS|PWD|SECRET/i.test(name);
  // MYSQL_PWD is a password, but PWD and BUILD_PWD are directories.
  return /PWD$/i.test(name) && /^(?:[/~]|[A-Za-z]:[\\/])/.test(value);
}
