/**
 * Tests `.ci/release npm` and `.ci/release publish`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { VERSION } from "../../lib/version.ts";
import { manifestIn, type NpmRegistry, startNpmRegistry } from "../support/npm_registry.ts";
import { REPOSITORY } from "../support/paths.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { pack, placeholder, writeArchive, writeArchives } from "./npm_packages.ts";
import { filesBelow, linkNpm } from "./npm_user.ts";
import { type ReleaseResult, runRelease } from "./run_release.ts";

const NEEDS = { commands: ["tar"] };

const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];

/** Runs a test with the packages of placeholders. */
async function withPackages(
  act: (folder: string, tarballs: readonly string[]) => Promise<void>,
): Promise<void> {
  await using sandbox = await makeSandbox();
  const folder = `${sandbox.root}/dist`;
  await Deno.mkdir(folder);
  await writeArchives(folder);
  await act(folder, await pack(folder));
}

/** Returns the files of a tarball with their modes. */
async function listTarball(tarball: string): Promise<readonly string[]> {
  const { stdout } = await new Deno.Command("tar", { args: ["-tvzf", tarball] }).output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  return lines.map((line) => line.replace(/^(\S+).* package\/(.*)$/, "$1 $2")).toSorted();
}

testWith(NEEDS, "npm makes a package with the binary for each platform", async () => {
  await withPackages(async (_, tarballs) => {
    assertEquals(tarballs.length, PLATFORMS.length + 1);
    for (const platform of PLATFORMS) {
      const tarball = tarballs.find((path) => path.endsWith(`/ccrun-${platform}-${VERSION}.tgz`));
      assertEquals(await listTarball(tarball ?? ""), [
        "-rw-r--r-- LICENSE",
        "-rw-r--r-- README.md",
        "-rw-r--r-- package.json",
        "-rwxr-xr-x bin/ccrun",
      ]);
      const [os, cpu] = platform.split("-");
      const manifest = await manifestIn(tarball ?? "");
      const { name, version, license, repository, scripts, bin, dependencies } = manifest;
      assertEquals([name, version, license], [`@ccrun/${platform}`, VERSION, "MIT"]);
      assertEquals(repository, { type: "git", url: "git+https://github.com/ccrun/ccrun.git" });
      assertEquals([manifest.os, manifest.cpu], [[os], [cpu]]);
      assertEquals(manifest.libc, os === "linux" ? ["glibc"] : undefined);
      assertEquals([scripts, bin, dependencies], [undefined, undefined, undefined]);
    }
  });
});

testWith(
  NEEDS,
  "npm makes the package ccrun, which depends on the same version of them",
  async () => {
    await withPackages(async (_, tarballs) => {
      const tarball = tarballs.find((path) => path.endsWith(`/ccrun-${VERSION}.tgz`)) ?? "";
      const manifest = await manifestIn(tarball);
      const { name, version, license, bin, engines, scripts, dependencies } = manifest;
      assertEquals([name, version, license], ["ccrun", VERSION, "MIT"]);
      assertEquals([bin, engines], [{ ccrun: "bin/ccrun.js" }, { node: ">=18" }]);
      assertEquals([scripts, dependencies, manifest.os], [undefined, undefined, undefined]);
      const packages = PLATFORMS.map((platform) => [`@ccrun/${platform}`, VERSION]);
      assertEquals(manifest.optionalDependencies, Object.fromEntries(packages));
      const sources = await filesBelow(`${REPOSITORY}/.ci/npm/ccrun/lib`);
      assertEquals(await listTarball(tarball), [
        "-rw-r--r-- LICENSE",
        "-rw-r--r-- README.md",
        ...sources.map((name) => `-rw-r--r-- lib/${name}`),
        "-rw-r--r-- package.json",
        "-rwxr-xr-x bin/ccrun.js",
      ]);
    });
  },
);

