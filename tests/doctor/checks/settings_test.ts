import { assertEquals } from "@std/assert";
import { checkSettings } from "../../../lib/doctor/checks/settings.ts";
import { makeConfigScene } from "../../support/config_scene.ts";

Deno.test("checkSettings reports files that claude cannot read, by how much claude needs them", async () => {
  await using scene = await makeConfigScene();
  const { read, write } = scene;
  assertEquals(checkSettings(await read()).map(({ message }) => message), ["no settings files"]);
  const valid = await write("home/.claude/settings.json", {});
  assertEquals(checkSettings(await read()).map(({ message }) => message), [valid]);
  const paths = [
    await write("project/.claude/settings.json", '{\n  "env": {},\n}'),
    await write("managed/managed-settings.json", "{"),
    await write("home/.claude/.credentials.json", "{"),
    await write("project/.mcp.json", "{"),
    await write("home/.claude.json", "{"),
  ];
  const findings = checkSettings(await read());
  assertEquals(findings.map(({ status, message }) => [status, message.split(":")[0]]), [
    ["warning", `cannot parse ${paths[0]}`],
    ["problem", `cannot parse ${paths[1]}`],
    ["warning", `cannot parse ${paths[2]}`],
    ["warning", `cannot parse ${paths[3]}`],
    ["problem", `cannot parse ${paths[4]}`],
  ]);
});
