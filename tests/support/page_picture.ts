/**
 * The picture of a page in the README.
 *
 * @module
 */

import { startBrowser } from "./browser.ts";
import { openPage } from "./opened_page.ts";
import { pageHtml } from "./page_html.ts";
import { REPOSITORY } from "./paths.ts";
import { pictureSession } from "./picture_session.ts";

/** The path of the picture. */
export const PAGE_PICTURE = `${REPOSITORY}/.github/page.png`;

/** The width of the window in CSS pixels: the content of the page is not wider. */
const WIDTH = 1080;

/** The README shows the picture smaller than that, so this is sharp on most screens. */
const SCALE = 1.4;

/** More than the page needs, because it lays out only what is in the window. */
const MAX_HEIGHT = 4_000;

/** The picture ends below the first step with a problem: the failing test. */
const LAST_STEP = ".step.problem";

/** Runs the demo and draws its page in Chromium. */
export async function pagePicture(): Promise<Uint8Array> {
  await using test = await startBrowser();
  const url = await test.write(pageHtml(await pictureSession()));
  await using opened = await openPage(test, url, { width: WIDTH, scale: SCALE });
  const { page } = opened;
  await page.setViewportSize({ width: WIDTH, height: MAX_HEIGHT });
  const last = await page.locator(LAST_STEP).first().boundingBox();
  if (last === null) throw new Error("the page of the demo does not show the step");
  const height = Math.ceil(last.y + last.height);
  return await page.screenshot({ clip: { x: 0, y: 0, width: WIDTH, height } });
}
