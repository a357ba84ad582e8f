// The copy of @std/assert on npm has no types. Remove this folder when @std comes from JSR.
// @ts-self-types="./assert.d.ts"

export {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "deno-std/assert/mod.js";
