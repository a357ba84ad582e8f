/**
 * Tests the browser of the tests.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { exists } from "../../lib/util/exists.ts";
import { BROWSER, startBrowser } from "../support/browser.ts";
import { openPage } from "../support/opened_page.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";

testWith(BROWSER, "a failing test leaves no browser and no files", async () => {
  let directory = "";
  let isConnected = () => true;
  await assertRejects(
    async () => {
      await using test = await startBrowser();
      directory = test.directory;
      isConnected = () => test.browser.isConnected();
      throw new Error("the test fails");
    },
    Error,
    "the test fails",
  );
  assertEquals(isConnected(), false);
  assertEquals(await exists(directory), false);
});

testWith(BROWSER, "misdeeds returns what a page did", async () => {
  await using test = await startBrowser();
  const url = await test.write(`<!doctype html><button>x</button><script>
    document.querySelector("button").onclick = () => {
      open("about:blank#window");
      document.body.append(document.createElement("iframe"));
      console.log("message");
      alert("question");
      fetch("https://example.invalid/data").catch(() => {});
      setTimeout(() => { throw new Error("fault"); });
    };
  </script>`);
  await using opened = await openPage(test, url);
  await opened.page.locator("button").click();
  const wanted = ["window", "frame", "console", "dialog", "request", "error"];
  const kinds = () => opened.misdeeds().map((misdeed) => misdeed.replace(/:.*/s, ""));
  await waitFor(() => wanted.every((kind) => kinds().includes(kind)), 10_000);
  assertEquals(wanted.filter((kind) => !kinds().includes(kind)), []);
});
