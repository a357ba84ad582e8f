import { assertEquals } from "@std/assert";
import { effectiveVariables, readConfigFiles } from "../../lib/claude/config_files.ts";
import { settingSources } from "../../lib/claude/setting_sources.ts";
import { asOneBoundByModes, BOUND_BY_MODES } from "../support/bound_by_modes.ts";
import { testWith } from "../support/test_with.ts";
import { makeConfigScene } from "../support/config_scene.ts";

Deno.test("readConfigFiles returns settings in the order in which later ones take precedence", async () => {
  await using scene = await makeConfigScene();
  const settings = (WHO: string) => ({ env: { WHO } });
  await scene.write("project/.claude/settings.local.json", settings("local"));
  const managed = await scene.write("managed/managed-settings.json", settings("managed"));
  await scene.write("home/.claude/settings.json", settings("user"));
  await scene.write("project/.claude/settings.json", settings("project"));
  const files = await scene.read();
  assertEquals(files.settings.map(({ scope }) => scope), ["user", "project", "local", "managed"]);
  const variables = effectiveVariables({ WHO: "process", HOME: "/h" }, files.settings);
  assertEquals(variables.get("WHO"), { value: "managed", file: managed });
  assertEquals(variables.get("HOME"), { value: "/h" });
});

Deno.test("readConfigFiles reads the user's files from CLAUDE_CONFIG_DIR if it is set", async () => {
  await using scene = await makeConfigScene();
  const settings = await scene.write("conf/settings.json", {});
  const state = await scene.write("conf/.claude.json", {});
  await scene.write("home/.claude.json", {});
  const files = await scene.read({ CLAUDE_CONFIG_DIR: `${scene.root}/conf` });
  assertEquals(files.directory, `${scene.root}/conf`);
  assertEquals([files.state?.path, files.settings[0]?.path], [state, settings]);
});

Deno.test("readConfigFiles reads a file once if the workspace is the home directory", async () => {
  await using scene = await makeConfigScene();
  await scene.write("home/.claude/settings.json", {});
  const { home, managed } = scene;
  const files = await readConfigFiles({ env: {}, home, cwd: home, managedDirectory: managed });
  assertEquals(files.settings.map(({ scope }) => scope), ["user"]);
});

Deno.test("readConfigFiles reads no files of a user whose home is unknown", async () => {
  await using scene = await makeConfigScene();
  const { project, managed } = scene;
  assertEquals(
    await readConfigFiles({ env: {}, home: undefined, cwd: project, managedDirectory: managed }),
    { directory: undefined, settings: [], state: undefined, login: undefined, mcp: [] },
  );
});

Deno.test("readConfigFiles reports the position of a syntax error, and quotes nothing", async () => {
  await using scene = await makeConfigScene();
  const path = `${scene.project}/.claude/settings.json`;
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['{\n  "env": { "KEY": "sk-ant-secret"\n', "line 3, column 1"],
    ["sk-ant-secret", "line 1, column 1"],
    ['["sk-ant-secret"]', undefined],
    ["", undefined],
    // Claude Code accepts a byte order mark.
    ['\ufeff{"env": {}}', undefined],
  ];
  for (const [content, position] of cases) {
    await scene.write("project/.claude/settings.json", content);
    const [file] = (await scene.read()).settings;
    const expected = position && `cannot parse ${path}: invalid JSON at ${position}`;
    assertEquals(file?.problem, expected, content);
  }
});

Deno.test("readConfigFiles does not read a directory or a pipe", async () => {
  await using scene = await makeConfigScene();
  const path = `${scene.project}/.mcp.json`;
  const notAFile = `cannot read ${path}: it is not a regular file`;
  await Deno.mkdir(path);
  assertEquals((await scene.read()).mcp[0]?.problem, notAFile);
  await Deno.remove(path);
  await new Deno.Command("mkfifo", { args: [path] }).output();
  const [mcp] = (await scene.read()).mcp;
  assertEquals([mcp?.problem, mcp?.isEndless], [notAFile, true]);
});

testWith(
  BOUND_BY_MODES,
  "readConfigFiles reports an unreadable file, and ignores files in a directory that it cannot enter",
  async () => {
    await using scene = await makeConfigScene();
    const login = await scene.write("home/.claude/.credentials.json", "{}");
    const module = new URL("../../lib/claude/config_files.ts", import.meta.url).href;
    const options = { env: {}, home: scene.home, cwd: scene.project };
    const readLogin = async () =>
      JSON.parse(
        await asOneBoundByModes(
          `import { readConfigFiles } from "${module}";
          const { login } = await readConfigFiles(${JSON.stringify(options)});
          console.log(JSON.stringify(login ?? null));`,
        ),
      );
    await Deno.chmod(login, 0);
    assertEquals((await readLogin()).problem, `cannot read ${login}: permission denied`);
    await Deno.chmod(`${scene.home}/.claude`, 0);
    assertEquals(await readLogin(), null);
    await Deno.chmod(`${scene.home}/.claude`, 0o755);
  },
);

Deno.test("readConfigFiles reads local settings at the root of the repository, and MCP servers above the workspace", async () => {
  await using scene = await makeConfigScene();
  const { root, project, home, managed } = scene;
  await Deno.mkdir(`${project}/.git`);
  const local = ["project", "project/sub/deep"].map((path) =>
    `${path}/.claude/settings.local.json`
  );
  const mcp = [".mcp.json", "project/.mcp.json", "project/sub/deep/.mcp.json"];
  for (const path of [...local, ...mcp]) await scene.write(path, {});
  const cwd = `${project}/sub/deep`;
  const options = { env: {}, home, cwd, managedDirectory: managed };
  const files = await readConfigFiles(options);
  assertEquals(files.settings.map(({ path }) => path), local.map((path) => `${root}/${path}`));
  const mcpPaths = mcp.map((path) => `${root}/${path}`).reverse();
  assertEquals(files.mcp.map(({ path }) => path), mcpPaths);
  await Deno.symlink(cwd, `${root}/link`);
  const linked = await readConfigFiles({ ...options, cwd: `${root}/link` });
  assertEquals(linked.mcp.map(({ path }) => path), mcpPaths);
  const sources = settingSources(["--setting-sources", "user"]);
  const user = await readConfigFiles({ ...options, sources });
  assertEquals([user.settings, user.mcp], [[], []]);
});

Deno.test("effectiveVariables turns numbers and booleans into text, and ignores other values", async () => {
  await using scene = await makeConfigScene();
  await scene.write("home/.claude/settings.json", {
    env: { A: 1, B: null, C: "c", D: ["d"], E: true },
  });
  await scene.write("project/.claude/settings.json", { env: "A=2" });
  const { settings } = await scene.read();
  const variables = effectiveVariables({}, settings);
  const values = [...variables].map(([name, { value }]) => [name, value]);
  assertEquals(values, [["A", "1"], ["C", "c"], ["E", "true"]]);
});
