import { assertEquals } from "@std/assert";
import { createTerminal } from "../../lib/terminal/terminal.ts";

Deno.test("a terminal that is not dumb is live", () => {
  const live = (isTerminal: boolean, term?: string) =>
    createTerminal({ isTerminal, color: false, term }).live;
  assertEquals([live(true, "xterm"), live(true), live(true, "dumb"), live(false, "xterm")], [
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("a terminal's width is asked for again and again", () => {
  let columns = 100;
  const terminal = createTerminal({ isTerminal: true, columns: () => columns, color: false });
  assertEquals(terminal.columns(), 100);
  columns = 60;
  assertEquals(terminal.columns(), 60);
});

Deno.test("a terminal that does not know its width has 80 columns", () => {
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

Deno.test("without a terminal there is no width", () => {
  assertEquals(
    createTerminal({ isTerminal: false, columns: () => 80, color: false }).columns(),
    undefined,
  );
});

Deno.test("a terminal that a CI system reads into a log is none", () => {
  const options = { isTerminal: true, isLog: true, columns: () => 100, color: true, term: "xterm" };
  const terminal = createTerminal(options);
  assertEquals([terminal.live, terminal.columns()], [false, undefined]);
  assertEquals(terminal.styles.bold("x"), "\x1b[1mx\x1b[22m");
});

Deno.test("styles are the identity without colour", () => {
  const { styles } = createTerminal({ isTerminal: true, color: false });
  assertEquals(Object.values(styles).map((style) => style("x")), Array(7).fill("x"));
  assertEquals(
    createTerminal({ isTerminal: false, color: true }).styles.red("x"),
    "\x1b[31mx\x1b[39m",
  );
});
