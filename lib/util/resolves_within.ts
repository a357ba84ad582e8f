/**
 * Waits until a promise resolves, but not longer than `ms` milliseconds. Rejects if the promise does.
 *
 * @returns whether it has resolved
 *
 * @example
 * ```ts
 * import { resolvesWithin } from "./resolves_within.ts";
 *
 * console.log(await resolvesWithin(Promise.resolve(), 1_000)); // true
 * console.log(await resolvesWithin(new Promise(() => {}), 1)); // false
 * ```
 */
export async function resolvesWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const limit = Promise.withResolvers<false>();
  const timer = setTimeout(() => limit.resolve(false), ms);
  try {
    return await Promise.race([work.then(() => true), limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
