import { assertEquals } from "@std/assert";
import { createTerminal } from "../../lib/terminal/terminal.ts";

Deno.test("createTerminal can repaint a terminal that is not dumb", () => {
  const canRepaint = (isTerminal: boolean, term?: string) =>
    createTerminal({ isTerminal, color: false, term }).canRepaint;
  assertEquals([
    canRepaint(true, "xterm"),
    canRepaint(true),
    canRepaint(true, "dumb"),
    canRepaint(false, "xterm"),
  ], [
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("createTerminal reads the width each time", () => {
  let columns = 100;
  const terminal = createTerminal({ isTerminal: true, columns: () => columns, color: false });
  assertEquals(terminal.columns(), 100);
  columns = 60;
  assertEquals(terminal.columns(), 60);
});

Deno.test("createTerminal assumes 80 columns for a terminal of unknown width", () => {
  const columns = (ask?: () => number | undefined) =>
    createTerminal({ isTerminal: true, columns: ask, color: false }).columns();
  const fail = () => {
    throw new Error("not a terminal");
  };
  assertEquals([columns(), columns(() => 0), columns(() => undefined), columns(fail)], [
    80,
    80,
    80,
    80,
  ]);
  assertEquals(columns(() => 3), 20);
});

Deno.test("createTerminal has no width without a terminal", () => {
  assertEquals(
    createTerminal({ isTerminal: false, columns: () => 80, color: false }).columns(),
    undefined,
  );
});

Deno.test("createTerminal treats the log of a CI system as no terminal", () => {
  const options = { isTerminal: true, isLog: true, columns: () => 100, color: true, term: "xterm" };
  const terminal = createTerminal(options);
  assertEquals([terminal.canRepaint, terminal.columns()], [false, undefined]);
  assertEquals(terminal.styles.bold("x"), "\x1b[1mx\x1b[22m");
});

Deno.test("createTerminal has styles that do nothing without color", () => {
  const { styles } = createTerminal({ isTerminal: true, color: false });
  assertEquals(Object.values(styles).map((style) => style("x")), Array(7).fill("x"));
  assertEquals(
    createTerminal({ isTerminal: false, color: true }).styles.red("x"),
    "\x1b[31mx\x1b[39m",
  );
});

Deno.test("createTerminal assumes 24 rows for a terminal of unknown height", () => {
  const rows = (ask?: () => number | undefined) =>
    createTerminal({ isTerminal: true, rows: ask, color: false }).rows();
  assertEquals([rows(), rows(() => 0), rows(() => undefined), rows(() => 50)], [24, 24, 24, 50]);
});
