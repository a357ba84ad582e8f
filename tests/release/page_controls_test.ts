/**
 * Tests in Chromium how a reader finds something in the page of a session: with the search, the filters, links and
 * keys.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Locator, Page } from "playwright-core";
import { BROWSER, startBrowser } from "../support/browser.ts";
import { openPage } from "../support/opened_page.ts";
import { pageHtml } from "../support/page_html.ts";
import { RARE_WORD, typicalSession } from "../support/page_session.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";

/** More than the page takes to react on a loaded machine. */
const REACTION_MS = 10_000;

/** Registers a test with the page of a typical session, which must not do anything else. */
function testPage(name: string, fn: (page: Page, url: string) => Promise<void>): void {
  testWith(BROWSER, name, async () => {
    await using test = await startBrowser();
    const url = await test.write(pageHtml(typicalSession()));
    await using opened = await openPage(test, url);
    await fn(opened.page, url);
    assertEquals(opened.misdeeds(), []);
  });
}

/** Fails unless the condition holds soon. */
async function eventually(condition: () => Promise<boolean>, what: string): Promise<void> {
  assert(await waitFor(condition, REACTION_MS), what);
}

/** Returns the innermost step with a text. */
function stepWith(page: Page, text: string): Locator {
  return page.locator(".step", { hasText: text }).last();
}

/** Returns whether the top of an element is inside the window. */
async function isInWindow(page: Page, element: Locator): Promise<boolean> {
  if (!await element.isVisible()) return false;
  const y = (await element.boundingBox())?.y ?? -1;
  return y >= 0 && y < (page.viewportSize()?.height ?? 0);
}

/** Returns the kinds of the visible steps of the main agent. */
async function visibleKinds(page: Page): Promise<string[]> {
  const steps = await page.locator(".turn > .step").filter({ visible: true }).all();
  const classes = await Promise.all(steps.map((step) => step.getAttribute("class")));
  return classes.map((names) => names!.split(" ")[1]!);
}

testPage("the search shows the steps with the words, and unfolds them", async (page) => {
  const [found, other] = [stepWith(page, RARE_WORD), stepWith(page, "I look at the client first.")];
  await page.locator("#search").fill(RARE_WORD.toUpperCase());
  await eventually(() => isInWindow(page, found), "the step is not in the window");
  await eventually(async () => !await other.isVisible(), "another step is visible");
  assertEquals(await page.locator("#count").textContent(), "1 hit");

  const note = page.locator("#no-hits");
  await page.locator("#search").fill("no such words");
  await eventually(() => isInWindow(page, note), "the note is not in the window");
  assertEquals(await page.locator("#count").textContent(), "no hits");
  assertEquals(await visibleKinds(page), []);
  await page.locator("#show-all").click();
  await eventually(() => other.isVisible(), "the other step is hidden");
  assertEquals(await note.isVisible(), false);

  await page.locator("#search").fill(RARE_WORD);
  await eventually(async () => !await other.isVisible(), "another step is visible");
  await page.locator("#search").press("Escape");
  await eventually(() => other.isVisible(), "the other step is hidden");
  assertEquals(await page.locator("#search").inputValue(), "");
  assertEquals(await found.isVisible(), false);
});

testPage("a filter hides the steps of a kind until it is switched off", async (page) => {
  const all = await visibleKinds(page);
  const kinds = new Set(all);
  for (const button of await page.locator("button[data-kind]").all()) {
    const kind = await button.getAttribute("data-kind");
    assert(kinds.has(kind!), `the session has no ${kind}`);
    await button.click();
    assertEquals(await visibleKinds(page), all.filter((other) => other !== kind));
    await button.click();
    assertEquals(await visibleKinds(page), all);
  }
  await page.locator("#problems").click();
  const problems = await page.locator(".step.problem").filter({ visible: true }).count();
  assert(problems > 0);
  // What contains a problem is visible, too.
  const visible = page.locator(".step:not(.problem):not(:has(.problem))").filter({ visible: true });
  assertEquals(await visible.count(), 0);
});

