import { assertEquals } from "@std/assert";
import {
  isTrusted,
  trustedFolderOf,
  untrustedSettings,
} from "../../lib/doctor/checks/workspace_trust.ts";
import { makeConfigScene } from "./config_scene.ts";

Deno.test("trustedFolderOf is the repository, the workspace where there is none, without links", async () => {
  await using scene = await makeConfigScene();
  const { root, project } = scene;
  await Deno.mkdir(`${project}/below/more`, { recursive: true });
  await Deno.symlink(`${project}/below`, `${root}/link`);
  assertEquals(await trustedFolderOf(`${root}/link`), `${project}/below`);
  assertEquals(await trustedFolderOf(`${root}/missing`), `${root}/missing`);
  await Deno.mkdir(`${project}/.git`);
  assertEquals(await trustedFolderOf(`${root}/link/more`), project);
});

Deno.test("trustedFolderOf is the main repository for a further working tree of it", async () => {
  await using scene = await makeConfigScene();
  const { project, write } = scene;
  await write("tree/.git", `gitdir: ${project}/.git/worktrees/tree\n`);
  await write("sub/.git", "gitdir: ../.git/modules/sub\n");
  assertEquals(await trustedFolderOf(`${scene.root}/tree`), project);
  assertEquals(await trustedFolderOf(`${scene.root}/sub`), `${scene.root}/sub`);
});

Deno.test("isTrusted reads what claude remembers of a folder, and of no other", async () => {
  await using scene = await makeConfigScene();
  const { project, root, write } = scene;
  assertEquals(isTrusted(await scene.read(), project), false);
  await write("home/.claude.json", {
    projects: { [project]: { hasTrustDialogAccepted: true }, [root]: {} },
  });
  const files = await scene.read();
  assertEquals([isTrusted(files, project), isTrusted(files, root)], [true, false]);
});

Deno.test("untrustedSettings names the permissions of a workspace's settings only", async () => {
  await using scene = await makeConfigScene();
  const allow = { permissions: { allow: ["Bash"], deny: ["Read"] } };
  await scene.write("home/.claude/settings.json", allow);
  await scene.write("project/.claude/settings.json", { hooks: {}, permissions: { deny: ["X"] } });
  assertEquals(untrustedSettings(await scene.read()), []);
  const file = await scene.write("project/.claude/settings.local.json", {
    permissions: { allow: ["Bash"], additionalDirectories: ["/x"] },
  });
  assertEquals(untrustedSettings(await scene.read()), [
    `permissions.allow in ${file}`,
    `permissions.additionalDirectories in ${file}`,
  ]);
});
