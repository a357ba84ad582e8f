import { assertEquals } from "@std/assert";
import { homeDirectory } from "../../lib/process/home_directory.ts";
import { OWN_PASSWD, withPasswd } from "../support/own_passwd.ts";
import { testWith } from "../support/test_with.ts";

Deno.test("homeDirectory is what HOME names", async () => {
  assertEquals(await homeDirectory({ HOME: "/h" }), "/h");
  assertEquals(await homeDirectory({ USERPROFILE: "C:\\Users\\me" }), "C:\\Users\\me");
});

/** What {@linkcode homeDirectory} finds where the system knows this home of the user. */
async function found(
  home: string | undefined,
  env: { readonly [name: string]: string },
): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    const module = new URL("../../lib/process/home_directory.ts", import.meta.url).href;
    const script = `import { homeDirectory } from "${module}";
      console.log(await homeDirectory(${JSON.stringify(env)}));`;
    const [command, ...args] = [
      ...await withPasswd(folder, home),
      ...[Deno.execPath(), "eval", "--ext=ts", script],
    ];
    const { stdout, stderr } = await new Deno.Command(command ?? "", { args }).output();
    return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

testWith(OWN_PASSWD, "homeDirectory asks the system where HOME is not set, or empty", async () => {
  assertEquals(await found("/some where/$(else)", {}), "/some where/$(else)");
  assertEquals(await found("/elsewhere", { HOME: "", PATH: "/nonexistent" }), "/elsewhere");
  assertEquals(await found(undefined, {}), "undefined");
});
