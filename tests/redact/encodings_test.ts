import { assert, assertEquals } from "@std/assert";
import { encodedVariants } from "../../lib/redact/encodings.ts";
import { hasCommand, testWith } from "../support/test_with.ts";

const VALUE = `p"a\\s&s<w>o/r'd\t$x;(y) ~z!*é1`;

/** Returns what a program prints when it gets the value as its argument. */
async function printed(command: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, {
    args: [...args, VALUE],
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH") ?? "", LANG: "C.UTF-8" },
  }).output();
  return new TextDecoder().decode(stdout).trimEnd();
}

/** Fails unless the forms contain no more than the value and quotes around it. */
function assertFound(forms: readonly string[]): void {
  const variants = encodedVariants(VALUE);
  for (const form of forms) {
    assert(variants.some((variant) => form.includes(variant)), `${form} in ${variants.join("\n")}`);
  }
}

Deno.test("encodedVariants contains what the functions of JavaScript make", () => {
  const json = JSON.stringify(VALUE);
  assertFound([
    VALUE,
    json,
    JSON.stringify(json),
    encodeURIComponent(VALUE),
    encodeURI(VALUE),
    new URLSearchParams({ a: VALUE }).toString(),
    Deno.inspect({ a: VALUE }).replaceAll("\\`", "`"),
    ...["", "a", "ab"].map((before) => btoa(unescape(encodeURIComponent(before + VALUE)))),
  ]);
});

Deno.test("encodedVariants contains what the functions of Go, PHP and XML libraries make", () => {
  const json = JSON.stringify(VALUE);
  assertFound([
    json.replaceAll("&", "\\u0026").replaceAll("<", "\\u003c").replaceAll(">", "\\u003e"),
    json.replaceAll("/", "\\/").replaceAll("é", "\\u00e9"),
    "p&quot;a\\s&amp;s&lt;w&gt;o/r&apos;d\t$x;(y) ~z!*é1",
  ]);
});

Deno.test("encodedVariants contains doubled quotes", () => {
  assertFound([`'${VALUE.replaceAll("'", "''")}'`, `"${VALUE.replaceAll('"', '""')}"`]);
});

testWith({ commands: ["bash"] }, "encodedVariants contains what bash prints", async () => {
  assertFound([
    await printed("bash", "-c", 'printf %q "$1"', "bash"),
    await printed("bash", "-c", "printf %q \"$1\"$'\\n'", "bash"),
    await printed("bash", "-c", 'echo "${1@Q}"', "bash"),
  ]);
});

const PYTHON = `
import html, json, shlex, sys, urllib.parse as url
value = sys.argv[1]
for form in shlex.quote(value), url.quote(value), url.quote(value, safe=""), url.quote_plus(value), repr(value), json.dumps(value, ensure_ascii=False), json.dumps(value), json.dumps(json.dumps(value)), html.escape(value), html.escape(value, quote=False):
    print(form)
`;

testWith(
  { unless: hasCommand("python3") ? undefined : "no python3 here" },
  "encodedVariants contains what the functions of Python make",
  async () => assertFound((await printed("python3", "-c", PYTHON)).split("\n")),
);

Deno.test("encodedVariants has no short variants, and no duplicates", () => {
  assertEquals(encodedVariants("abcdefg"), ["YWJjZGVmZ", "FiY2RlZm", "hYmNkZWZn"]);
  const variants = encodedVariants("0123456789");
  assertEquals(variants.length, new Set(variants).size);
  assertEquals(variants[0], "0123456789");
});

Deno.test("encodedVariants accepts half of a surrogate pair", () => {
  assert(encodedVariants("\ud83d-is-half").includes("\ud83d-is-half"));
});
