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

/** The failing test and the change stay unfolded, so that the picture has room for the answer. */
const FOLD_OTHERS =
  `for (const step of document.querySelectorAll(".turn > .step:not(.problem, .edit)")) {
  for (const fold of step.querySelectorAll("details")) fold.open = false;
}`;

/** The picture ends with the turn. */
const LAST_STEP = ".step.result";

/** The space below it. */
const MARGIN = 16;

/** Runs the session and draws its page in Chromium. */
export async function pagePicture(): Promise<Uint8Array> {
  await using test = await startBrowser();
  const url = await test.write(pageHtml(await pictureSession()));
  await using opened = await openPage(test, url, { width: WIDTH, scale: SCALE });
  const { page } = opened;
  await page.setViewportSize({ width: WIDTH, height: MAX_HEIGHT });
  await page.evaluate(FOLD_OTHERS);
  const last = await page.locator(LAST_STEP).last().boundingBox();
  if (last === null) throw new Error("the page does not show the last step");
  const height = Math.ceil(last.y + last.height) + MARGIN;
  return await page.screenshot({ clip: { x: 0, y: 0, width: WIDTH, height } });
}
