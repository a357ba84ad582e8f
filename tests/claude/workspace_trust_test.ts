import { assertEquals } from "@std/assert";
import { isTrustedWorkspace, repositoryRoot } from "../../lib/claude/workspace_trust.ts";
import { makeConfigScene } from "../support/config_scene.ts";

Deno.test("isTrustedWorkspace looks up the repository, or the workspace outside of one", async () => {
  await using scene = await makeConfigScene();
  const { root, project } = scene;
  await Deno.mkdir(`${project}/.git`);
  await Deno.mkdir(`${project}/sub/nested/.git`, { recursive: true });
  await Deno.mkdir(`${root}/plain/sub`, { recursive: true });
  await Deno.symlink(project, `${root}/link`);
  const rows: readonly (readonly [workspace: string, accepted: string, isTrusted: boolean])[] = [
    ["project", "project", true],
    ["project/sub", "project", true],
    ["link/sub", "project", true],
    ["link", "link", false],
    ["project/sub", "project/sub", false],
    ["project", "", false],
    ["project/sub/nested", "project", false],
    ["project/sub/nested", "project/sub/nested", true],
    ["plain", "plain", true],
    ["plain/sub", "plain", false],
    ["missing", "missing", true],
  ];
  for (const [workspace, accepted, isTrusted] of rows) {
    const state = { projects: { [`${root}/${accepted}`]: { hasTrustDialogAccepted: true } } };
    assertEquals(await isTrustedWorkspace(`${root}/${workspace}`, state), isTrusted, workspace);
  }
  for (const value of ["true", 1, false, undefined]) {
    const state = { projects: { [project]: { hasTrustDialogAccepted: value } } };
    assertEquals(await isTrustedWorkspace(project, state), false);
  }
  assertEquals(await isTrustedWorkspace(project, { projects: [] }), false);
});

Deno.test("repositoryRoot returns the main checkout of a worktree, if the repository names the worktree", async () => {
  await using scene = await makeConfigScene();
  const { root, project } = scene;
  const git = async (...args: string[]) => {
    const { success } = await new Deno.Command("git", {
      args: ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args],
      cwd: project,
    }).output();
    assertEquals(success, true);
  };
  await git("init", "--quiet");
  await git("commit", "--quiet", "--allow-empty", "--message", "x");
  await git("worktree", "add", "--quiet", "../tree");
  await Deno.mkdir(`${root}/tree/sub`);
  assertEquals(await repositoryRoot(`${root}/tree/sub`), project);
  // A copy of the link is in an archive of a stranger.
  await Deno.mkdir(`${root}/forged`);
  await Deno.copyFile(`${root}/tree/.git`, `${root}/forged/.git`);
  assertEquals(await repositoryRoot(`${root}/forged`), `${root}/forged`);
  await Deno.writeTextFile(`${root}/forged/.git`, "gitdir: /nowhere\n");
  assertEquals(await repositoryRoot(`${root}/forged`), `${root}/forged`);
});
