import { assertEquals, assertMatch } from "@std/assert";
import { createRunToken, withRunToken } from "../../lib/process/run_token.ts";

Deno.test("createRunToken returns 128 random bits in hexadecimal", () => {
  const tokens = Array.from({ length: 1000 }, createRunToken);
  for (const token of tokens) assertMatch(token, /^[0-9a-f]{32}$/);
  assertEquals(new Set(tokens).size, tokens.length);
  // No digit is constant.
  for (let index = 0; index < 32; index++) {
    assertEquals(new Set(tokens.map((token) => token[index])).size, 16);
  }
});

Deno.test("withRunToken returns a copy of the environment with the token", () => {
  const token = createRunToken();
  const env = { HOME: "/", EMPTY: "" };
  assertEquals(withRunToken(env, token), { HOME: "/", EMPTY: "", CCRUN_RUNS: token });
  assertEquals(env, { HOME: "/", EMPTY: "" });
});

Deno.test("withRunToken appends the token to those of outer runs", () => {
  const [outer, middle, inner] = [createRunToken(), createRunToken(), createRunToken()];
  const env = withRunToken(withRunToken(withRunToken({}, outer), middle), inner);
  assertEquals(env, { CCRUN_RUNS: `${outer}:${middle}:${inner}` });
});

Deno.test("withRunToken replaces a value that is not a list of tokens", () => {
  const [outer, token] = [createRunToken(), createRunToken()];
  const values = [
    "",
    "yes",
    outer.slice(1),
    `${outer}0`,
    outer.replace(/^./, "A"),
    `${outer}:`,
    `:${outer}`,
    `${outer}::${outer}`,
    `${outer} ${outer}`,
    `${outer}\n`,
    `${outer}\n${outer}`,
  ];
  for (const value of values) {
    assertEquals(withRunToken({ CCRUN_RUNS: value }, token).CCRUN_RUNS, token, value);
  }
});
