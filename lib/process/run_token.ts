import type { Env } from "../util/env.ts";

/**
 * The variable by which a run's processes are known: a list, outermost run first, of the tokens of
 * the runs that they belong to. Whatever a process starts inherits it, however far that moves away.
 */
export const RUN_TOKEN_VARIABLE = "CCRUN_RUNS";

const TOKEN_BYTES = 16;

const LIST = /^[0-9a-f]{32}(:[0-9a-f]{32})*$/;

/** Makes a token that no other run has: 128 bits in hexadecimal. */
export function createRunToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * An environment with a token added to its list. What is there and is no list is replaced.
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
export function withRunToken(
  env: Env,
  token: string,
): { [name: string]: string } {
  const outer = env[RUN_TOKEN_VARIABLE] ?? "";
  return { ...env, [RUN_TOKEN_VARIABLE]: LIST.test(outer) ? `${outer}:${token}` : token };
}
