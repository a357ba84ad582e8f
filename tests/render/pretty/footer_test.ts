import { assertEquals } from "@std/assert";
import { createEventFactory } from "../../../lib/events.ts";
import { formatFooter } from "../../../lib/render/pretty/footer.ts";
import { createStyles } from "../../../lib/terminal/styles.ts";

Deno.test("formatFooter() leaves out the least important parts on a narrow terminal", () => {
  const exit = createEventFactory(() => null)({
    type: "exit",
    code: 1,
    reason: "failed",
    ok: false,
    turns: 2,
    cost_usd: 0.25,
    usage: { input: 100, output: 50, cache_read: 1_000, cache_write: 400 },
    duration_ms: 12_000,
  });
  const tools = { all: 3, failed: 1, denied: 1 };
  const rows: readonly [columns: number | undefined, line: string][] = [
    [undefined, "✗ failed · 12s · 2 turns · 3 tools (1 failed, 1 denied) · 1.5k in 50 out · $0.25"],
    [79, "✗ failed · 12s · 2 turns · 3 tools (1 failed, 1 denied) · $0.25"],
    [62, "✗ failed · 12s · 3 tools (1 failed, 1 denied) · $0.25"],
    [52, "✗ failed · 12s · 3 tools (2 ✗) · $0.25"],
    [20, "✗ failed · 12s · 3 …"],
    [6, "✗ fai…"],
  ];
  for (const [columns, line] of rows) {
    assertEquals(formatFooter(exit, tools, columns, createStyles(false)), line);
  }
});
