import type { Page } from "playwright-core";

/**
 * Returns the faults in the layout of a page, in words: texts that are outside the window, overlap or have too
 * little contrast, and shapes that are outside their drawing.
 */
export async function layoutFaults(page: Page): Promise<readonly string[]> {
  const script = await Deno.readTextFile(new URL("layout_faults.js", import.meta.url));
  return await page.evaluate<string[]>(script);
}
