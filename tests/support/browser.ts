/**
 * Chromium without a window, for tests of pages. It is never downloaded.
 *
 * @module
 */

import { type Browser, chromium } from "playwright-core";
import { makeSandbox, SANDBOX_PATH } from "./sandbox.ts";
import { type Needs, succeeds } from "./test_with.ts";

/** The commands that start Chromium or Chrome. */
const COMMANDS: readonly string[] = ["chromium", "google-chrome", "chromium-browser"];

/** The path of Chromium. In Ubuntu the command can exist without the browser; then it fails. */
const executablePath = SANDBOX_PATH.split(":")
  .flatMap((folder) => COMMANDS.map((name) => `${folder}/${name}`))
  .find((path) => succeeds(path, "--version"));

/** What to do if Chromium is missing. */
export const INSTALL_CHROMIUM = "install it, for example with: apt install chromium";

/** The requirements of a test with a browser. */
export const BROWSER: Needs = {
  unless: executablePath === undefined ? "no chromium here" : undefined,
};

/** More than a start takes on a loaded machine. */
const START_MS = 60_000;

const ARGS: readonly string[] = [
  // No request leaves the machine, whatever a page does. Nothing listens on the port.
  "--proxy-server=127.0.0.1:9",
  "--proxy-bypass-list=<-loopback>",
  // Text looks the same on each machine that has the same fonts.
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
];

/** A running Chromium. Disposing of it stops its processes and removes its files. */
export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser;
  /** The directory of the pages. */
  readonly directory: string;
  /** Writes a page to a file and returns its URL. */
  write(html: string): Promise<string>;
}

/**
 * Starts Chromium with a temporary profile and an environment of its own. They talk through a pipe, so
 * that Chromium exits with the test, even if the test is killed.
 *
 * @throws {Error} if Chromium is not installed
 */
export async function startBrowser(): Promise<TestBrowser> {
  if (executablePath === undefined) throw new Error(`cannot start Chromium: ${INSTALL_CHROMIUM}`);
  await using stack = new AsyncDisposableStack();
  const sandbox = stack.use(await makeSandbox());
  const browser = await chromium.launch({
    executablePath,
    args: [...ARGS],
    env: sandbox.env(),
    // Chromium's own sandbox does not work for root.
    chromiumSandbox: Deno.uid() !== 0,
    timeout: START_MS,
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  stack.defer(() => browser.close());
  const owned = stack.move();
  const directory = sandbox.project;
  return {
    browser,
    directory,
    async write(html) {
      const path = await Deno.makeTempFile({ dir: directory, suffix: ".html" });
      await Deno.writeTextFile(path, html);
      return `file://${path}`;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
