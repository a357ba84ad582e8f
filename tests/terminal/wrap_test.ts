import { assertEquals } from "@std/assert";
import { createStyles } from "../../lib/terminal/styles.ts";
import { wrapText } from "../../lib/terminal/wrap.ts";

Deno.test("wrapText lines up the rows behind the mark and counts what does not fit", () => {
  const styles = createStyles(false);
  const { plain } = styles;
  const options = { styles, mark: "! ", markStyle: plain, style: plain };
  const text = "one two three four five";
  assertEquals(wrapText(text, { ...options, columns: undefined }), [`! ${text}`]);
  assertEquals(wrapText(text, { ...options, columns: 10 }), [
    "! one two",
    "  three",
    "  four",
    "  five",
  ]);
  assertEquals(wrapText(text, { ...options, columns: 10, maxRows: 2 }), [
    "! one two",
    "  … +3 lines",
  ]);
});
