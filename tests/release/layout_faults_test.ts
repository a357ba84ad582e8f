/**
 * Tests the search for faults in the layout of a page.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { BROWSER, startBrowser } from "../support/browser.ts";
import { layoutFaults } from "../support/layout_faults.ts";
import { openPage } from "../support/opened_page.ts";
import { testWith } from "../support/test_with.ts";

const PAGE = '<!doctype html><meta charset="utf-8">';

/** Pages with the faults that are found. */
const ROWS: readonly (readonly [html: string, faults: readonly string[]])[] = [
  ["<p>a</p><p>b</p>", []],
  ['<p style="width:3000px">a</p>', ["the page is 3008px wide in a window of 400px"]],
  ['<p style="margin-left:-100px">abc</p>', ['outside the window: "abc" in body > p']],
  [
    '<p style="margin:0">abc</p><p style="margin-top:-12px" class="x">def</p>',
    ['overlap: "abc" in body > p and "def" in body > p.x'],
  ],
  ['<p style="color:#888">abc</p>', ['contrast 3.54: "abc" in body > p']],
  ['<h1 style="color:#888">abc</h1>', []],
  ['<p style="opacity:.3">abc</p>', ['contrast 2.11: "abc" in body > p']],
  ['<div style="background:#000"><b style="color:#222">abc</b></div>', [
    'contrast 1.32: "abc" in body > div > b',
  ]],
  ['<svg width="50" height="50"><rect x="40" width="20" height="9"/></svg>', [
    "outside its drawing: body > svg > rect",
  ]],
  // Hidden text is no fault, and text that is scrolled into view has room.
  ['<details><summary>a</summary><p style="color:#fff">b</p></details>', []],
  ['<div style="overflow:auto"><p style="width:3000px">abc</p></div>', []],
];

testWith(BROWSER, "layoutFaults finds texts and shapes that cannot be seen", async () => {
  await using test = await startBrowser();
  await using opened = await openPage(test, await test.write(PAGE), { width: 400 });
  const found: [string, readonly string[]][] = [];
  for (const [html] of ROWS) {
    await opened.page.setContent(PAGE + html);
    found.push([html, await layoutFaults(opened.page)]);
  }
  assertEquals(found, ROWS);
});
