/**
 * Tests in Chromium that the page of a session can be read: at each width, in each color scheme, on paper and
 * without scripts.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { createEventFactory, type EventType } from "../../lib/events.ts";
import { BROWSER, startBrowser } from "../support/browser.ts";
import { hostileRun } from "../support/hostile_run.ts";
import { layoutFaults } from "../support/layout_faults.ts";
import { type Appearance, openPage } from "../support/opened_page.ts";
import { RARE_WORD, typicalSession } from "../support/page_session.ts";
import { testWith } from "../support/test_with.ts";
import { pageHtml } from "../support/page_html.ts";

const APPEARANCES: readonly Appearance[] = [
  { width: 320 },
  { width: 400, colorScheme: "light" },
  { width: 400, colorScheme: "dark" },
  { width: 1400, colorScheme: "light" },
  { width: 1400, colorScheme: "dark" },
  { width: 400, scripts: false },
  { width: 1400, scripts: false },
];

/** Opens everything that is folded. */
const OPEN_ALL = "document.querySelectorAll('details').forEach((details) => details.open = true)";

/** Set this variable to a directory to look at the pages. */
const SCREENSHOTS = Deno.env.get("CCRUN_TEST_SCREENSHOTS");

/** Fails if a page is not readable in each of its appearances, folded and unfolded. */
async function assertReadable(
  name: string,
  html: string,
  appearances: readonly Appearance[],
): Promise<void> {
  await using test = await startBrowser();
  const url = await test.write(html);
  for (const appearance of appearances) {
    const shown = `${name} ${Object.values(appearance).join(" ")}`;
    await using opened = await openPage(test, url, appearance);
    const { page } = opened;
    assertEquals(await layoutFaults(page), [], shown);
    if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${shown}.png`, fullPage: true });
    await page.evaluate(OPEN_ALL);
    assertEquals(await layoutFaults(page), [], `${shown}, unfolded`);
    assertEquals(opened.misdeeds(), []);
  }
}

testWith(BROWSER, "nothing overflows, overlaps or is too pale", async () => {
  await assertReadable("typical", pageHtml(typicalSession()), APPEARANCES);
});

testWith(BROWSER, "errors and warnings can be read in each color scheme", async () => {
  const createEvent = createEventFactory(() => null);
  const events = hostileRun("A few words.").map((body) => createEvent<EventType>(body));
  await assertReadable("failed", pageHtml(events), [
    { width: 400, colorScheme: "dark" },
    { width: 1400, colorScheme: "light" },
  ]);
});

testWith(BROWSER, "without scripts the page has all texts and no dead controls", async () => {
  await using test = await startBrowser();
  const url = await test.write(pageHtml(typicalSession()));
  await using opened = await openPage(test, url, { scripts: false });
  const { page } = opened;
  const controls = page.locator("button, input, select, textarea").filter({ visible: true });
  assertEquals(await controls.count(), 0);
  const nested = page.getByText(RARE_WORD);
  assertEquals(await nested.isVisible(), false);
  const folds = page.locator("details:not([open])", { has: nested });
  while (await folds.count() > 0) await folds.first().locator("> summary").click();
  assert(await nested.isVisible());
  assertEquals(opened.misdeeds(), []);
});

testWith(BROWSER, "on paper everything is unfolded, and dark on white", async () => {
  await using test = await startBrowser();
  const url = await test.write(pageHtml(typicalSession()));
  await using opened = await openPage(test, url, { width: 800 });
  const { page } = opened;
  // The reader prefers dark, and the page is printed as it is.
  await page.keyboard.press("t");
  await page.emulateMedia({ media: "print" });
  assert(await page.getByText(RARE_WORD).isVisible());
  assertEquals(await page.locator("#toolbar").isVisible(), false);
  assertEquals(
    await page.evaluate("getComputedStyle(document.documentElement).colorScheme"),
    "light",
  );
  assertEquals(await layoutFaults(page), []);
});
