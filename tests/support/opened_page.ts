/**
 * A page in Chromium, and everything it does that a page of ccrun must not do.
 *
 * @module
 */

import type { BrowserContext, Page } from "playwright-core";
import type { TestBrowser } from "./browser.ts";

/** How a page is opened. */
export interface Appearance {
  /** The width of the window in CSS pixels. @default {1400} */
  readonly width?: number | undefined;
  /** @default {"light"} */
  readonly colorScheme?: "light" | "dark" | undefined;
  /** Whether scripts run. @default {true} */
  readonly scripts?: boolean | undefined;
  /** How many pixels of the screen a CSS pixel has. @default {1} */
  readonly scale?: number | undefined;
}

/** A page that is open. Disposing of it closes its window. */
export interface OpenedPage extends AsyncDisposable {
  readonly page: Page;
  /** Returns what the page did so far: requests, errors, dialogs, windows, navigations and downloads. */
  misdeeds(): readonly string[];
}

/** The height of the window. */
const HEIGHT = 900;

/** Opens a file in a window of its own. `url` is the URL of the file, with an optional fragment. */
export async function openPage(
  { browser }: TestBrowser,
  url: string,
  { width = 1400, colorScheme = "light", scripts = true, scale = 1 }: Appearance = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    colorScheme,
    javaScriptEnabled: scripts,
    deviceScaleFactor: scale,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const misdeeds = watch(context, page, url);
  await page.goto(url, { waitUntil: "load" });
  return {
    page,
    misdeeds: () => misdeeds,
    [Symbol.asyncDispose]: () => context.close(),
  };
}

/** Records what a page does, from its first request on. */
function watch(context: BrowserContext, page: Page, url: string): string[] {
  const misdeeds: string[] = [];
  const isOwn = (other: string) => withoutFragment(other) === withoutFragment(url);
  context.on("request", (request) => {
    if (!isOwn(request.url())) misdeeds.push(`request: ${request.url()}`);
  });
  context.on("page", (other) => {
    if (other !== page) misdeeds.push(`window: ${other.url()}`);
  });
  page.on("console", (message) => misdeeds.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => misdeeds.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    misdeeds.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("download", (download) => misdeeds.push(`download: ${download.url()}`));
  page.on("frameattached", (frame) => misdeeds.push(`frame: ${frame.url()}`));
  page.on("framenavigated", (frame) => {
    if (!isOwn(frame.url())) misdeeds.push(`navigation: ${frame.url()}`);
  });
  return misdeeds;
}

function withoutFragment(url: string): string {
  return url.replace(/#.*/s, "");
}
