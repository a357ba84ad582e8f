import { assert, assertEquals, assertMatch } from "@std/assert";
import { makeToken, MARK_VARIABLE, marked } from "../../lib/process/run_token.ts";

Deno.test("makeToken makes 128 bits in hexadecimal, and never the same", () => {
  const tokens = Array.from({ length: 1000 }, makeToken);
  for (const token of tokens) assertMatch(token, /^[0-9a-f]{32}$/);
  assertEquals(new Set(tokens).size, tokens.length);
  // Each digit of each place comes up: none is fixed.
  for (let at = 0; at < 32; at++) {
    assertEquals(new Set(tokens.map((token) => token[at])).size, 16);
  }
});

Deno.test("marked adds a token to an environment that has none, and leaves the rest as it is", () => {
  const token = makeToken();
  const env = { HOME: "/", EMPTY: "" };
  assertEquals(marked(env, token), { HOME: "/", EMPTY: "", CCRUN_RUNS: token });
  assertEquals(env, { HOME: "/", EMPTY: "" });
  assertEquals(MARK_VARIABLE, "CCRUN_RUNS");
});

Deno.test("marked appends a token to the list of the outer runs", () => {
  const [outer, middle, inner] = [makeToken(), makeToken(), makeToken()];
  const env = marked(marked(marked({}, outer), middle), inner);
  assertEquals(env, { CCRUN_RUNS: `${outer}:${middle}:${inner}` });
});

Deno.test("marked replaces what is no list of tokens", () => {
  const [outer, token] = [makeToken(), makeToken()];
  const foreign = [
    "",
    "yes",
    outer.slice(1),
    `${outer}0`,
    outer.toUpperCase().replace(/^./, "A"),
    `${outer}:`,
    `:${outer}`,
    `${outer}::${outer}`,
    `${outer} ${outer}`,
    `${outer}\n`,
    `${outer}\n${outer}`,
  ];
  for (const list of foreign) {
    assertEquals(marked({ CCRUN_RUNS: list }, token).CCRUN_RUNS, token, JSON.stringify(list));
  }
  assert(marked({ CCRUN_RUNS: outer }, token).CCRUN_RUNS?.startsWith(outer));
});
