import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { createEventFactory } from "../../lib/events.ts";
import { eventSchema } from "../../lib/json_schema.ts";
import { isJsonObject } from "../../lib/util/json.ts";
import type { Env } from "../../lib/util/env.ts";
import { createRedactor } from "../../lib/redact/redactor.ts";
import { answer, START, use } from "../support/rendered_run.ts";

const stamp = createEventFactory(() => null);

/** Returns a text without the secrets of an environment. */
function redacted(text: string, env: Env = {}): string {
  return createRedactor(env).text(text);
}

Deno.test("text() removes the exact value and nothing else", () => {
  const env = { DB_PASSWORD: "correct horse", HOME: "/home/correct" };
  assertEquals(redacted("correct horse", env), "[redacted]");
  assertEquals(
    redacted("a correct horse, correct horses; correct", env),
    "a [redacted], [redacted]s; correct",
  );
  assertEquals(redacted("nothing", env), "nothing");
});

Deno.test("text() finds a value in JSON, URLs, and shell quotes", () => {
  const value = "p\"a\\s&s<w>o/r'd\nü 1";
  const { text } = createRedactor({ MY_SECRET: value });
  const json = JSON.stringify(value).slice(1, -1);
  const forms = [
    value,
    json,
    JSON.stringify(json).slice(1, -1),
    encodeURIComponent(value),
    new URLSearchParams({ a: value }).toString().slice("a=".length),
    value.replaceAll("'", "'\\''"),
  ];
  for (const form of forms) assertEquals(text(`<${form}>`), "<[redacted]>", form);
});

