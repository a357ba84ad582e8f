import { assert, assertEquals } from "@std/assert";
import { createRedactor } from "../../lib/redact/redactor.ts";
import { LineRedactor } from "../../lib/redact/line_redactor.ts";
import { piecesOf } from "../support/bytes.ts";
import { readRecordings } from "../support/recordings.ts";

const SECRET = 'correct "horse"\nbattery ü';
const redactor = createRedactor({ MY_TOKEN: SECRET, SHORT_TOKEN: "nabcdefg7" });

/** Returns the output for chunks. */
function through(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const lines = new LineRedactor(redactor);
  const parts = [...chunks.map((chunk) => lines.push(chunk.slice())), lines.end()];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Returns the output for a text, and checks that it does not depend on the chunks. */
function redacted(text: string): string {
  const bytes = encoded(text);
  const whole = through([bytes]);
  for (const length of [1, 2, 3, 7]) assertEquals(through(piecesOf(bytes, length)), whole);
  return new TextDecoder().decode(whole);
}

Deno.test("LineRedactor passes lines without secrets byte for byte, even invalid UTF-8", () => {
  const bytes = Uint8Array.from([
    ...encoded('{"a": 1.0, "a": 1e3,"b":"\\u0041\\/"} \r\n\n\ufeff{"x":"🎉"}\nnot JSON "\n'),
    0xff,
    0xfe,
    0x0a,
    0xc3,
    0x0a,
    ...encoded('{"torn":"'),
    0xf0,
    0x9f,
  ]);
  assertEquals(through([bytes]), bytes);
  for (const length of [1, 2, 5]) assertEquals(through(piecesOf(bytes, length)), bytes);
  assertEquals(through([]), new Uint8Array());
  assertEquals(through([encoded("\n")]), encoded("\n"));
});

/** Returns a line with its partial text emptied. */
function emptied(line: string): string {
  if (!line.includes('"content_block_delta"')) return line;
  return line.replace(
    /"(text|thinking|partial_json|signature)":"(?:[^"\\]|\\.)*"/g,
    (_, name) => `"${name}":""`,
  );
}

Deno.test("LineRedactor passes recordings byte for byte, except for partial text", () => {
  let pieces = 0;
  for (const { lines, bytes, name } of readRecordings()) {
    const expected = lines.map(emptied);
    pieces += expected.filter((line, at) => line !== lines[at]).length;
    const whole = new TextDecoder().decode(through([bytes]));
    assertEquals(whole, `${expected.join("\n")}\n`, name);
  }
  assert(pieces > 20);
});

Deno.test("LineRedactor removes a secret from a line and keeps the rest", () => {
  const line = `{"n":1,"text":${JSON.stringify(`a ${SECRET} b`)}}`;
  for (const end of ["", "\n", "\r\n"]) {
    assertEquals(redacted(`${line}${end}`), `{"n":1,"text":"a [redacted] b"}${end}`);
  }
});

Deno.test("LineRedactor removes a secret from keys, from JSON in a string, and from escapes", () => {
  const inner = JSON.stringify({ token: SECRET });
  const given = JSON.stringify({ [SECRET]: 1, inner, list: [JSON.stringify(inner)] });
  assertEquals(JSON.parse(redacted(given)), {
    "[redacted]": 1,
    inner: '{"token":"[redacted]"}',
    list: ['"{\\"token\\":\\"[redacted]\\"}"'],
  });
  const escapes = [...SECRET].map((letter) =>
    `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`
  ).join("");
  assertEquals(redacted(`{"a":"x${escapes}y"}`), '{"a":"x[redacted]y"}');
});

Deno.test("LineRedactor does not mistake part of an escape for a secret", () => {
  assertEquals(redacted('{"a":"x\\nabcdefg7"}'), '{"a":"x\\nabcdefg7"}');
  assertEquals(redacted('{"a":"x\\\\nabcdefg7"}'), '{"a":"x\\\\[redacted]"}');
});

Deno.test("LineRedactor removes a secret from lines that are not JSON", () => {
  for (
    const line of [
      "key: nabcdefg7",
      '{"a":"nabcdefg7',
      '{"a": nabcdefg7}',
      '["a\\xnabcdefg7"]',
      '{"a":1} nabcdefg7 "',
      '{nabcdefg7:"a"}',
    ]
  ) {
    assertEquals(redacted(`${line}\n`), `${line.replace("nabcdefg7", "[redacted]")}\n`);
  }
});

Deno.test("LineRedactor replaces a line that is too long", () => {
  const lines = new LineRedactor(redactor, 100);
  const output = [`${"a".repeat(90)}`, `${"b".repeat(90)}\nnabcdefg7 `, "c\n"].map((chunk) =>
    new TextDecoder().decode(lines.push(encoded(chunk)))
  );
  assertEquals(output, ["", "[redacted]\n", "[redacted] c\n"]);
});

/** Returns a message with partial text. */
function deltaLine(delta: object, first: object): string {
  return JSON.stringify({
    ...first,
    type: "stream_event",
    event: { type: "content_block_delta", index: 3, delta },
    session_id: "5e551011-0000-4000-8000-000000000001",
    parent_tool_use_id: null,
  });
}

Deno.test("LineRedactor empties partial text and keeps the rest of its lines", () => {
  const pieces = [
    [{ type: "text_delta", text: "it is nabc" }, { type: "text_delta", text: "" }],
    [{ text: "defg7.", type: "text_delta" }, { text: "", type: "text_delta" }],
    [{ type: "thinking_delta", thinking: "nabc" }, { type: "thinking_delta", thinking: "" }],
    [{ type: "input_json_delta", partial_json: '{"a":"na' }, {
      type: "input_json_delta",
      partial_json: "",
    }],
    [
      {
        type: "citations_delta",
        citation: { type: "char_location", cited_text: "nabc", start: 1 },
      },
      {
        type: "citations_delta",
        citation: { type: "char_location", cited_text: "", start: 1 },
      },
    ],
    [{ type: "later_delta", words: ["na", { of: "bc" }] }, {
      type: "later_delta",
      words: ["", { of: "" }],
    }],
  ] as const;
  for (const first of [{}, { message: { delta: "x" }, uuid: "1" }]) {
    const lines = pieces.map(([delta]) => deltaLine(delta, first));
    const expected = pieces.map(([, delta]) => deltaLine(delta, first));
    assertEquals(redacted(`${lines.join("\n")}\n`), `${expected.join("\n")}\n`);
  }
  // A message that only mentions partial text stays.
  const other = JSON.stringify({
    type: "user",
    message: { content: [{ type: "text", text: 'a "content_block_delta" of x' }] },
    tool_use_result: { type: "content_block_delta", event: { delta: { text: "x" } } },
  });
  assertEquals(redacted(other), other);
});
