/**
 * A Deno that compiles without its download site.
 *
 * @module
 */

import { REPOSITORY } from "./paths.ts";

/** Prints a shell script that sets COMPILE_DENO and DENORT_BIN. */
export const COMPILE_RUNTIME = `${REPOSITORY}/../shared/tools/compile-runtime`;

/** Returns why compiling is impossible, or undefined if it is possible. */
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
