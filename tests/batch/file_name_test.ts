import { assert, assertEquals } from "@std/assert";
import { fileNameOf } from "../../lib/batch/file_name.ts";

Deno.test("fileNameOf returns the same names in every version, because branches and logs keep them", () => {
  const cases: readonly (readonly [id: string, name: string])[] = [
    ["src/a.js", "src-a.js-8f38df8664"],
    ["日本語", "task-77710aedc7"],
    ["a".repeat(100), `${"a".repeat(60)}-2816597888`],
  ];
  for (const [id, name] of cases) assertEquals(fileNameOf(id), name);
});

Deno.test("fileNameOf returns names that are safe in file systems, command lines and git", () => {
  const cases: readonly (readonly [id: string, readable: string])[] = [
    ["../../etc/passwd", "etc-passwd"],
    ["/absolute", "absolute"],
    ["-x", "x"],
    [".hidden", "hidden"],
    ["a..b", "a.b"],
    ["..", "task"],
    [".-.", "task"],
    ["end.", "end"],
    ["a.lock", "a.lock"],
    ["refs@{1}~^:?*[\\", "refs-1"],
    ["a\0b\n\x1b[31mc\u202ed", "a-b-31mc-d"],
    ["two  words; rm -rf $HOME", "two-words-rm-rf-HOME"],
    [`${"x".repeat(59)}/y`, "x".repeat(59)],
    ["con", "_con"],
    ["NUL.txt", "_NUL.txt"],
    ["COM1.a/b", "_COM1.a-b"],
    ["console.js", "console.js"],
  ];
  for (const [id, readable] of cases) {
    const name = fileNameOf(id);
    assertEquals(name.slice(0, -11), readable);
    assert(/^\w[\w.-]*-[0-9a-f]{10}$/.test(name), name);
  }
});

Deno.test("fileNameOf tells apart ids that have the same readable part", () => {
  const long = "x".repeat(200);
  const ids = ["a/b", "a-b", "A-B", "a b", "a-b ", "é", "è", "e\u0301", `${long}1`, `${long}2`];
  const names = ids.map((id) => fileNameOf(id).toLowerCase());
  assertEquals(new Set(names).size, ids.length);
});