Deno.test("text() finds a value in Base64, wherever it begins, in both alphabets", () => {
  const secret = "s3cr3t?>~value";
  const { text } = createRedactor({ MY_SECRET: secret });
  for (const before of ["", "u", "us", "use", "user:", "x".repeat(100)]) {
    for (const after of ["", "a", "ab", "abc", "\nmore"]) {
      const plain = btoa(before + secret + after);
      for (
        const encoded of [plain, plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")]
      ) {
        const rest = text(`Basic ${encoded}`);
        assert(rest.includes("[redacted]"), `${before} ${after}: ${rest}`);
        // What remains of the secret is less than two of its characters.
        const left = rest.replace("Basic ", "").replace("[redacted]", "").replace(/=+$/, "").length;
        const others = Math.ceil((before.length + after.length) * 8 / 6);
        assert(left <= others + 3, `${left} ${others}`);
      }
    }
  }
});

Deno.test("text() removes each distinctive line of a multi-line value", () => {
  const lines = ["aB3d".repeat(16), "x5gH".repeat(16), "short", "7jK9".repeat(10)];
  const { text } = createRedactor({ DEPLOY_KEY: `${lines.join("\r\n")}\n` });
  assertEquals(text(`a ${lines[1]} b`), "a [redacted] b");
  assertEquals(text("a short b"), "a short b");
  assertEquals(text(lines.join("\r\n")), "[redacted]");
});

Deno.test("text() removes the longest of several secrets with the same beginning", () => {
  const env = { A_TOKEN: "abcd_fgh", B_TOKEN: "abcd_fgh1234", C_TOKEN: "abcd_fgh1234ijkl" };
  assertEquals(redacted("(abcd_fgh1234ijkl)", env), "([redacted])");
  assertEquals(redacted("(abcd_fgh1234)", env), "([redacted])");
  assertEquals(redacted("(abcd_fgh12)", env), "([redacted]12)");
  assertEquals(redacted("abcd_fgh,abcd_fgh", env), "[redacted],[redacted]");
});

Deno.test("text() removes a secret with colors inside", () => {
  const secret = "correct-horse-42";
  const sequences = ["\x1b[01;31m\x1b[K", "\x1b[38;2;1;2;3m", "\x1b]0;title\x07", "\x1b(B"];
  const { text } = createRedactor({ MY_TOKEN: secret });
  for (const sequence of sequences) {
    for (const hidden of [secret, `ghp_${"aB3d".repeat(9)}`]) {
      const colored = hidden.slice(0, 7) + sequence + hidden.slice(7);
      assertEquals(text(`a ${colored} b, ${colored}`), "a [redacted] b, [redacted]");
    }
    assertEquals(text(`x${sequence}${secret}${sequence}y`), `x${sequence}[redacted]${sequence}y`);
  }
  assertEquals(text(`a ${[...secret].join("\x1b[31m")} b`), "a [redacted] b");
  // Without a secret, the colors stay.
  assertEquals(text("\x1b[31mred\x1b[0m"), "\x1b[31mred\x1b[0m");
});

Deno.test("text() removes a secret that is wrapped over several lines, in every form", () => {
  const secret = "it's s3cret/4f1b9c7e+2df";
  const { text } = createRedactor({ MY_TOKEN: secret });
  for (
    const form of [
      secret,
      encodeURIComponent(secret),
      btoa(secret),
      "it\\'s\\ s3cret/4f1b9c7e+2df",
    ]
  ) {
    for (const columns of [1, 5, 12]) {
      const lines = form.match(new RegExp(`.{1,${columns}}`, "g")) ?? [];
      assertEquals(text(`a: ${lines.join("\n  ")}.`).replace("[redacted]", ""), "a: .", form);
    }
  }
});

Deno.test("text() keeps a plain word that is wrapped, because it does not stand alone", () => {
  assertEquals(redacted("sword\nfish", { A_PASSWORD: "swordfish" }), "sword\nfish");
});

Deno.test("text() removes a long piece of a secret at the beginning and at the end", () => {
  const env = { A_TOKEN: "k3y-0123456789-abc" };
  assertEquals(redacted("it is k3y-012345", env), "it is [redacted]");
  assertEquals(redacted("6789-abc, they say", env), "[redacted], they say");
});

Deno.test("textAfter() removes a secret that begins in the text before", () => {
  const { textAfter } = createRedactor({ A_TOKEN: "k3y-0123456789-abc" });
  assertEquals(textAfter("it is k3", "y-0123456789-abc."), "[redacted].");
  assertEquals(textAfter("it is k3y-012", "34 and more"), "34 and more");
  assertEquals(textAfter("it is k3y-012", "34"), "[redacted]");
  assertEquals(textAfter("it is k3\n", "\n y-0123456789-abc."), "\n [redacted].");
  assertEquals(textAfter("", "k3y-0123456789-abc"), "[redacted]");
  assertEquals(textAfter("k3y-0123456789-abc", " is it"), " is it");
});

Deno.test("text() removes what configuration contains", () => {
  const { text } = createRedactor({}, [{ env: { A_TOKEN: "k3y-0123456789" } }]);
  assertEquals(text("it is k3y-0123456789"), "it is [redacted]");
});

Deno.test("text() does not change redacted text", () => {
  const { text } = createRedactor({ A_TOKEN: "correct horse" });
  const once = text(`https://a:pw@x correct horse Authorization: Bearer ${"aB3d".repeat(8)}`);
  assertStrictEquals(text(once), once);
});

Deno.test("event() removes secrets from values and names of fields, and from nothing else", () => {
  const { event } = createRedactor({ MY_TOKEN: "correct horse" });
  const given = stamp({
    ...use("1", "Bash", {
      command: "echo correct horse",
      "correct horse": { list: [1, null, true, ["correct horse"]] },
      count: 5,
    }),
    parent_tool_use_id: "correct horse",
  });
  const before = JSON.stringify(given);
  assertEquals(
    event(given),
    {
      ...given,
      input: {
        command: "echo [redacted]",
        "[redacted]": { list: [1, null, true, ["[redacted]"]] },
        count: 5,
      },
      parent_tool_use_id: "[redacted]",
    } as unknown as typeof given,
  );
  assertEquals(JSON.stringify(given), before, "the given event is not changed");
  const nothing = stamp(START);
  assertStrictEquals(event(nothing), nothing);
});

Deno.test("json() removes secrets from deeply nested values and from __proto__", () => {
  const deep = JSON.parse(`${'{"a":['.repeat(3_000)}"correct horse"${"]}".repeat(3_000)}`);
  const { json } = createRedactor({ MY_TOKEN: "correct horse" });
  assert(!JSON.stringify(json(deep)).includes("correct horse"));
  const proto = JSON.parse('{"__proto__":{"x":"correct horse"}}');
  assertEquals(JSON.stringify(json(proto)), '{"__proto__":{"x":"[redacted]"}}');
});

Deno.test("text() removes a password that is a plain word only where it stands alone", () => {
  const { text, event } = createRedactor({ DB_PASSWORD: "hunterpass" });
  for (
    const said of [
      "%s",
      "(%s)",
      "'%s'",
      "is %s.",
      "password=%s",
      "a:%s@host",
      "x\\n%s\\n",
      "%s, %s",
    ]
  ) {
    const [given, expected] = ["hunterpass", "[redacted]"].map((word) =>
      said.replaceAll("%s", word)
    );
    assertEquals(text(given ?? ""), expected);
  }
  for (
    const said of [
      "hunterpasses",
      "ahunterpass",
      "src/hunterpass/a",
      "hunterpass.ts",
      "my-hunterpass",
      "hunterpass-2",
      "hunterpass_x",
      "$hunterpass",
      "a.hunterpass",
      "hunterpass()",
      "éhunterpass",
    ]
  ) assertEquals(text(said), said);
  assert(text(btoa("hunterpass")).startsWith("[redacted]"));
  const given = stamp(use("1", "Bash", { hunterpass: "hunterpass", "correct-horse-9": 1 }));
  const clean = event(given);
  assert(clean.type === "tool_use");
  assertEquals(clean.input, { hunterpass: "[redacted]", "correct-horse-9": 1 });
  // Longer values, and values with other characters than letters, are not words.
  assertEquals(redacted("xhunterpasses1x", { A_TOKEN: "hunterpasses1" }), "x[redacted]x");
  assertEquals(
    redacted("xcorrecthorsebatteryx", { A_TOKEN: "correcthorsebattery" }),
    "x[redacted]x",
  );
});

/** Returns the names of fields and the fixed values of a schema. */
function fixedWords(schema: unknown): unknown[] {
  if (Array.isArray(schema)) return schema.flatMap(fixedWords);
  if (!isJsonObject(schema)) return [];
  const { properties, enum: values, const: value } = schema;
  const names = isJsonObject(properties) ? Object.keys(properties) : [];
  const fixed = Array.isArray(values) ? values : [value];
  return [...names, ...fixed, ...Object.values(schema).flatMap(fixedWords)];
}

Deno.test("event() keeps each word of the schema, even if it is also a password", () => {
  const words = fixedWords(eventSchema()).filter((word) => typeof word === "string");
  assert(words.includes("cost_usd") && words.includes("progress"));
  for (const word of new Set(words)) {
    const value = { [word]: { type: word } };
    assertEquals(createRedactor({ A_PASSWORD: word }).json(value), value);
  }
});

Deno.test("text() takes linear time on hostile text", () => {
  const { text } = createRedactor({
    A_TOKEN: "aaaaaaaaab",
    B_TOKEN: "aB3dE5gH7jK9".repeat(4),
    C_TOKEN: 'a"\\b c\nd e',
  });
  const pieces = [
    "a",
    "aB3dE5gH7jK9",
    "[0;0;0;",
    "\x1b[0;0;0;",
    "\x1b]0;",
    "\x1b",
    ";#",
    "\\\\",
    " ",
  ];
  for (const piece of pieces) {
    const sample = piece.repeat(Math.ceil(2_000_000 / piece.length));
    assertEquals(text(text(sample)), text(sample));
    assertEquals(text(`\x1b${sample} aaaaaaaaab`).endsWith("aaaaaaaaab"), false);
  }
});

Deno.test("event() redacts a result of 10 MB", () => {
  const { event } = createRedactor({ A_TOKEN: "correct horse" });
  const large = event(stamp(answer(`${"all is well. ".repeat(800_000)}correct horse`)));
  assert(large.type === "result");
  assert(large.text.endsWith("well. [redacted]"));
});

Deno.test("text() removes a very long secret, and takes hostile configuration", () => {
  const long = Array.from({ length: 20_000 }, (_, number) => `k${number}`).join("-");
  assertEquals(
    redacted(`a ${long} b`, { KUBE_TOKEN: long }).replaceAll("[redacted]", ""),
    "a  b",
  );
  const secrets = Array.from(
    { length: 5_000 },
    (_, number) => [`A${number}_TOKEN`, `${number} '/$x;"`.repeat(99)],
  );
  const { text } = createRedactor({ MY_TOKEN: "my-own-value" }, [{
    env: Object.fromEntries(secrets),
  }]);
  assertEquals(text("it is my-own-value"), "it is [redacted]");
});
