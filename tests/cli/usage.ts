import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";

/** Asserts that `fn` fails with a usage error whose message and hint contain these words. */
export async function assertUsage(fn: () => unknown, ...words: string[]): Promise<void> {
  const error = await assertRejects(async () => await fn(), CcrunError);
  assertInstanceOf(error, CcrunError);
  const text = `${error.message} | ${error.hint}`;
  assertEquals([error.kind, error.exitCode], ["usage", 2], text);
  for (const word of words) assert(text.includes(word), `no ${JSON.stringify(word)} in: ${text}`);
}
