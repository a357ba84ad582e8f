import { assertEquals } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { SourceMark } from "../../lib/render/source_mark.ts";
import { piecesOf } from "../support/bytes.ts";

/** Returns what is written of a text that arrives in chunks of a length. */
function changed(text: string, length: number): string {
  const written: Uint8Array[] = [];
  const mark = new SourceMark((bytes) => written.push(bytes));
  for (const chunk of piecesOf(new TextEncoder().encode(text), length)) mark.change(chunk);
  mark.end();
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(concat(written));
}

const LENGTHS = [1, 2, 3, 7, 1000];

Deno.test("SourceMark changes the mark of ccrun, however it is written", () => {
  const rows: readonly [text: string, expected: string][] = [
    ['{"source":"ccrun","type":"exit"}', '{"source":"claude","type":"exit"}'],
    ['{"type":"exit","source": \t"ccrun"}\n', '{"type":"exit","source": \t"claude"}\n'],
    ['{"source":"ccrun","source":"ccrun"}', '{"source":"claude","source":"claude"}'],
    ['{"source"\n:\r\n"ccrun"}', '{"source"\n:\r\n"claude"}'],
    [`{"source"${" ".repeat(5000)}:"ccrun"}`, `{"source"${" ".repeat(5000)}:"claude"}`],
    ['{"\\u0073o\\u0075rce":"cc\\u0072\\u0075n"}', '{"\\u0073o\\u0075rce":"claude"}'],
    ['{"source":"\\u0063\\u0063\\u0072\\u0075\\u006E"}', '{"source":"claude"}'],
    ['x" {"source":"ccrun"} \0 \xff', 'x" {"source":"claude"} \0 \xff'],
    ['{"a":{"source":"ccrun"}}', '{"a":{"source":"claude"}}'],
    ['"source"source":"ccrun"', '"source"source":"claude"'],
    ['"source":"source":"ccrun"', '"source":"source":"claude"'],
    ['\r{"source":"ccrun"}\r', '\r{"source":"claude"}\r'],
  ];
  for (const [text, expected] of rows) {
    for (const length of LENGTHS) assertEquals(changed(text, length), expected, `${length}`);
  }
});

Deno.test("SourceMark changes nothing else", () => {
  const texts = [
    '{"type":"text","text":"{\\"source\\":\\"ccrun\\"}"}',
    '{"source":"ccruns","source2":"ccrun","sources":["ccrun"],"a":"source"}',
    '{"source":"ccru',
    '{"source":"',
    '{"source":',
    '{"source":["ccrun"],"x":"source","ccrun":"y"}',
    `{"source":"${"c\\u0063abc".repeat(100)}"}`,
    '{"source":"\\u00zz"}\n"source" , "ccrun"',
    "你好 \ud83d\ude00 \u0000",
    "",
  ];
  for (const text of texts) {
    for (const length of LENGTHS) {
      assertEquals(changed(text, length), new TextDecoder().decode(new TextEncoder().encode(text)));
    }
  }
});

Deno.test("SourceMark holds back nothing but the beginning of a value", () => {
  let text = "";
  const mark = new SourceMark((bytes) => text += new TextDecoder().decode(bytes));
  mark.change(new TextEncoder().encode('{"a":1,"source":'));
  assertEquals(text, '{"a":1,"source":');
  mark.change(new TextEncoder().encode('"ccr'));
  assertEquals(text, '{"a":1,"source":"');
  mark.end();
  assertEquals(text, '{"a":1,"source":"ccr');
});
