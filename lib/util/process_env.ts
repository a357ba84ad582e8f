import type { Env } from "./env.ts";

/** The variable that Deno sets if it adds its own `node` to PATH, because there is no other. */
const SHIM_VARIABLE = "DENO_NODE_SHIM_ACTIVE";

const SHIM_DIRECTORY = /^[^:]*\/node_compat_bin(?::|$)/;

/** Returns the environment of this process, as the user set it. */
export function processEnv(): Env {
  return withoutNodeShim(Deno.env.toObject());
}

/**
 * Returns an environment without the `node` that `deno run` adds to it. Claude Code and its tools must not
 * run Deno as if it were Node.js.
 */
export function withoutNodeShim(env: Env): Env {
  if (env[SHIM_VARIABLE] === undefined) return env;
  const { [SHIM_VARIABLE]: _, ...others } = env;
  const { PATH } = others;
  return PATH === undefined ? others : { ...others, PATH: PATH.replace(SHIM_DIRECTORY, "") };
}
