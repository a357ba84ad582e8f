import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { checkDirectory, resolveOutputPath } from "../../lib/util/output_path.ts";
import { makeSandbox } from "../support/sandbox.ts";

Deno.test("resolveOutputPath resolves links in the directory, but not at the path", async () => {
  await using sandbox = await makeSandbox();
  const { root, project } = sandbox;
  await Deno.symlink("project", `${root}/alias`);
  await Deno.symlink("/etc/hosts", `${project}/link`);
  for (const name of ["link", "none"]) {
    assertEquals(await resolveOutputPath(`${root}/alias/${name}`, []), `${project}/${name}`);
  }
  await assertRejects(() => resolveOutputPath(`${root}/none/file`, []), Deno.errors.NotFound);
});

Deno.test("resolveOutputPath rejects only a link that leads out of a workspace", async () => {
  await using sandbox = await makeSandbox();
  const { root, project } = sandbox;
  await Deno.mkdir(`${project}/sub`);
  await Deno.symlink("project", `${root}/alias`);
  await Deno.symlink("sub", `${project}/inside`);
  await Deno.symlink("../home", `${project}/outside`);
  // Its name begins like that of the workspace.
  await Deno.mkdir(`${root}/project2`);
  await Deno.symlink("../project2", `${project}/sibling`);
  const cases: [path: string, workspace: string, isRejected: boolean][] = [
    [`${project}/inside/file`, project, false],
    [`${project}/outside/file`, project, true],
    [`${project}/sibling/file`, project, true],
    [`${root}/alias/outside/file`, project, true],
    [`${project}/outside/file`, `${root}/alias`, true],
    [`${project}/outside/file`, `${project}/sub`, false],
    [`${project}/outside/file`, root, false],
    [`${project}/outside/file`, `${root}/none`, false],
    [`${root}/alias/file`, root, false],
    [`${root}/home/file`, project, false],
    ["/file", "/", false],
  ];
  for (const [path, workspace, isRejected] of cases) {
    const resolving = resolveOutputPath(path, ["/none", workspace]);
    const error = await resolving.then(() => undefined, (error: Error) => error.message);
    const expected = isRejected && `a link in its path leads out of the workspace ${project}`;
    assertEquals(error, expected || undefined, `${path} in ${workspace}`);
  }
});

Deno.test("resolveOutputPath treats a directory with .git as a workspace", async () => {
  await using sandbox = await makeSandbox();
  const { root } = sandbox;
  await Deno.mkdir(`${root}/checkout/.git`, { recursive: true });
  await Deno.mkdir(`${root}/checkout/sub`);
  await Deno.mkdir(`${root}/worktree`);
  await Deno.writeTextFile(`${root}/worktree/.git`, "gitdir: ../checkout/.git");
  for (const name of ["checkout", "worktree", "checkout/sub"]) {
    await Deno.symlink(`${root}/home`, `${root}/${name}/out`);
  }
  await Deno.symlink("checkout/sub", `${root}/alias`);
  for (const name of ["checkout", "worktree", "checkout/sub", "alias"]) {
    await assertRejects(
      () => resolveOutputPath(`${root}/${name}/out/file`, []),
      Error,
      `leads out of the workspace ${root}/${name === "worktree" ? name : "checkout"}`,
    );
  }
  assertEquals(await resolveOutputPath(`${root}/alias/file`, []), `${root}/checkout/sub/file`);
});

Deno.test("checkDirectory fails for a directory that is reached through a link, or is gone", async () => {
  await using sandbox = await makeSandbox();
  const { root, project } = sandbox;
  checkDirectory(`${project}/file`);
  checkDirectory("/file");
  await Deno.symlink("project", `${root}/alias`);
  assertThrows(() => checkDirectory(`${root}/alias/file`), Error, "replaced by a link");
  assertThrows(() => checkDirectory(`${root}/none/file`), Deno.errors.NotFound);
});
