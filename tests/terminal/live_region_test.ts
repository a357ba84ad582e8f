import { assertEquals } from "@std/assert";
import { LiveRegion } from "../../lib/terminal/live_region.ts";
import { createTerminal } from "../../lib/terminal/terminal.ts";

function createRegion(columns: () => number): LiveRegion {
  return new LiveRegion(createTerminal({ isTerminal: true, columns, color: false }));
}

Deno.test("LiveRegion erases the rows that it painted", () => {
  const region = createRegion(() => 80);
  assertEquals(region.erase(), "");
  assertEquals(region.paint(["one", "two"]), "one\ntwo");
  assertEquals(region.paint(["three"]), "\r\x1b[1A\x1b[Jthree");
  assertEquals(region.erase(), "\r\x1b[J");
  assertEquals(region.erase(), "");
});

Deno.test("LiveRegion erases rows that a narrower terminal has broken", () => {
  let columns = 60;
  const region = createRegion(() => columns);
  region.paint(["x".repeat(59), "y"]);
  columns = 30;
  assertEquals(region.erase(), "\r\x1b[2A\x1b[J");
});
