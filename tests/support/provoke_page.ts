import type { Page } from "playwright-core";

/**
 * Sends events to each element of a page, clicks its links to itself, and unfolds everything.
 *
 * @returns the elements and attributes that a page of ccrun must not contain
 */
export async function provokePage(page: Page): Promise<readonly string[]> {
  const script = await Deno.readTextFile(new URL("provoke_page.js", import.meta.url));
  return await page.evaluate<string[]>(script);
}
