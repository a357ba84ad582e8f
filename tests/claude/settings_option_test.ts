import { assertEquals, assertRejects } from "@std/assert";
import { mergeSettings, readSettingsOption } from "../../lib/claude/settings_option.ts";
import { CcrunError } from "../../lib/errors.ts";
import { makeConfigScene } from "../support/config_scene.ts";

Deno.test("readSettingsOption reads JSON or a file, and adds the plans directory", async () => {
  await using scene = await makeConfigScene();
  const settings = '{"model": "opus", "plansDirectory": "/old"}';
  await scene.write("mine.json", settings);
  const merged = { model: "opus", plansDirectory: "/plans" };
  for (const value of [settings, "mine.json"]) {
    const target = { plansDirectory: "/plans" };
    assertEquals(await readSettingsOption({ settings: value }, target, scene.root), merged);
  }
  assertEquals(await readSettingsOption({}, {}, "/"), undefined);
  assertEquals(await readSettingsOption({}, { plansDirectory: "plans/" }, "/home/dev"), {
    plansDirectory: "/home/dev/plans",
  });
});

Deno.test("readSettingsOption makes the paths of a file absolute, so that its rules keep their meaning", async () => {
  await using scene = await makeConfigScene();
  const { root } = scene;
  const sandbox = (denyRead: string[]) => ({ enabled: true, filesystem: { denyRead } });
  await scene.write("a[b]/s.json", {
    permissions: {
      defaultMode: "plan",
      deny: ["Read(/x/**)", "Edit(//abs)", "Read(./here)", "Read(~/h)", "Bash(/bin/sh *)", "Read"],
    },
    sandbox: sandbox(["./secret", "/etc", "~/x"]),
  });
  assertEquals(await readSettingsOption({ settings: "a[b]/s.json" }, {}, root), {
    permissions: {
      defaultMode: "plan",
      deny: [
        `Read(/${root}/a\\[b\\]/x/**)`,
        "Edit(//abs)",
        "Read(./here)",
        "Read(~/h)",
        "Bash(/bin/sh *)",
        "Read",
      ],
    },
    sandbox: sandbox([`${root}/a[b]/secret`, "/etc", "~/x"]),
  });
});

Deno.test("readSettingsOption rejects settings that are not JSON, or would replace its own", async () => {
  const cases = [
    [{ settings: "{oops" }, "--settings is not JSON"],
    [{ settings: "{oops", settingsSource: "CCRUN_SETTINGS" }, "CCRUN_SETTINGS is not JSON"],
    [{ extraArgs: ["--settings", "x.json"] }, "extraArgs cannot contain --settings"],
    [{ extraArgs: ["--settings=x.json"] }, "extraArgs cannot contain --settings"],
  ] as const;
  for (const [claude, message] of cases) {
    await assertRejects(() => readSettingsOption(claude, {}, "/"), CcrunError, message);
  }
});

Deno.test("mergeSettings merges variables by name", () => {
  assertEquals(mergeSettings({ a: 1, env: { X: "1", Y: "1" } }, { b: 2, env: { Y: "2" } }), {
    a: 1,
    b: 2,
    env: { X: "1", Y: "2" },
  });
  assertEquals(mergeSettings({}, {}), {});
});
