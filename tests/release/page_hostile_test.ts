/**
 * Tests in Chromium that a hostile session runs nothing in its page, loads nothing, and hides nothing.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { createEventFactory, type EventBody, type RunEvent } from "../../lib/events.ts";
import { BROWSER, startBrowser, type TestBrowser } from "../support/browser.ts";
import { hostileRun } from "../support/hostile_run.ts";
import {
  HOSTILE_IMAGES,
  HOSTILE_MARKUP,
  HOSTILE_TEXT,
  SLOW_MARKDOWN,
} from "../support/hostile_texts.ts";
import { layoutFaults } from "../support/layout_faults.ts";
import { openPage } from "../support/opened_page.ts";
import { pageHtml } from "../support/page_html.ts";
import { provokePage } from "../support/provoke_page.ts";
import { exit, failedExit, result, START, text, thinking, use } from "../support/rendered_run.ts";
import { testWith } from "../support/test_with.ts";

const WIDTH = 400;

function eventsOf(bodies: readonly EventBody[]): RunEvent[] {
  let now = 0;
  const createEvent = createEventFactory(() => now += 100);
  return bodies.map((body) => createEvent(body));
}

/** Returns a run with a text in every foreign field, also in prompts. */
function hostileEvents(evil: string): RunEvent[] {
  const [start, ...rest] = hostileRun(evil);
  const prompt: EventBody = { type: "user_text", kind: "prompt", text: evil };
  const published: EventBody = { type: "notice", level: "info", kind: "pr", text: evil, url: evil };
  return eventsOf([start!, prompt, published, ...rest]);
}

/** Returns what is wrong with the page of a session. */
async function faultsOf(
  test: TestBrowser,
  events: readonly RunEvent[],
): Promise<readonly string[]> {
  const url = await test.write(pageHtml(events));
  await using opened = await openPage(test, url, { width: WIDTH });
  const { page } = opened;
  const unexpected = await provokePage(page);
  const layout = await layoutFaults(page);
  return [...await pwned(page), ...unexpected, ...layout, ...opened.misdeeds()];
}

/** Returns a fault if a foreign script has run. */
async function pwned(page: Page): Promise<readonly string[]> {
  return await page.evaluate<boolean>("'pwned' in globalThis") ? ["a script has run"] : [];
}

testWith(BROWSER, "markup in a session runs nothing and loads nothing", async () => {
  await using test = await startBrowser();
  for (const evil of HOSTILE_MARKUP) {
    assertEquals(await faultsOf(test, hostileEvents(evil)), [], JSON.stringify(evil));
  }
});

testWith(BROWSER, "text that is hard to show breaks no layout", async () => {
  await using test = await startBrowser();
  for (const evil of HOSTILE_TEXT) assertEquals(await faultsOf(test, hostileEvents(evil)), []);
});

testWith(BROWSER, "huge lines and nested Markdown break no layout", async () => {
  await using test = await startBrowser();
  const huge = "x".repeat(1_000_000);
  const line = "word ".repeat(200_000);
  const events = eventsOf([
    START,
    { type: "user_text", kind: "prompt", text: huge },
    ...[huge, line, ...SLOW_MARKDOWN].map((evil, at) => text(evil, { message_id: `msg_${at}` })),
    thinking(huge),
    use("bash", "Bash", { command: huge }),
    result("bash", line),
    use("edit", "Edit", { file_path: huge, old_string: huge, new_string: line }),
    result("edit", huge, { diff: `@@ -1 +1 @@\n-${huge}\n+${line}` }),
    { type: "error", error: { kind: "failed", message: huge, hint: line } },
    failedExit({ session_id: huge, resume: huge }),
  ]);
  assertEquals(await faultsOf(test, events), []);
});

testWith(BROWSER, "only images that are images are shown", async () => {
  await using test = await startBrowser();
  const images = HOSTILE_IMAGES.flatMap((image, at) => [
    use(`call ${at}`, "Read", { file_path: "/x.png" }),
    result(`call ${at}`, "[image]", { content: [image] }),
  ]);
  assertEquals(await faultsOf(test, eventsOf([START, ...images, exit()])), []);
});
