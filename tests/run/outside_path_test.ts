import { assertEquals } from "@std/assert";
import { isBroad, isInside, outsideDirectories } from "../../lib/run/outside_path.ts";

const WORKSPACE = "/home/ada/project";

Deno.test("isInside returns whether the workspace contains a path", () => {
  for (const path of ["a", "./a/b", WORKSPACE, `${WORKSPACE}/a`, "../project/a"]) {
    assertEquals(isInside(path, WORKSPACE), true, path);
  }
  for (const path of ["..", "../a", `${WORKSPACE}2`, "/", "/etc"]) {
    assertEquals(isInside(path, WORKSPACE), false, path);
  }
  assertEquals(isInside("/etc", "/"), true);
});

Deno.test("isBroad returns whether a path contains much more than a file", () => {
  for (
    const path of ["/", "/etc", "/tmp", "/root", "/home/eve", "/Users/eve", "/mnt/c", "/home/ada"]
  ) {
    assertEquals(isBroad(path, WORKSPACE), true, path);
  }
  for (const path of ["/etc/ssl", "/tmp/x", "/home/eve/x", WORKSPACE, `${WORKSPACE}/a`]) {
    assertEquals(isBroad(path, WORKSPACE), false, path);
  }
});

Deno.test("outsideDirectories returns each directory once, unless one is broad or not known", () => {
  const directories = outsideDirectories(["../x/a", "../x/b", "in", "/a/b/c"], WORKSPACE);
  assertEquals(directories, ["/home/ada/x", "/a/b"]);
  for (const path of ["../a", "/a", "~/x", "/"]) {
    assertEquals(outsideDirectories(["/a/b/c", path], WORKSPACE), undefined, path);
  }
});
