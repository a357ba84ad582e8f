import { assertEquals, assertThrows } from "@std/assert";
import { makeScreen, type Screen } from "./screen.ts";

function screenOf(output: string): Screen {
  const screen = makeScreen(20);
  screen.write(output);
  return screen;
}

Deno.test("makeScreen keeps colors, and applies overwriting and erasing", () => {
  const screen = screenOf(
    "live line\r\x1b[K\x1b[1;31mno\x1b[0m \x1b[2mdim\x1b[22m\r\nold\x1b[A\r\x1b[Cx\r\n\x1b[Jnew",
  );
  assertEquals(screen.lines(), ["nx dim", "new"]);
  const styles = screen.rows()[0]?.map(({ style }) => [style.color, style.bold, style.dim]);
  assertEquals(styles?.slice(0, 4), [
    ["red", true, false],
    [undefined, false, false],
    [undefined, false, false],
    [undefined, false, true],
  ]);
});

Deno.test("makeScreen gives a wide character two columns", () => {
  const screen = screenOf("天地x");
  const [row = []] = screen.rows();
  assertEquals(row.map(({ column, width }) => [column, width]), [[0, 2], [2, 2], [4, 1]]);
  assertEquals([screen.widest, screenOf("x".repeat(21)).widest], [5, 21]);
});

Deno.test("makeScreen throws for control sequences that ccrun never writes", () => {
  for (const output of ["\x1b[3m", "\x1b[2J", "\x1b[5;5H", "\x1b[?1049h", "\x07", "\x1b]0;t\x07"]) {
    assertThrows(() => screenOf(output), Error);
  }
});
