/**
 * A Deno that can compile where its download site cannot be reached.
 *
 * @module
 */

import { REPOSITORY } from "./paths.ts";

/** The script that gives it: what it prints sets COMPILE_DENO and DENORT_BIN in a shell. */
export const COMPILE_RUNTIME = `${REPOSITORY}/../shared/tools/compile-runtime`;

/** Why nothing can be compiled here; undefined where it can. */
export function whyNotCompiled(): string | undefined {
  const { os, arch } = Deno.build;
  if (os !== "linux" || arch !== "x86_64") return "compile-runtime is for Linux on x86-64";
  try {
    Deno.statSync(COMPILE_RUNTIME);
    return undefined;
  } catch {
    return "no ../shared/tools/compile-runtime here";
  }
}
