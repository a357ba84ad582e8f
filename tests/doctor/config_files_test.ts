import { assertEquals } from "@std/assert";
import { effectiveVariables, readConfigFiles } from "../../lib/doctor/checks/config_files.ts";
import { asOneBoundByModes, BOUND_BY_MODES } from "../support/bound_by_modes.ts";
import { testWith } from "../support/test_with.ts";
import { makeConfigScene } from "./config_scene.ts";

Deno.test("readConfigFiles finds the settings in the order in which later ones win", async () => {
  await using scene = await makeConfigScene();
  const { write, read } = scene;
  const env = (who: string) => ({ env: { WHO: who } });
  await write("managed/managed-settings.d/20.json", env("dropped in"));
  await write("project/.claude/settings.local.json", env("local"));
  await write("managed/managed-settings.json", env("managed"));
  await write("home/.claude/settings.json", env("user"));
  await write("project/.claude/settings.json", env("project"));
  const { settings } = await read();
  assertEquals(settings.map(({ scope }) => scope), [
    "user",
    "project",
    "local",
    "managed",
    "managed",
  ]);
  const variables = effectiveVariables({ WHO: "process", HOME: "/h" }, settings);
  assertEquals(variables.get("WHO"), {
    value: "dropped in",
    file: `${scene.managed}/managed-settings.d/20.json`,
  });
  assertEquals(variables.get("HOME"), { value: "/h" });
});

Deno.test("readConfigFiles takes CLAUDE_CONFIG_DIR for the user's files", async () => {
  await using scene = await makeConfigScene();
  await scene.write("conf/settings.json", { env: { A: "1" } });
  await scene.write("conf/.claude.json", { primaryApiKey: "x" });
  await scene.write("home/.claude.json", { primaryApiKey: "y" });
  const files = await scene.read({ CLAUDE_CONFIG_DIR: `${scene.root}/conf` });
  assertEquals(files.folder, `${scene.root}/conf`);
  assertEquals(files.state?.path, `${scene.root}/conf/.claude.json`);
  assertEquals(files.settings.map(({ path }) => path), [`${scene.root}/conf/settings.json`]);
});

Deno.test("readConfigFiles reads nothing of a user without a home", async () => {
  await using scene = await makeConfigScene();
  const files = await readConfigFiles({
    env: {},
    home: undefined,
    cwd: scene.project,
    managedFolder: scene.managed,
  });
  assertEquals(files, {
    folder: undefined,
    home: undefined,
    settings: [],
    state: undefined,
    statePath: undefined,
    login: undefined,
    mcp: undefined,
  });
});

Deno.test("readConfigFiles says what is wrong with a file, and nothing of what is in it", async () => {
  await using scene = await makeConfigScene();
  const { write, read } = scene;
  const faultOf = async (content: string) => {
    await write("project/.claude/settings.json", content);
    return (await read()).settings[0]?.fault;
  };
  const secret = '{\n  "env": { "ANTHROPIC_API_KEY": "sk-ant-secret"\n';
  assertEquals(await faultOf(secret), "is not JSON: line 3, column 1");
  assertEquals(await faultOf("sk-ant-secret"), "is not JSON: line 1, column 1");
  assertEquals(await faultOf('["sk-ant-secret"]'), "is JSON, but no object");
  assertEquals(await faultOf(""), undefined);
  // Claude Code takes no offence at a byte order mark.
  assertEquals(await faultOf('\ufeff{"env": {}}'), undefined);
  await Deno.remove(`${scene.project}/.claude/settings.json`);
  await Deno.mkdir(`${scene.project}/.claude/settings.json`);
  assertEquals((await read()).settings[0]?.fault, "is not a file");
});

Deno.test("readConfigFiles tells an empty file from one that is not there", async () => {
  await using scene = await makeConfigScene();
  assertEquals((await scene.read()).state, undefined);
  const path = await scene.write("home/.claude.json", "");
  assertEquals((await scene.read()).state, { path, content: {}, isEmpty: true });
});

testWith(
  BOUND_BY_MODES,
  "readConfigFiles does not know what is in a folder that may not be entered, and finds no fault with it",
  async () => {
    await using scene = await makeConfigScene();
    const login = await scene.write("home/.claude/.credentials.json", "{}");
    await scene.write("home/.claude/settings.json", "{}");
    const state = await scene.write("home/.claude.json", "{}");
    const read = async () => {
      const module = new URL("../../lib/doctor/checks/config_files.ts", import.meta.url).href;
      const options = { env: {}, home: scene.home, cwd: scene.project, managedFolder: scene.root };
      return JSON.parse(
        await asOneBoundByModes(
          `import { readConfigFiles } from "${module}";
          console.log(JSON.stringify(await readConfigFiles(${JSON.stringify(options)})));`,
        ),
      );
    };
    // A file that is there and may not be read has a fault.
    for (const path of [login, state]) await Deno.chmod(path, 0);
    const shut = await read();
    assertEquals(shut.state.fault, "cannot be read: permission denied");
    assertEquals([shut.login.faultKind, shut.settings[0].fault], ["unreadable", undefined]);
    await Deno.chmod(`${scene.home}/.claude`, 0);
    const { settings, login: unknown } = await read();
    assertEquals([settings, unknown], [[], undefined]);
    await Deno.chmod(scene.home, 0);
    assertEquals((await read()).state, undefined);
    await Deno.chmod(scene.home, 0o755);
    await Deno.chmod(`${scene.home}/.claude`, 0o755);
  },
);

Deno.test("readConfigFiles does not wait for a pipe", async () => {
  await using scene = await makeConfigScene();
  const path = `${scene.project}/.mcp.json`;
  const { success } = await new Deno.Command("mkfifo", { args: [path] }).output();
  assertEquals(success, true);
  assertEquals((await scene.read()).mcp?.fault, "is not a file");
});

Deno.test("effectiveVariables passes over what is no text", async () => {
  await using scene = await makeConfigScene();
  await scene.write("home/.claude/settings.json", { env: { A: 1, B: null, C: "c" } });
  await scene.write("project/.claude/settings.json", { env: "A=2" });
  const { settings } = await scene.read();
  assertEquals([...effectiveVariables({}, settings).keys()], ["C"]);
});
