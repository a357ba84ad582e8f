import { assertEquals } from "@std/assert";
import { LogLineFilter } from "../../lib/terminal/log_line_filter.ts";

/** Filters a text in pieces of a length. */
function filtered(text: string, length: number): string {
  const filter = new LogLineFilter();
  let all = "";
  for (let at = 0; at < text.length; at += length) all += filter.push(text.slice(at, at + length));
  return all;
}

Deno.test("LogLineFilter breaks the commands of each line, in whatever pieces it arrives", () => {
  const rows = [
    ["::add-mask::x\n", "\\::add-mask::x\n"],
    ["a\n \t::error::x\r\n##[group]\n", "a\n \t\\::error::x\r\n#\\#[group]\n"],
    ['{"a":"##[group]"}\n', '{"a":"#\\u0023[group]"}\n'],
    ['{"a":"#\u200b#[group]"}\n', '{"a":"#\\u200b#[group]"}\n'],
    ['{"a":1} ::x::\n', '{"a":1} ::x::\n'],
    ["{ \r::error::x\n", "{ \r\\::error::x\n"],
    ['{"a":"\u200b ##"}\n\xa0x\n', '{"a":"\u200b ##"}\n\xa0x\n'],
  ] as const;
  for (const [text, expected] of rows) {
    for (const length of [1, 3, 100]) assertEquals(filtered(text, length), expected);
  }
});

Deno.test("LogLineFilter returns a line when it is complete", () => {
  const filter = new LogLineFilter();
  assertEquals(filter.push("one\n::err"), "one\n");
  assertEquals(filter.push("or::x"), "");
  assertEquals(filter.push("\n"), "\\::error::x\n");
});
