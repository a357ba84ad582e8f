/**
 * The variables and settings that decide where requests of Claude Code go, and with which credential.
 *
 * @module
 */

import { DEFAULT_API_URL, PROXY_VARIABLES } from "./api_route.ts";

/** Variables that select another provider than the Claude API. */
export const PROVIDER_VARIABLES: readonly string[] = [
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_CODE_USE_FOUNDRY",
  "CLAUDE_CODE_USE_ANTHROPIC_AWS",
  "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
  "CLAUDE_CODE_USE_MANTLE",
  "CLAUDE_CODE_USE_GATEWAY",
];

/** Programs read both spellings, and prefer different ones. */
const ALL_PROXY_VARIABLES: readonly string[] = [...PROXY_VARIABLES, "no_proxy", "NO_PROXY"];

/**
 * The values that leave a variable without effect. These variables are pinned even if no file sets them,
 * because a file can change while claude runs. Other programs treat the values like unset variables.
 */
export const NEUTRAL_VALUES: ReadonlyMap<string, string> = new Map([
  // SDKs of Anthropic would use an empty URL.
  ["ANTHROPIC_BASE_URL", DEFAULT_API_URL],
  ...[
    ...ALL_PROXY_VARIABLES,
    ...PROVIDER_VARIABLES,
    "ANTHROPIC_CUSTOM_HEADERS",
    "CLAUDE_CODE_API_BASE_URL",
    "CLAUDE_CODE_OAUTH_TOKEN",
    // Telemetry can contain prompts.
    "CLAUDE_CODE_ENABLE_TELEMETRY",
  ].map((name) => [name, ""] as const),
]);

/** Variables that are pinned if they are set: other programs could not use an empty value. */
const ROUTE_VARIABLES = [
  /^(?:ANTHROPIC|_?CLAUDE)_\w*(?:_URL|_HOST|_SOCKET|_TOKEN|_KEY|_HEADERS|_DESCRIPTOR|_PROFILE|_RESOURCE|_AUTH|_ENV_VAR|_FILE|_ID|_EXTRA_BODY)$/i,
  /^CLAUDE_CODE_(?:CLIENT_CERT|CLIENT_KEY_PASSPHRASE|CERT_STORE)$/i,
  /^(?:NODE_EXTRA_CA_CERTS|NODE_TLS_REJECT_UNAUTHORIZED|SSL_CERT_FILE|SSL_CERT_DIR)$/i,
  /^(?:OTEL_|BETA_TRACING_)/i,
  /proxy/i,
];

/** Variables of the clouds, which matter to Claude Code only if another provider is selected. */
const CLOUD_VARIABLES =
  /^(?:AWS|AZURE|GOOGLE|GCLOUD|GCE|CLOUDSDK|CLOUD_ML|VERTEX|METADATA_SERVER)_|^ANTHROPIC_(?:BEDROCK|VERTEX|FOUNDRY|AWS|GOOGLE_CLOUD)_/i;

/** Returns whether a variable decides where requests go, or with which credential. */
export function isRouteVariable(name: string, usesCloud: boolean): boolean {
  return NEUTRAL_VALUES.has(name) || ROUTE_VARIABLES.some((pattern) => pattern.test(name)) ||
    (usesCloud && CLOUD_VARIABLES.test(name));
}

/** Returns the other spelling of a proxy variable. */
export function otherSpelling(name: string): string | undefined {
  if (!ALL_PROXY_VARIABLES.includes(name)) return undefined;
  return name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
}

/** Settings with a command whose output is a credential. An empty command is not run. */
export const HELPER_SETTINGS: readonly string[] = [
  "apiKeyHelper",
  "awsAuthRefresh",
  "awsCredentialExport",
  "gcpAuthRefresh",
  "proxyAuthHelper",
];

/** Variables that take effect in some versions even if `--settings` sets another value. */
export const UNPINNABLE_VARIABLES: readonly string[] = [
  "ANTHROPIC_UNIX_SOCKET",
  "CLAUDE_CONFIG_DIR",
  "HOME",
];
