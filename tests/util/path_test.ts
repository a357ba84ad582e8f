import { assertEquals } from "@std/assert";
import * as path from "node:path";
import {
  basename,
  dirname,
  isAbsolute,
  relative,
  resolve,
  SEPARATOR,
} from "../../lib/util/path.ts";

Deno.test("resolve gives one spelling to each path", () => {
  for (
    const [given, from, wanted] of [
      ["a", "/x", "/x/a"],
      ["./a/../b/", "/x", "/x/b"],
      ["..", "/x/y", "/x"],
      ["/", "/x", "/"],
      ["/a//b/", "/x", "/a/b"],
      ["a b", "/x", "/x/a b"],
    ] as const
  ) {
    // Windows has a drive in front, and other separators.
    assertEquals(resolve(from, given), path.resolve(wanted));
  }
});

Deno.test("paths are those of node:path", () => {
  const paths = [
    "/",
    "/a",
    "/a/",
    "a",
    "a/b",
    "./a",
    "../a/.",
    "/a/../b",
    "/a/b/c",
    "",
    ".hidden",
    "a.b",
  ];
  for (const one of paths) {
    // The root has a name for one of them and none for the other.
    if (one !== "/") assertEquals(basename(one), path.basename(one), one);
    assertEquals(dirname(one), path.dirname(one), one);
    assertEquals(isAbsolute(one), path.isAbsolute(one), one);
    for (const other of paths) {
      assertEquals(resolve("/x", one, other), path.resolve("/x", one, other), `${one} ${other}`);
      assertEquals(relative(one, other), path.relative(one, other), `${one} ${other}`);
    }
  }
  assertEquals(SEPARATOR, path.sep);
});
