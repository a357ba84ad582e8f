/**
 * Installing ccrun with npm, from its packed tarballs.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { VERSION } from "../../lib/version.ts";
import { testWith } from "../support/test_with.ts";
import { NEEDS, NpmPackages } from "./npm_packages.ts";
import { type NpmUser, withNpm } from "./npm_user.ts";

const packages = new NpmPackages();

Deno.test.afterAll(() => packages.remove());

const VERSION_LINE = new RegExp(`^ccrun ${VERSION}\\b.*\\n$`);

/** Registers a test with a user who can install the packages. */
function testNpm(name: string, act: (user: NpmUser) => Promise<void>): void {
  testWith(NEEDS, name, async () => await withNpm(await packages.tarballs(), act));
}

/** Runs a script that must succeed and print the version of ccrun. */
async function assertVersion({ run }: NpmUser, script: string): Promise<void> {
  const { stdout, stderr, code } = await run(script);
  assertEquals(code, 0, stderr);
  assertEquals(VERSION_LINE.test(stdout), true, stdout);
}

testNpm("npm install -g installs ccrun, and npm uninstall -g leaves no file", async (user) => {
  const { run, globalFiles, sandbox } = user;
  const install = await run("npm install -g ccrun");
  assertEquals([install.code, install.stderr], [0, ""]);
  assertStringIncludes(install.stdout, "added 2 packages");
  await assertVersion(user, "ccrun --version");
  const files = await globalFiles();
  assertEquals(files.filter((path) => path.endsWith("/ccrun")), [
    "bin/ccrun",
    "lib/node_modules/ccrun/node_modules/@ccrun/linux-x64/bin/ccrun",
  ]);
  assertEquals((await run("npm uninstall -g ccrun")).code, 0);
  assertEquals(await globalFiles(), []);
  const inHome = await Array.fromAsync(Deno.readDir(sandbox.home), ({ name }) => name);
  assertEquals(inHome.toSorted(), [".npm", ".npmrc"]);
});

testNpm("npx runs ccrun without installing it", async (user) => {
  await assertVersion(user, "npx -y ccrun --version");
  await assertVersion(user, "npx -y ccrun@latest --version");
  assertEquals(await user.globalFiles(), []);
});

testNpm("npm install adds ccrun to a project, for npx, scripts and npm ci", async (user) => {
  const { run, sandbox } = user;
  const manifest = `${sandbox.project}/package.json`;
  await Deno.writeTextFile(manifest, '{ "scripts": { "version-of": "ccrun --version" } }');
  const install = await run("npm install --ignore-scripts ccrun");
  assertEquals(install.code, 0, install.stderr);
  await assertVersion(user, "npx ccrun --version");
  await assertVersion(user, "npm run --silent version-of");
  assertEquals((await run("npm ci")).code, 0);
  await assertVersion(user, "npx --no -- ccrun --version");
  assertEquals((await run("npm uninstall ccrun")).code, 0);
  assertEquals((await run("npx --no -- ccrun --version")).code !== 0, true);
});

/** Ways to get ccrun without its binary, and the start of the command that repairs it. */
const INCOMPLETE = [
  { name: "without optional dependencies", script: "npm install --omit=optional ccrun" },
  {
    name: "in a project whose npm omits optional dependencies",
    script: "echo omit=optional >.npmrc; npm install ccrun",
  },
  { name: "for another platform", script: "npm install --os=darwin --cpu=arm64 ccrun" },
  {
    name: "by npx without optional dependencies",
    script: "npx -y --omit=optional ccrun --version",
    repair: "npm install -g",
  },
  {
    name: "globally for another platform",
    script: "npm install -g --os=win32 --cpu=x64 ccrun",
    repair: "npm install -g",
  },
];

for (const { name, script, repair = "npm install" } of INCOMPLETE) {
  testNpm(`ccrun installed ${name} prints the command that repairs it`, async (user) => {
    await user.run(script);
    const { code, stdout, stderr } = await user.run("npx -y ccrun --version");
    assertEquals([code, stdout], [127, ""]);
    const command = `${repair} --include=optional ccrun`;
    assertEquals(
      stderr,
      "ccrun: error: cannot find @ccrun/linux-x64: npm has omitted optional dependencies, or " +
        `installed those of another platform; run \`${command}\`\n`,
    );
    assertEquals((await user.run(command)).code, 0);
    await assertVersion(user, "npx -y ccrun --version");
  });
}
