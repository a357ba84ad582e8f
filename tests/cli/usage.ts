/**
 * What a usage error must be: of its kind, in words that name what is wrong.
 *
 * @module
 */

import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";

/** Fails unless this throws, or rejects with, a usage error whose message and hint together have these words. */
export async function assertUsage(fn: () => unknown, ...words: string[]): Promise<void> {
  const error = await assertRejects(async () => await fn(), CcrunError);
  assertInstanceOf(error, CcrunError);
  const told = `${error.message} | ${error.hint}`;
  assertEquals([error.kind, error.exitCode], ["usage", 2], told);
  for (const word of words) assert(told.includes(word), `no ${JSON.stringify(word)} in: ${told}`);
}
