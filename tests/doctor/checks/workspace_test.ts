import { assertEquals } from "@std/assert";
import { checkWorkspace } from "../../../lib/doctor/checks/workspace.ts";
import { asOneBoundByModes, BOUND_BY_MODES } from "../../support/bound_by_modes.ts";
import { testWith } from "../../support/test_with.ts";
import { makeConfigScene } from "../../support/config_scene.ts";

Deno.test("checkWorkspace reports a directory that runs cannot use as a problem", async () => {
  await using scene = await makeConfigScene();
  assertEquals((await checkWorkspace(scene.project, {})).status, "ok");
  assertEquals((await checkWorkspace(`${scene.project}/none`, {})).status, "problem");
});

testWith(
  BOUND_BY_MODES,
  "checkWorkspace warns about a directory that cannot be read or written",
  async () => {
    await using scene = await makeConfigScene();
    const module = new URL("../../../lib/doctor/checks/workspace.ts", import.meta.url).href;
    const check = async (mode: number) => {
      await Deno.chmod(scene.project, mode);
      const output = await asOneBoundByModes(
        `import { checkWorkspace } from "${module}";
        const finding = await checkWorkspace(${JSON.stringify(scene.project)}, {});
        console.log(JSON.stringify(finding));
        Deno.exit();`,
      );
      await Deno.chmod(scene.project, 0o755);
      const { status, message } = JSON.parse(output);
      return [status, message.split(":")[0]];
    };
    assertEquals(await check(0o300), ["warning", `cannot read ${scene.project}`]);
    assertEquals(await check(0o500), ["warning", `cannot write in ${scene.project}`]);
    assertEquals(await check(0o700), ["ok", `${scene.project} is writable`]);
  },
);
