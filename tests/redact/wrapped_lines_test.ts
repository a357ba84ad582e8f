import { assertEquals } from "@std/assert";
import { replaceAcrossLines } from "../../lib/redact/wrapped_lines.ts";

function replaced(text: string): string {
  return replaceAcrossLines(text, /corre\+ct|battery/g, "#");
}

Deno.test("replaceAcrossLines replaces a match that continues on the next lines", () => {
  const cases = [
    ["a corre\n+ct b", "a # b"],
    ["a corre\r\n    +ct b", "a # b"],
    ["c\no\nr\nr\ne\n+\nc\nt", "#"],
    ["a corre\n\n\n+ct", "a #"],
    ["a corre\\n+ct b", "a # b"],
    ['"corre\\\\n  +ct"', '"#"'],
    ["a corre\n+ct, bat\n\ttery\nb", "a #, #\nb"],
    ["    1→bat\n    2→tery", "    1→#"],
    ["+bat\n+tery", "+#"],
    ["> bat\n> tery", "> #"],
    ["# bat\n# tery", "# #"],
    ["a bat\\\ntery", "a #"],
    ["a bat=\r\ntery", "a #"],
    ["// bat\n// tery", "// #"],
  ] as const;
  for (const [text, expected] of cases) assertEquals(replaced(text), expected);
});

Deno.test("replaceAcrossLines keeps a match on a single line, and all other text", () => {
  for (
    const text of ["battery", "a\n  battery\nb", "corre\n+\n", "bat\n12 tery", "bat\n\n- x\ntery"]
  ) assertEquals(replaced(text), text);
});

Deno.test("replaceAcrossLines takes linear time", () => {
  for (const piece of ["\n", "\\", "\\n", "\n \t", "\n+", " ", "\nbatter"]) {
    const text = piece.repeat(Math.ceil(2_000_000 / piece.length));
    assertEquals(replaced(text), text);
  }
});
