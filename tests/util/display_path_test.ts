import { assertEquals } from "@std/assert";
import { type PathContext, shortPath } from "../../lib/util/display_path.ts";

Deno.test("shortPath makes paths relative to the workspace, or to the home directory with ~", () => {
  const context = { cwd: "/home/ada/x", home: "/home/ada" };
  const rows: [path: string, context: PathContext, expected: string][] = [
    ["/home/ada/x/lib/a.ts", context, "lib/a.ts"],
    ["/home/ada/x", context, "."],
    ["/home/ada/y/a.ts", context, "~/y/a.ts"],
    // These only share a prefix with a directory.
    ["/home/adam/a.ts", context, "/home/adam/a.ts"],
    ["/etc/hosts", context, "/etc/hosts"],
    ["/etc/hosts", { cwd: "/", home: "/" }, "/etc/hosts"],
  ];
  for (const [path, directories, expected] of rows) {
    assertEquals(shortPath(path, directories), expected, path);
  }
});
