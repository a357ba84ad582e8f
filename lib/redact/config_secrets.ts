import { isJsonObject } from "../util/json.ts";
import { isSecretValue, MAX_DEPTH, secretSettings, secretsInVariable } from "./env_secrets.ts";
import { isSecretName } from "./secret_names.ts";

/** A repository could contain any number of them, and redaction would search for each. */
const MAX_SECRETS = 200;

/** The length of all of them. */
const MAX_TOTAL_LENGTH = 8_192;

/**
 * Returns the secrets in configuration: settings, MCP servers, options, and logins. They are the values
 * with secret names, the passwords in URLs, and the arguments after options such as `--token`.
 *
 * @example
 * ```ts
 * import { configSecrets } from "./config_secrets.ts";
 *
 * console.log(configSecrets([{ args: ["--token", "0123-4567-89ab"] }])); // ["0123-4567-89ab"]
 * ```
 */
export function configSecrets(config: readonly unknown[]): string[] {
  const secrets = new Set<string>();
  let totalLength = 0;
  for (const secret of secretsIn(config, "", 0)) {
    if (secrets.has(secret) || !isSecretValue(secret)) continue;
    if (totalLength + secret.length > MAX_TOTAL_LENGTH) continue;
    secrets.add(secret);
    totalLength += secret.length;
    if (secrets.size === MAX_SECRETS) break;
  }
  return [...secrets];
}

/** Yields the secrets in a JSON value with this name. Not all of them are long enough. */
function* secretsIn(value: unknown, name: string, depth: number): Generator<string> {
  if (typeof value === "string") {
    yield* secretsInVariable(name, value);
    yield* secretSettings([value]);
    if (name === "command") yield* secretArguments(value.split(/\s+/));
  } else if (depth > MAX_DEPTH) {
    return;
  } else if (Array.isArray(value)) {
    yield* secretArguments(value);
    for (const item of value) yield* secretsIn(item, name, depth + 1);
  } else if (isJsonObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* secretsIn(item, key, depth + 1);
  }
}

/** Yields the arguments that follow an option with a secret name, such as `--api-key`. */
function* secretArguments(args: readonly unknown[]): Generator<string> {
  for (const [index, arg] of args.entries()) {
    const value = args[index + 1];
    if (typeof arg !== "string" || typeof value !== "string") continue;
    if (/^--?[\w-]{1,100}$/.test(arg) && isSecretName(arg)) yield value;
  }
}
