import { join } from "node:path";
import { createRedactor } from "../redact/redactor.ts";
import { isSecretName } from "../redact/env_secrets.ts";
import type { Env } from "../util/env.ts";

/** Names of variables that lead to an account, a provider, a proxy, or somebody who counts. */
const LEADS_OUT =
  /^(?:ANTHROPIC|CLAUDE|AWS|AZURE|GOOGLE|GCLOUD|CLOUDSDK|CLOUD_ML|VERTEX|OTEL)(?:_|$)|^CLAUDECODE$|^CCRUN_API_URL$|^AI_AGENT$|_proxy$/i;

/** An address that has a user or a password in it. */
const ADDRESS_WITH_USER = /:\/\/[^\s/@]+@/;

/** Whether a variable holds a secret, which no program needs to be started. */
function isSecret(name: string, value: string): boolean {
  return isSecretName(name) || ADDRESS_WITH_USER.test(value) ||
    createRedactor({ [name]: value }).text(value) !== value;
}

/** Where version managers keep what their stand-ins for programs start, below HOME. */
const BELOW_HOME: { readonly [name: string]: string } = {
  VOLTA_HOME: ".volta",
  ASDF_DATA_DIR: ".asdf",
  MISE_DATA_DIR: ".local/share/mise",
  NODENV_ROOT: ".nodenv",
};

/**
 * The environment for a claude that is to touch nobody's account or files: the caller's without what
 * leads there and without secrets, and with a home and temporary files of its own. The rest stays, for it decides whether
 * claude can be started at all.
 *
 * @param env the caller's environment
 * @param folder an empty folder that takes all that claude writes
 */
export function isolatedEnv(
  env: Env,
  folder: string,
): { [name: string]: string } {
  const bare = Object.fromEntries(
    Object.entries(env).filter(([name, value]) => !LEADS_OUT.test(name) && !isSecret(name, value)),
  );
  const home = env["HOME"];
  for (const [name, place] of Object.entries(BELOW_HOME)) {
    if (home) bare[name] ??= join(home, place);
  }
  return {
    ...bare,
    HOME: folder,
    USERPROFILE: folder,
    XDG_CONFIG_HOME: join(folder, ".config"),
    XDG_CACHE_HOME: join(folder, ".cache"),
    XDG_DATA_HOME: join(folder, ".local", "share"),
    XDG_STATE_HOME: join(folder, ".local", "state"),
    CLAUDE_CONFIG_DIR: join(folder, ".claude"),
    TMPDIR: folder,
    CLAUDE_CODE_TMPDIR: folder,
    NO_PROXY: "127.0.0.1",
    no_proxy: "127.0.0.1",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
}
