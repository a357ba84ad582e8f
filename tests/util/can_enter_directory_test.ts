import { assertEquals } from "@std/assert";
import { canEnterDirectory } from "../../lib/util/can_enter_directory.ts";
import { asOneBoundByModes, BOUND_BY_MODES } from "../support/bound_by_modes.ts";
import { testWith } from "../support/test_with.ts";

Deno.test("canEnterDirectory takes no offence at what is not there, or is no folder", async () => {
  const file = await Deno.makeTempFile({ prefix: "ccrun-test-" });
  assertEquals([
    await canEnterDirectory("/"),
    await canEnterDirectory(file),
    await canEnterDirectory(`${file}-none`),
  ], [
    true,
    true,
    true,
  ]);
  await Deno.remove(file);
});

testWith(
  BOUND_BY_MODES,
  "canEnterDirectory sees a folder that may be seen and not entered",
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "ccrun-test-" });
    await Deno.mkdir(`${folder}/below`);
    const module = new URL("../../lib/util/can_enter_directory.ts", import.meta.url).href;
    const script = `import { canEnterDirectory } from "${module}";
    const folders = ${JSON.stringify([folder, `${folder}/below`, `${folder}/none`])};
    console.log(JSON.stringify(await Promise.all(folders.map(canEnterDirectory))));`;
    const found: unknown[] = [];
    // Read and written, but not entered; entered, but not read.
    for (const mode of [0o600, 0o100]) {
      await Deno.chmod(folder, mode);
      found.push(JSON.parse(await asOneBoundByModes(script)));
    }
    assertEquals(found, [[false, false, false], [true, true, true]]);
    await Deno.chmod(folder, 0o700);
    await Deno.remove(folder, { recursive: true });
  },
);
