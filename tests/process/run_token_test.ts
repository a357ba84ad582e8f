import { assert, assertEquals, assertMatch } from "@std/assert";
import { createRunToken, RUN_TOKEN_VARIABLE, withRunToken } from "../../lib/process/run_token.ts";

Deno.test("createRunToken makes 128 bits in hexadecimal, and never the same", () => {
  const tokens = Array.from({ length: 1000 }, createRunToken);
  for (const token of tokens) assertMatch(token, /^[0-9a-f]{32}$/);
  assertEquals(new Set(tokens).size, tokens.length);
  // Each digit of each place comes up: none is fixed.
  for (let at = 0; at < 32; at++) {
    assertEquals(new Set(tokens.map((token) => token[at])).size, 16);
  }
});

Deno.test("marked adds a token to an environment that has none, and leaves the rest as it is", () => {
  const token = createRunToken();
  const env = { HOME: "/", EMPTY: "" };
  assertEquals(withRunToken(env, token), { HOME: "/", EMPTY: "", CCRUN_RUNS: token });
  assertEquals(env, { HOME: "/", EMPTY: "" });
  assertEquals(RUN_TOKEN_VARIABLE, "CCRUN_RUNS");
});

Deno.test("marked appends a token to the list of the outer runs", () => {
  const [outer, middle, inner] = [createRunToken(), createRunToken(), createRunToken()];
  const env = withRunToken(withRunToken(withRunToken({}, outer), middle), inner);
  assertEquals(env, { CCRUN_RUNS: `${outer}:${middle}:${inner}` });
});

Deno.test("marked replaces what is no list of tokens", () => {
  const [outer, token] = [createRunToken(), createRunToken()];
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
    assertEquals(withRunToken({ CCRUN_RUNS: list }, token).CCRUN_RUNS, token, JSON.stringify(list));
  }
  assert(withRunToken({ CCRUN_RUNS: outer }, token).CCRUN_RUNS?.startsWith(outer));
});
