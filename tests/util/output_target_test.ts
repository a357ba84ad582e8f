import { assertEquals, assertRejects } from "@std/assert";
import { findOutputTarget } from "../../lib/util/output_target.ts";
import { makeSandbox } from "../support/sandbox.ts";

Deno.test("findOutputTarget returns what is there, and the mode for a new file", async () => {
  await using sandbox = await makeSandbox();
  const { root, project } = sandbox;
  await Deno.symlink("project", `${root}/alias`);
  await Deno.symlink("/etc/hosts", `${project}/link`);
  await Deno.symlink("none", `${project}/dangling`);
  await Deno.writeTextFile(`${project}/own`, "");
  await Deno.chmod(`${project}/own`, 0o664);
  const cases: [name: string, exists: boolean, mode: number][] = [
    ["own", true, 0o664],
    ["link", true, 0o600],
    ["dangling", true, 0o600],
    ["none", false, 0o600],
  ];
  for (const [name, exists, mode] of cases) {
    const target = await findOutputTarget(`${root}/alias/${name}`);
    assertEquals(target, { path: `${project}/${name}`, exists, mode });
  }
  await assertRejects(() => Deno.lstat(`${project}/none`), Deno.errors.NotFound);
});

Deno.test("findOutputTarget rejects what is no file, and the links of /dev", async () => {
  await using sandbox = await makeSandbox();
  await assertRejects(() => findOutputTarget(sandbox.root), Deno.errors.IsADirectory);
  for (const path of ["/dev/null", "/dev/stdout", "/dev/fd"]) {
    await assertRejects(() => findOutputTarget(path), Error, "it is not a regular file");
  }
});