testPage("a link to a step unfolds it and scrolls to it", async (page, url) => {
  const target = stepWith(page, RARE_WORD);
  assertEquals(await target.isVisible(), false);
  const id = await target.getAttribute("id");
  await page.goto(`${url}#${id}`);
  await eventually(() => isInWindow(page, target), "the step is not in the window");
  // The page that is opened with the link shows the step, too.
  await page.reload();
  await eventually(() => isInWindow(page, target), "the step is not in the window of a new page");
});

testPage("a click on the timeline goes to the step", async (page, url) => {
  const last = page.locator(".step", { hasText: "CHANGES.md" }).last();
  assertEquals(await isInWindow(page, last), false);
  const id = await last.getAttribute("id");
  await page.locator(`.timeline a[href="#${id}"]`).click();
  await eventually(() => isInWindow(page, last), "the step is not in the window");
  assertEquals(page.url(), `${url}#${id}`);
});

testPage("a link to a step that a filter hides shows it", async (page) => {
  const target = stepWith(page, "git push --force");
  const id = await target.getAttribute("id");
  await page.locator("#search").fill("client first");
  await eventually(async () => !await target.isVisible(), "the step is visible");
  await page.locator(`.timeline a[href="#${id}"]`).click();
  await eventually(() => isInWindow(page, target), "the step is not in the window");
});

testPage("a link to no step changes nothing", async (page, url) => {
  const before = await page.locator("main").innerText();
  for (const hash of ["#step-99999", "#toolbar", "#%", "#'\"><script>", "#__proto__"]) {
    await page.goto(`${url}${hash}`);
  }
  assertEquals(await page.locator("main").innerText(), before);
});

testPage("each key does what the help of the page says", async (page) => {
  const { keyboard } = page;
  const current = () => page.locator(".step:focus").getAttribute("id", { timeout: REACTION_MS });
  const isSearched = () => page.locator("#search:focus").isVisible();
  await keyboard.press("j");
  const first = await current();
  await keyboard.press("j");
  assertNotEquals(await current(), first);
  await keyboard.press("k");
  assertEquals(await current(), first);

  await keyboard.press("n");
  const problem = page.locator(".step.problem:focus");
  const firstProblem = await current();
  await keyboard.press("n");
  assertNotEquals(await current(), firstProblem);
  await keyboard.press("p");
  assertEquals(await current(), firstProblem);

  const isOpen = () => problem.locator("details").first().getAttribute("open");
  const wasOpen = await isOpen();
  await keyboard.press("o");
  assertNotEquals(await isOpen(), wasOpen);

  const folded = page.locator(".conversation details:not([open])");
  await keyboard.press("e");
  assertEquals(await folded.count(), 0);
  await keyboard.press("e");
  assertEquals(await page.locator(".conversation details[open]").count(), 0);

  const background = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  const light = await background();
  await keyboard.press("t");
  assertNotEquals(await background(), light);
  await keyboard.press("t");
  assertEquals(await background(), light);

  await keyboard.press("?");
  assert(await page.locator("dialog").isVisible());
  await keyboard.press("Escape");
  assertEquals(await page.locator("dialog").isVisible(), false);

  await keyboard.press("/");
  assert(await isSearched());
  // Keys are text in the search.
  await keyboard.type("retry");
  assertEquals(await page.locator("#search").inputValue(), "retry");
  await eventually(async () => (await page.locator("#count").textContent()) !== "", "no hits");
  await keyboard.press("Enter");
  await eventually(async () => await page.locator(".step.current").count() === 1, "no step");
  assert(await isSearched());
  await keyboard.press("Escape");
  assertEquals(await isSearched(), false);
  // The hit is shown among all steps.
  assert(await isInWindow(page, page.locator(".step.current")));
});

testPage("all controls can be reached with the Tab key", async (page) => {
  const name = "(control) => control?.id || control?.dataset.kind";
  const controls = await page.evaluate<string[]>(
    `[...document.querySelectorAll("#toolbar input, #toolbar button")].map(${name})`,
  );
  assert(controls.length > 0);
  await page.keyboard.press("Tab");
  assert(await page.locator(".skip:focus").isVisible());
  const reached: string[] = [];
  for (const _ of controls) {
    await page.keyboard.press("Tab");
    reached.push(await page.evaluate<string>(`(${name})(document.activeElement)`));
  }
  assertEquals(reached, controls);
});
