import { assert, assertEquals } from "@std/assert";
import { makeRedactor } from "../lib/redact.ts";
import { makeRedactedBytes, type RedactedBytesOptions } from "../lib/redacted_bytes.ts";
import { makeRandom } from "./output/random.ts";
import { piecesOf } from "./support/bytes.ts";
import { readRecordings } from "./support/recordings.ts";

const SECRET = 'correct "horse"\nbattery ü';
const redactor = makeRedactor({ MY_TOKEN: SECRET, SHORT_TOKEN: "nabcdefgh" });

/** What comes out of these chunks. */
function through(chunks: readonly Uint8Array[], options: RedactedBytesOptions = {}): Uint8Array {
  const stream = makeRedactedBytes(redactor, options);
  const parts = [...chunks.map((chunk) => stream.push(chunk.slice())), stream.end()];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function encoded(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** What comes out of a text, which is the same however it is cut. */
function redacted(text: string): string {
  const bytes = encoded(text);
  const whole = through([bytes]);
  for (const length of [1, 2, 3, 7]) assertEquals(through(piecesOf(bytes, length)), whole);
  return new TextDecoder().decode(whole);
}

Deno.test("lines without secrets pass byte for byte, also what is no UTF-8", () => {
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

Deno.test("recordings of the real Claude Code pass byte for byte", () => {
  for (const { bytes, name } of readRecordings()) assertEquals(through([bytes]), bytes, name);
});

Deno.test("a secret in a line goes, however the line is cut, and the rest of the line stays", () => {
  const line = `{"n": 1.0,"text":${JSON.stringify(`a ${SECRET} b`)},"big":12345678901234567890}`;
  assertEquals(
    redacted(`${line}\n`),
    '{"n": 1.0,"text":"a [redacted] b","big":12345678901234567890}\n',
  );
  assertEquals(redacted(line), '{"n": 1.0,"text":"a [redacted] b","big":12345678901234567890}');
});

Deno.test("a secret goes in keys, in JSON in a string, and written with other escapes", () => {
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

Deno.test("what begins within an escape is no secret, and an escape is not torn", () => {
  assertEquals(redacted('{"a":"x\\nabcdefgh"}'), '{"a":"x\\nabcdefgh"}');
  assertEquals(redacted('{"a":"x\\\\nabcdefgh"}'), '{"a":"x\\\\[redacted]"}');
});

Deno.test("a secret goes in lines that are no JSON, or almost", () => {
  for (
    const line of [
      "key: nabcdefgh",
      '{"a":"nabcdefgh',
      '{"a": nabcdefgh}',
      '["a\\xnabcdefgh"]',
      '{"a":1} nabcdefgh "',
      '{nabcdefgh:"a"}',
    ]
  ) {
    assertEquals(redacted(`${line}\n`), `${line.replace("nabcdefgh", "[redacted]")}\n`);
  }
});

Deno.test("lines stay JSON with the same values, but for the secrets, in 2,000 random lines", () => {
  const random = makeRandom(5);
  const texts = [
    SECRET,
    "nabcdefgh",
    "\n",
    '"',
    "\\",
    "\\n",
    "🎉",
    "a",
    "\u2028",
    "sk-ant-",
    "x".repeat(20),
  ];
  const value = (depth: number): unknown => {
    const kind = random.below(depth > 3 ? 3 : 5);
    if (kind === 0) return random.below(1e9);
    if (kind === 1) return random.pick([true, false, null]);
    if (kind === 2) {
      return Array.from({ length: random.below(6) }, () => random.pick(texts)).join("");
    }
    const items = Array.from({ length: random.below(4) }, () => value(depth + 1));
    return kind === 3
      ? items
      : Object.fromEntries(items.map((item, n) => [`${n}${random.pick(texts)}`, item]));
  };
  for (let n = 0; n < 2_000; n++) {
    const given = [value(0)];
    const line = JSON.stringify(given);
    const after = new TextDecoder().decode(through(piecesOf(encoded(line), 1 + random.below(50))));
    JSON.parse(after);
    // As text, for what JSON.parse makes of names with escapes is not beyond doubt in every V8.
    assertEquals(after, JSON.stringify(redactor.json(given)));
  }
});

Deno.test("a line without end is let go in pieces, and a secret that is cut by them goes", () => {
  const random = makeRandom(9);
  const overlapBytes = 1_000;
  const options = { maxLineBytes: 2_000, overlapBytes };
  const key = `sk-ant-${"aB3".repeat(40)}`;
  for (let round = 0; round < 100; round++) {
    let text = "";
    while (text.length < 60_000) {
      text += "é.".repeat(random.below(800)) +
        random.pick([
          "nabcdefgh ",
          `${key} `,
          "https://a:pw@x ",
          `Authorization: Basic ${"aB3".repeat(9)} `,
        ]);
    }
    const stream = makeRedactedBytes(redactor, options);
    const decoder = new TextDecoder();
    let out = "";
    for (const piece of piecesOf(encoded(text), 100 + random.below(5_000))) {
      out += decoder.decode(stream.push(piece), { stream: true });
    }
    const last = stream.end();
    // What is held back is bounded: by 16 overlaps.
    assert(last.length <= 17 * overlapBytes, `${last.length} bytes held`);
    out += decoder.decode(last);
    assertEquals(out, redactor.text(text));
  }
});

Deno.test("a line without end that is all one secret comes to its end", () => {
  const options = { maxLineBytes: 20_000, overlapBytes: 2_000 };
  const stream = makeRedactedBytes(redactor, options);
  let length = 0;
  for (let n = 0; n < 200; n++) {
    length += stream.push(encoded(`sk-ant-${"a".repeat(1_000)}`)).length;
  }
  length += stream.push(encoded(" \nnabcdefgh\n")).length + stream.end().length;
  assert(length < 200_000, `${length}`);
});

Deno.test("what is no UTF-8 survives in pieces, too", () => {
  const bytes = new Uint8Array(100_000).map((_, at) => at % 5 === 0 ? 0xff : 0x80 + at % 64);
  const options = { maxLineBytes: 20_000, overlapBytes: 2_000 };
  assertEquals(through(piecesOf(bytes, 3_000), options), bytes);
});
