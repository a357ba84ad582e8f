import { assert, assertEquals } from "@std/assert";
import { sanitize, sanitizeLine, SanitizeStream } from "../../lib/terminal/sanitize.ts";

Deno.test("sanitize keeps tabs and newlines, and makes CRLF a newline", () => {
  assertEquals(sanitize("a\tb\nc\r\nd"), "a\tb\nc\nd");
});

Deno.test("sanitize removes complete color sequences", () => {
  assertEquals(
    sanitize("\x1b[31mred\x1b[0m \x1b[38;5;12mblue\x1b[m \x1b[38:2::1:2:3mx"),
    "red blue x",
  );
});

Deno.test("sanitize replaces every other control character", () => {
  assertEquals(sanitize("\x1b]52;c;aGk=\x07"), "␛]52;c;aGk=␇");
  assertEquals(sanitize("\x1b[2J\x1b[H"), "␛[2J␛[H");
  assertEquals(sanitize("50%\r100%\0\b\x7f"), "50%␍100%␀␈␡");
  assertEquals(sanitize("\x9b31m\x85\x80"), "\\x9b31m\\x85\\x80");
});

Deno.test("sanitize replaces bidirectional controls and Unicode's line ends", () => {
  assertEquals(
    sanitize("a\u202eb\u061c\u200f\u2066\u2028"),
    "a<U+202E>b<U+061C><U+200F><U+2066><U+2028>",
  );
});

Deno.test("sanitize replaces lone surrogates and keeps emoji whole", () => {
  assertEquals(sanitize("\ud83d x \ude00"), "\ufffd x \ufffd");
  assertEquals(sanitize("👩‍👩‍👧 ❤️ 🏳️‍🌈"), "👩‍👩‍👧 ❤️ 🏳️‍🌈");
});

Deno.test("sanitize replaces every invisible character, whatever is beside it", () => {
  const isInvisible = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2028\u2029]/u;
  const isNeeded = /[\u200c\u200d\ufe0e\ufe0f]/;
  let count = 0;
  for (let code = 0; code <= 0xe0fff; code++) {
    const character = String.fromCodePoint(code);
    if (!isInvisible.test(character)) continue;
    count++;
    const name = `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
    assertEquals(sanitize(`a${character}b`), `a${name}b`);
    if (isNeeded.test(character)) continue;
    for (const [before, after] of [["م", "م"], ["م\u200cم", "م"], ["क्", "क"], ["👩", "👩"]]) {
      assertEquals(sanitize(`${before}${character}${after}`), `${before}${name}${after}`);
      const joined = sanitize(`${before}\u200d${character}\u200d${after}`);
      assertEquals(joined, `${before}<U+200D>${name}<U+200D>${after}`);
    }
  }
  assert(count > 4_000);
});

Deno.test("sanitize keeps the invisible characters that emoji and letters need", () => {
  const rows = [
    "👩🏽‍❤️‍💋‍👨🏼 👁️‍🗨️ 🏴‍☠️ 🧑🏿‍🦰 1️⃣ #️⃣ ©️ ↩︎ ❤️",
    "می‌خواهم نامه‌ای کتابِ\u200cمن",
    "क्‍ष क्‌ष ශ්‍රී বাংলা‌দেশ",
  ];
  for (const row of rows) assertEquals(sanitize(row), row);
});

Deno.test("sanitize replaces the same characters elsewhere", () => {
  const rows = [
    ["pass\u200cword\u200d", "pass<U+200C>word<U+200D>"],
    ["\u200d👩\u200d \u200d👩", "<U+200D>👩<U+200D> <U+200D>👩"],
    ["❤\ufe0f\ufe0f", "❤\ufe0f<U+FE0F>"],
    ["می\u200c\u200cخ \u200cخ", "می<U+200C><U+200C>خ <U+200C>خ"],
    ["می\u200cx", "می<U+200C>x"],
    ["1\ufe0f2", "1<U+FE0F>2"],
    ["🏴\u{e0067}\u{e007f}", "🏴<U+E0067><U+E007F>"],
    ["\ufeffBOM", "<U+FEFF>BOM"],
  ] as const;
  for (const [text, expected] of rows) assertEquals(sanitize(text), expected);
});

Deno.test("sanitize leaves no control character", () => {
  let all = "";
  for (let code = 0; code < 0x3000; code++) all += String.fromCharCode(code);
  assert(!/[^\P{Cc}\t\n]/u.test(sanitize(all)));
  assert(!/[\u202a-\u202e\u2066-\u2069]/.test(sanitize(all)));
});

Deno.test("sanitize does not treat an overlong sequence as a color", () => {
  assert(sanitize(`\x1b[${"1;".repeat(1_000)}m`).startsWith("␛[1;1;"));
});

Deno.test("SanitizeStream returns the same for all pieces of a text", () => {
  const text = "a\x1b[31mred\x1b[0m\r\nb\rc 😀\ud83d \x1b]0;x\x07\x1b[\x1b[1;" +
    "👩🏽\u200d❤\ufe0f\u200d👨\u200dx 1\ufe0f\u20e3 می\u200cخ\u200c\ufe0f\u{e0041}";
  for (let first = 0; first <= text.length; first++) {
    for (let second = first; second <= text.length; second++) {
      const stream = new SanitizeStream();
      const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
      assertEquals(
        pieces.map((piece) => stream.push(piece)).join("") + stream.end(),
        sanitize(text),
      );
    }
  }
});

Deno.test("SanitizeStream holds back no more than a sequence can have", () => {
  const stream = new SanitizeStream();
  let given = "";
  for (let n = 0; n < 1_000; n++) given += stream.push(n === 0 ? "\x1b[" : "1;");
  assert(given.length > 1_800);
});

Deno.test("sanitizeLine returns one line", () => {
  assertEquals(sanitizeLine("cat <<EOF\n  a\tb\r\nEOF\n"), "cat <<EOF ⏎ a b ⏎ EOF");
});

Deno.test("sanitizeLine does not cut a character in two", () => {
  assertEquals(sanitizeLine("ok 😀", 4), "ok…");
});

Deno.test("sanitizeLine cuts a huge text before it sanitizes it", () => {
  const huge = "\x1b]x".repeat(5_000_000);
  const line = sanitizeLine(huge);
  assertEquals(line, `${"␛]x".repeat(667).slice(0, 2_000)}… +14998000 characters`);
});
