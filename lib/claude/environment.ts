import { resolve } from "@std/path";
import { homeDirectory } from "../util/home_directory.ts";
import type { Env } from "../util/env.ts";

/**
 * Variables by which a tool inside Claude Code knows where it runs. A claude that
 * is started from there must not take itself for a part of that session. Exactly
 * these: the other CLAUDE variables are the user's settings.
 */
const SESSION_VARIABLES = [
  "CLAUDECODE",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_SSE_PORT",
  "CLAUDE_CODE_CHILD_SESSION",
  "CLAUDE_CODE_SESSION_ID",
  "CLAUDE_CODE_SESSION_ATTENDED",
  "CLAUDE_CODE_EXECPATH",
  "CLAUDE_CODE_CHILD_NOTES_DIR",
  "CLAUDE_CODE_MESSAGING_SOCKET",
  "CLAUDE_CODE_MESSAGING_TOKEN",
  "CLAUDE_PID",
  "CLAUDE_EFFORT",
  "AI_AGENT",
] as const;

/** Variables that give claude a credential, or another provider than the API. */
const CREDENTIAL_VARIABLES = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_CUSTOM_HEADERS",
  "ANTHROPIC_IDENTITY_TOKEN",
  "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
  "CLAUDE_CODE_OAUTH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_CODE_USE_FOUNDRY",
] as const;

/** What stands for a key where the proxy holds the real one; claude starts with none. */
const PLACEHOLDER_KEY = "sk-placeholder-key-for-proxy";

/** Options of {@linkcode claudeEnvironment}. */
export interface EnvironmentOptions {
  /** The caller's environment. */
  env: Env;
  /** A proxy or gateway. */
  apiUrl?: string | undefined;
  /** Whether the user has a login or a key helper of their own, which then is the credential. */
  hasLogin?: boolean | undefined;
  /** API retries after the first attempt. */
  maxRetries?: number | undefined;
}

/** The environment that claude is started with. */
export function claudeEnvironment(options: EnvironmentOptions): { [name: string]: string } {
  const env = { ...options.env };
  for (const name of SESSION_VARIABLES) delete env[name];
  // Tools find no terminal, and Python's output is what the stream can carry.
  env["TERM"] = "dumb";
  env["PYTHONIOENCODING"] = "utf-8";
  if (options.apiUrl !== undefined) {
    env["ANTHROPIC_API_URL"] = options.apiUrl;
    env["ANTHROPIC_BASE_URL"] = options.apiUrl.replace(/\/+$/, "").replace(/\/v1$/, "");
    if (!options.hasLogin && !CREDENTIAL_VARIABLES.some((name) => env[name])) {
      env["ANTHROPIC_API_KEY"] = PLACEHOLDER_KEY;
    }
  }
  if (options.maxRetries !== undefined) {
    env["CLAUDE_CODE_MAX_RETRIES"] = String(options.maxRetries);
  }
  return env;
}

/** Marks of a login or of a helper that gives keys, in the files where claude keeps them. */
const LOGIN_MARKS = ['"apiKeyHelper"', '"oauthAccount"', '"primaryApiKey"'];

/**
 * Whether claude has a credential of its own that is not in the environment: a
 * login, or a helper that gives it keys. It looks whether there is one, and keeps
 * nothing of it.
 *
 * @param env the caller's environment
 * @param cwd the workspace, whose settings count too
 * @param settings further settings: JSON, or the file that has them
 * @param from the directory that a relative name of that file starts from
 */
export async function hasLogin(
  env: Env,
  cwd: string,
  settings = "",
  from = cwd,
): Promise<boolean> {
  const home = await homeDirectory(env);
  const config = env["CLAUDE_CONFIG_DIR"] || (home === undefined ? undefined : `${home}/.claude`);
  const files = [`${cwd}/.claude/settings.json`, `${cwd}/.claude/settings.local.json`];
  if (config !== undefined) files.push(`${config}/settings.json`, `${config}/.claude.json`);
  if (home !== undefined) files.push(`${home}/.claude.json`);
  if (settings !== "" && !settings.trimStart().startsWith("{")) files.push(resolve(from, settings));
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(file).catch(() => "")));
  if ([settings, ...texts].some((text) => LOGIN_MARKS.some((mark) => text.includes(mark)))) {
    return true;
  }
  if (config === undefined) return false;
  return await Deno.stat(`${config}/.credentials.json`).then(() => true, () => false);
}
