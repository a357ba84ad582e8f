import { assertEquals } from "@std/assert";
import type { Env } from "../../lib/util/env.ts";
import { homeDirectory } from "../../lib/util/home_directory.ts";
import { OWN_PASSWD, withPasswd } from "../support/own_passwd.ts";
import { testWith } from "../support/test_with.ts";

Deno.test("homeDirectory returns HOME, or USERPROFILE", async () => {
  assertEquals(await homeDirectory({ HOME: "/h" }), "/h");
  assertEquals(await homeDirectory({ USERPROFILE: "C:\\Users\\me" }), "C:\\Users\\me");
});

/** Returns the result of `homeDirectory` on a system with this home directory in its user database. */
async function resultWith(
  home: string | undefined,
  env: Env,
): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    const module = new URL("../../lib/util/home_directory.ts", import.meta.url).href;
    const script = `import { homeDirectory } from "${module}";
      console.log(await homeDirectory(${JSON.stringify(env)}));`;
    const [command, ...args] = [
      ...await withPasswd(directory, home),
      ...[Deno.execPath(), "eval", "--ext=ts", script],
    ];
    const { stdout, stderr } = await new Deno.Command(command ?? "", { args }).output();
    return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

testWith(
  OWN_PASSWD,
  "homeDirectory reads the user database if HOME is unset or empty",
  async () => {
    assertEquals(await resultWith("/some where/$(else)", {}), "/some where/$(else)");
    assertEquals(await resultWith("/elsewhere", { HOME: "", PATH: "/nonexistent" }), "/elsewhere");
    assertEquals(await resultWith(undefined, {}), "undefined");
  },
);