testWith(NEEDS, "npm fails in one line for a missing, damaged or other archive", async () => {
  await using sandbox = await makeSandbox();
  const folder = `${sandbox.root}/dist`;
  const fails = async (args: readonly string[], reason: string) => {
    const { code, stdout, stderr } = await runRelease(["npm", ...args]);
    assertEquals([code, stdout, stderr], [1, "", `release: ${reason}\n`]);
  };
  await fails([folder], `no folder ${folder}`);
  await Deno.mkdir(folder);
  const first = `${folder}/ccrun-x86_64-unknown-linux-gnu.tar.gz`;
  await fails([folder], `${first} is missing`);
  await writeArchive(folder, "x86_64-unknown-linux-gnu", placeholder("0.0.9"));
  await fails([folder], `${first} does not contain version ${VERSION}: make it again`);
  await Deno.writeTextFile(first, "");
  await fails([folder], `${first} contains no ccrun`);
  await writeArchive(folder, "x86_64-unknown-linux-gnu");
  await fails([folder], `${folder}/ccrun-aarch64-unknown-linux-gnu.tar.gz is missing`);
  const windows = "x86_64-pc-windows-msvc";
  const targets = "x86_64-unknown-linux-gnu, aarch64-unknown-linux-gnu, x86_64-apple-darwin, " +
    "aarch64-apple-darwin";
  await fails([folder, windows], `no npm package for ${windows}: the targets are ${targets}`);
  assertEquals((await runRelease(["npm", folder, "x86_64-unknown-linux-gnu"])).code, 0);
  assertEquals(await filesBelow(`${folder}/npm`), [
    `ccrun-${VERSION}.tgz`,
    `ccrun-linux-x64-${VERSION}.tgz`,
  ]);
});

/** Runs a test with an empty registry, packages of a version, and a function that publishes them. */
async function withPublisher(
  version: string,
  act: (publisher: {
    readonly registry: NpmRegistry;
    /** The directory of the packages. */
    readonly directory: string;
    publish(): Promise<ReleaseResult>;
  }) => Promise<void>,
): Promise<void> {
  await using sandbox = await makeSandbox();
  await using registry = startNpmRegistry();
  const token = `${registry.url.replace("http:", "")}/:_authToken=placeholder`;
  await Deno.writeTextFile(`${sandbox.home}/.npmrc`, `registry=${registry.url}\n${token}\n`);
  await linkNpm(sandbox.bin);
  await writeArchives(sandbox.root, { version });
  const env = { ...sandbox.env(), RELEASE_VERSION: version };
  assertEquals((await runRelease(["npm", sandbox.root], env)).code, 0);
  const directory = `${sandbox.root}/npm`;
  await act({ registry, directory, publish: () => runRelease(["publish", directory], env) });
}

/** The packages in the order in which they are published. */
const NAMES = [...PLATFORMS.map((platform) => `@ccrun/${platform}`), "ccrun"];

testWith(NEEDS, "publish publishes what is not published yet, and ccrun last", async () => {
  await withPublisher(VERSION, async ({ registry, directory, publish }) => {
    const last = `${directory}/ccrun-${VERSION}.tgz`;
    await Deno.rename(last, `${directory}/moved`);
    const early = await publish();
    assertEquals([early.code, early.stderr], [1, `release: ${last} is missing\n`]);
    assertEquals(registry.published, []);

    await Deno.rename(`${directory}/moved`, last);
    await registry.add([`${directory}/ccrun-linux-x64-${VERSION}.tgz`]);
    for (const isPublished of [false, true]) {
      const { code, stdout, stderr } = await publish();
      assertEquals(code, 0, stderr);
      const found = NAMES.filter((name) => stdout.includes(`${name} ${VERSION} is published`));
      assertEquals(found, isPublished ? NAMES : ["@ccrun/linux-x64"]);
      assertEquals(registry.published, NAMES.map((name) => `${name}@${VERSION}`));
      assertEquals(registry.tags("ccrun"), { latest: VERSION });
    }
  });
});

testWith(NEEDS, "publish gives a prerelease the dist-tag next", async () => {
  const version = "1.2.3-rc.1";
  await withPublisher(version, async ({ registry, publish }) => {
    const { code, stderr } = await publish();
    assertEquals(code, 0, stderr);
    assertEquals(registry.published, NAMES.map((name) => `${name}@${version}`));
    for (const name of NAMES) assertEquals(registry.tags(name), { next: version });
  });
});
