import type { Env } from "../util/env.ts";

/**
 * The variable that identifies the processes of a run. It lists the tokens of all enclosing runs,
 * outermost first. Every process inherits it, no matter where it moves in the process tree.
 */
export const RUN_TOKEN_VARIABLE = "CCRUN_RUNS";

const TOKEN_BYTES = 16;

const TOKEN_LIST = /^[0-9a-f]{32}(:[0-9a-f]{32})*$/;

/** Creates a unique token: 128 random bits in hexadecimal. */
export function createRunToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Returns an environment with a token added to its list. A value that is not a list is replaced.
 *
 * @example
 * ```ts
 * import { createRunToken, withRunToken } from "./run_token.ts";
 *
 * const [outer, inner] = [createRunToken(), createRunToken()];
 * const env = withRunToken(withRunToken({ HOME: "/" }, outer), inner);
 * console.log(env.CCRUN_RUNS === `${outer}:${inner}`); // true
 * ```
 */
export function withRunToken(env: Env, token: string): { [name: string]: string } {
  const outer = env[RUN_TOKEN_VARIABLE] ?? "";
  return { ...env, [RUN_TOKEN_VARIABLE]: TOKEN_LIST.test(outer) ? `${outer}:${token}` : token };
}
