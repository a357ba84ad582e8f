import { assertEquals } from "@std/assert";
import { settingSources } from "../../lib/claude/setting_sources.ts";
import { findWorkspaceSettings } from "../../lib/claude/workspace_settings.ts";
import { type ConfigScene, makeConfigScene } from "../support/config_scene.ts";

/** Returns the names that are found, by file. */
async function find(
  { project, root, read }: ConfigScene,
  args: string[] = [],
): Promise<{ [file: string]: readonly string[] }> {
  const options = { cwd: project, files: await read(), sources: settingSources(args) };
  const found = await findWorkspaceSettings(options);
  return Object.fromEntries(found.map(({ file, names }) => [file.replace(`${root}/`, ""), names]));
}

const SETTINGS = "project/.claude/settings.json";

Deno.test("findWorkspaceSettings names what runs commands, changes the environment or grants permissions", async () => {
  await using scene = await makeConfigScene();
  await scene.write(SETTINGS, {
    model: "opus",
    env: { PATH: "/evil", EMPTY: "" },
    apiKeyHelper: "secret",
    hooks: { Stop: [{}] },
    permissions: { allow: ["Bash"], deny: ["Read"], defaultMode: "acceptEdits", ask: ["Edit"] },
    enabledPlugins: { "a@b": true },
    inventedLater: { command: "secret" },
  });
  await scene.write("project/.claude/settings.local.json", {
    hooks: {},
    statusLine: null,
    env: {},
  });
  await scene.write("project/.mcp.json", { mcpServers: { "a b": {}, c: {} } });
  await scene.write(".mcp.json", { mcpServers: { above: {} } });
  assertEquals(await find(scene), {
    [SETTINGS]: [
      "env.PATH",
      "env.EMPTY",
      "apiKeyHelper",
      "hooks",
      "permissions.allow",
      "permissions.defaultMode",
      "enabledPlugins",
      "inventedLater",
    ],
    "project/.mcp.json": ["mcpServers.a b", "mcpServers.c"],
    ".mcp.json": ["mcpServers.above"],
  });
});

Deno.test("findWorkspaceSettings names nothing that is harmless, empty, or of the user", async () => {
  await using scene = await makeConfigScene();
  await scene.write("home/.claude/settings.json", { hooks: { Stop: [{}] }, env: { A: "1" } });
  await scene.write(SETTINGS, { $schema: "x", model: "opus", permissions: { deny: ["Bash"] } });
  await scene.write("project/.mcp.json", { mcpServers: {} });
  await scene.write("project/.claude/agents/plain.md", "---\nname: plain\n---\nhooks: none\n");
  assertEquals(await find(scene), {});
  // Without a repository, the directories above the workspace are searched, too.
  await scene.write("home/.claude/agents/own.md", "---\nhooks: {}\n---\n");
  await Deno.mkdir(`${scene.home}/work`);
  await Deno.symlink(scene.home, `${scene.root}/link`);
  assertEquals(await find({ ...scene, project: `${scene.root}/link/work` }), {});
});

Deno.test("findWorkspaceSettings names what agents, commands and skills set", async () => {
  await using scene = await makeConfigScene();
  await Deno.mkdir(`${scene.project}/.git`);
  const files: { [path: string]: string } = {
    "agents/a.md": '---\nname: a\nhooks:\n  Stop: []\nmcpServers: ["x"]\n---\n',
    "commands/deep/c.md": "---\r\nallowed-tools: Bash(*)\r\n---\r\n",
    "skills/s/SKILL.md": '---\n{"hooks" : {}}\n---\n',
    "skills/t/SKILL.md": '\n--- \n"h\\x6foks": {} ---\nhello\n',
  };
  for (const [path, text] of Object.entries(files)) {
    await scene.write(`project/.claude/${path}`, text);
  }
  await Deno.symlink("agents", `${scene.project}/.claude/linked`);
  const found = {
    "project/.claude/agents/a.md": ["hooks", "mcpServers"],
    "project/.claude/commands/deep/c.md": ["allowed-tools"],
    "project/.claude/skills/s/SKILL.md": ["hooks"],
    "project/.claude/skills/t/SKILL.md": ["escaped field"],
  };
  assertEquals(await find(scene), found);
  // Newer versions read those of the whole repository.
  await Deno.mkdir(`${scene.project}/sub`);
  assertEquals(await find({ ...scene, project: `${scene.project}/sub` }), found);
});

Deno.test("findWorkspaceSettings leaves out what the options of claude switch off", async () => {
  await using scene = await makeConfigScene();
  await scene.write(SETTINGS, { env: { A: "1" }, apiKeyHelper: "x", hooks: { Stop: [{}] } });
  await scene.write("project/.mcp.json", { mcpServers: { a: {} } });
  await scene.write("project/.claude/agents/a.md", "---\nhooks: {}\n---\n");
  // The scene reads all files, so only the names of files that it reads are left out here.
  const rows: readonly (readonly [string[], readonly string[] | undefined])[] = [
    [[], ["env.A", "apiKeyHelper", "hooks"]],
    [["--bare"], ["env.A"]],
    [["--safe-mode"], ["env.A", "apiKeyHelper"]],
  ];
  for (const [args, names] of rows) {
    const found = await find(scene, args);
    assertEquals(found[SETTINGS], names);
    assertEquals("project/.claude/agents/a.md" in found, args.length === 0);
  }
});

Deno.test("findWorkspaceSettings reports a file that it cannot read", async () => {
  await using scene = await makeConfigScene();
  await scene.write(SETTINGS, "{ // hooks\n}");
  await scene.write("project/.mcp.json", "{");
  await scene.write(
    "project/.claude/agents/large.md",
    `---\n#${" ".repeat(300_000)}\nhooks: {}\n---`,
  );
  const commands = `${scene.project}/.claude/commands`;
  await Deno.mkdir(commands);
  for (const name of ["a", "b", "c"]) await Deno.symlink(".", `${commands}/${name}`);
  assertEquals(await find(scene), {
    [SETTINGS]: ["unreadable"],
    "project/.mcp.json": ["unreadable"],
    "project/.claude/agents/large.md": ["unreadable"],
    "project/.claude/commands": ["unreadable"],
  });
});

Deno.test("findWorkspaceSettings limits the number and the length of names", async () => {
  await using scene = await makeConfigScene();
  const names = Array.from({ length: 25 }, (_, index) => "x".repeat(200) + index);
  await scene.write(SETTINGS, { env: Object.fromEntries(names.map((name) => [name, "1"])) });
  const options = { cwd: scene.project, files: await scene.read(), sources: settingSources([]) };
  const [found] = await findWorkspaceSettings(options);
  assertEquals([found?.names.length, found?.omitted], [20, 5]);
  assertEquals(found?.names[0]?.length, 83);
});
