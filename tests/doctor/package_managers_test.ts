import { assertEquals } from "@std/assert";
import { packageRoot, packageUpdate } from "../../lib/doctor/package_managers.ts";
import { makeSandbox } from "../support/sandbox.ts";

Deno.test("packageRoot is the directory for which packages were installed", () => {
  const cases = [
    ["/a/node_modules/ccrun/node_modules/@ccrun/linux-x64/bin/ccrun", "/a"],
    ["/a/node_modules/.pnpm/@ccrun+x@1/node_modules/@ccrun/x/bin/ccrun", "/a"],
    ["/pnpm/global/5/.pnpm/@ccrun+x@1/node_modules/@ccrun/x/bin/ccrun", "/pnpm/global/5"],
    ["/a/.yarn/unplugged/@ccrun-x-npm-1-2/node_modules/@ccrun/x/bin/ccrun", "/a"],
    ["C:\\a b\\node_modules\\@ccrun\\x\\bin\\ccrun.exe", "C:\\a b"],
    ["/node_modules.old/ccrun", undefined],
  ] as const;
  for (const [program, root] of cases) assertEquals(packageRoot(program), root);
});

/** Files in a directory, the directory, and the command that updates ccrun there. */
const CASES = [
  [[], "prefix/lib", "npm", "npm install -g ccrun@latest"],
  [["package.json"], "it's mine", "npm", `cd 'ROOT/it'\\''s mine' && npm install ccrun@latest`],
  [["package.json", "package-lock.json"], "app", "npm", "cd ROOT/app && npm install ccrun@latest"],
  [["package.json", "pnpm-lock.yaml"], "app", "pnpm", "cd ROOT/app && pnpm add ccrun@latest"],
  [["package.json", "pnpm-lock.yaml"], "pnpm/global/5", "pnpm", "pnpm add -g ccrun@latest"],
  [["package.json", "yarn.lock"], "app", "yarn", "cd ROOT/app && yarn add ccrun@latest"],
  [["package.json", "yarn.lock"], "yarn/global", "yarn", "yarn global add ccrun@latest"],
  [["package.json", "bun.lock"], "app", "bun", "cd ROOT/app && bun add ccrun@latest"],
  [["package.json", "bun.lock"], ".bun/install/global", "bun", "bun add -g ccrun@latest"],
] as const;

Deno.test("packageUpdate names the command of the package manager", async () => {
  for (const [files, directory, manager, update] of CASES) {
    await using sandbox = await makeSandbox();
    const root = `${sandbox.root}/${directory}`;
    await Deno.mkdir(root, { recursive: true });
    for (const file of files) await Deno.writeTextFile(`${root}/${file}`, "");
    assertEquals(await packageUpdate(root), {
      manager,
      update: update.replace("ROOT", sandbox.root),
    });
  }
});
