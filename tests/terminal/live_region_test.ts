import { assertEquals } from "@std/assert";
import { LiveRegion } from "../../lib/terminal/live_region.ts";
import { createTerminal } from "../../lib/terminal/terminal.ts";

function createRegion(columns: () => number): LiveRegion {
  return new LiveRegion(createTerminal({ isTerminal: true, columns, color: false }));
}

Deno.test("LiveRegion erases the rows that it painted", () => {
  const region = createRegion(() => 80);
  assertEquals(region.update("", []), "");
  assertEquals(region.update("text\n", ["one", "two"]), "text\none\ntwo");
  assertEquals(region.update("more\n", ["three"]), "\r\x1b[1A\x1b[Jmore\nthree");
  assertEquals(region.update("", []), "\r\x1b[J");
  assertEquals(region.update("", []), "");
});

Deno.test("LiveRegion erases rows that a narrower terminal has broken", () => {
  let columns = 60;
  const region = createRegion(() => columns);
  region.update("", ["x".repeat(59), "y"]);
  columns = 30;
  assertEquals(region.update("", []), "\r\x1b[2A\x1b[J");
});
