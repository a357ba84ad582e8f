import { assertEquals } from "@std/assert";
import { editOf, type EditPlace, placeOfEdit } from "../../lib/ci/edit_place.ts";

const FILE = "one\n  two\n\nthree\nfour\nthree\n";

/** The place of a tool use that failed. */
function place(
  name: string,
  input: { [key: string]: unknown },
  options: { cwd?: string; workspace?: string; content?: string | undefined } = {},
): EditPlace | undefined {
  const edit = editOf(name, input);
  if (edit === undefined) return undefined;
  const { cwd = "/w/app", workspace = "/w" } = options;
  const content = "content" in options ? options.content : FILE;
  return placeOfEdit(edit, { cwd, workspace, readFile: () => content });
}

Deno.test("placeOfEdit finds the line by the first line that was to be replaced", () => {
  const at = (old_string: unknown) => place("Edit", { file_path: "/w/a.ts", old_string })?.line;
  assertEquals(at("three\n5\n"), 4);
  assertEquals(at("\n\n two\nthree"), 2);
  assertEquals(at("one"), 1);
  assertEquals(at("nowhere"), 1);
  assertEquals([at(""), at(7), at(undefined)], [1, 1, 1]);
});

Deno.test("placeOfEdit takes of several edits the one that cannot be applied", () => {
  const edits = [{ old_string: "one" }, 7, null, { old_string: "four\nfive" }, {
    old_string: "no",
  }];
  assertEquals(place("MultiEdit", { file_path: "/w/a.ts", edits }), { file: "a.ts", line: 5 });
  const good = [{ old_string: "four" }, { old_string: "one" }];
  assertEquals(place("MultiEdit", { file_path: "/w/a.ts", edits: good })?.line, 5);
});

Deno.test("placeOfEdit gives line 1 where nothing is to be replaced, or nothing can be read", () => {
  assertEquals(place("Write", { file_path: "/w/x y,z:.ts", content: "a" }), {
    file: "x y,z:.ts",
    line: 1,
  });
  assertEquals(place("NotebookEdit", { notebook_path: "/w/n.ipynb" }), {
    file: "n.ipynb",
    line: 1,
  });
  const edit = { file_path: "/w/a.ts", old_string: "three" };
  assertEquals(place("Edit", edit, { content: undefined })?.line, 1);
});

Deno.test("placeOfEdit names files relative to the workspace, and none outside of it", () => {
  const file = (path: string, options = {}) => place("Write", { file_path: path }, options)?.file;
  assertEquals(file("b/../a.ts"), "app/a.ts");
  assertEquals(file("/w/./x//a.ts"), "x/a.ts");
  assertEquals(file("/w/..a"), "..a");
  for (const path of ["/w", "/w/..", "/wx/a.ts", "/etc/passwd", "../../a", "/w/../etc/passwd"]) {
    assertEquals(file(path), undefined, path);
  }
  assertEquals(file("/w/a.ts", { workspace: "w" }), undefined);
});

Deno.test("editOf takes only tools that change files, and only what is a path", () => {
  assertEquals(editOf("Read", { file_path: "/w/a" }), undefined);
  assertEquals(editOf("__proto__", { file_path: "/w/a" }), undefined);
  for (const file_path of [undefined, "", 7, ["/w/a"]]) {
    assertEquals(editOf("Edit", { file_path }), undefined);
  }
});

Deno.test("editOf keeps little of a huge input", () => {
  const old_string = "x".repeat(1_000_000);
  const edits = Array.from({ length: 1_000 }, () => ({ old_string }));
  const edit = editOf("MultiEdit", { file_path: "/w/a", edits });
  assertEquals((edit?.old.join("").length ?? Infinity) < 100_000, true);
});
