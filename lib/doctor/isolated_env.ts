import { join } from "@std/path/join";
import type { Env } from "../util/env.ts";

/** Variables that lead to an account, a provider, a proxy, or a telemetry server. */
const ACCOUNT_VARIABLES =
  /^(?:ANTHROPIC|CLAUDE|AWS|AZURE|GOOGLE|GCLOUD|CLOUDSDK|CLOUD_ML|VERTEX|OTEL)_|^CLAUDECODE$|^CCRUN_API_URL$|^AI_AGENT$|_proxy$/i;

/** Where version managers keep the programs that their launchers start, relative to HOME. */
const VERSION_MANAGERS: Env = {
  VOLTA_HOME: ".volta",
  ASDF_DATA_DIR: ".asdf",
  MISE_DATA_DIR: ".local/share/mise",
  NODENV_ROOT: ".nodenv",
};

/**
 * Returns the environment of a claude that must not use an account or the files of the user. The
 * caller's other variables stay, because they decide whether claude can be started at all.
 *
 * @param env the caller's environment
 * @param directory an empty directory that becomes claude's home
 */
export function isolatedEnv(env: Env, directory: string): { [name: string]: string } {
  const kept = Object.fromEntries(
    Object.entries(env).filter(([name]) => !ACCOUNT_VARIABLES.test(name)),
  );
  const home = env["HOME"];
  if (home) {
    for (const [name, path] of Object.entries(VERSION_MANAGERS)) kept[name] ??= join(home, path);
  }
  return {
    ...kept,
    HOME: directory,
    USERPROFILE: directory,
    XDG_CONFIG_HOME: join(directory, ".config"),
    XDG_CACHE_HOME: join(directory, ".cache"),
    XDG_DATA_HOME: join(directory, ".local", "share"),
    XDG_STATE_HOME: join(directory, ".local", "state"),
    CLAUDE_CONFIG_DIR: join(directory, ".claude"),
    TMPDIR: directory,
    CLAUDE_CODE_TMPDIR: directory,
    NO_PROXY: "127.0.0.1",
    no_proxy: "127.0.0.1",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
}
