import { assertEquals } from "@std/assert";
import { shortPath } from "../../lib/util/display_path.ts";

const PLACES = { cwd: "/home/ada/x", home: "/home/ada" };

Deno.test("shortPath makes paths in the workspace relative to it", () => {
  assertEquals(shortPath("/home/ada/x/lib/a.ts", PLACES), "lib/a.ts");
  assertEquals(shortPath("/home/ada/x", PLACES), ".");
});

Deno.test("shortPath writes the home directory as ~", () => {
  assertEquals(shortPath("/home/ada/y/a.ts", PLACES), "~/y/a.ts");
});

Deno.test("shortPath keeps paths that only share a prefix with the directory", () => {
  assertEquals(shortPath("/home/adam/a.ts", PLACES), "/home/adam/a.ts");
  assertEquals(shortPath("/etc/hosts", PLACES), "/etc/hosts");
  assertEquals(shortPath("/etc/hosts", { cwd: "/", home: "/" }), "/etc/hosts");
});
