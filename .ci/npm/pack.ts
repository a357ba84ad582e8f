/**
 * Makes the npm packages of a release: `pack.ts DIR VERSION [TARGET ...]`. Reads the archives in DIR,
 * and writes the tarballs to DIR/npm. Without targets, every platform must have its archive.
 *
 * @module
 */

import {
  binaryManifest,
  launcherManifest,
  type Platform,
  PLATFORMS,
  TARGETS,
} from "./manifests.ts";

const LAUNCHER = new URL("ccrun", import.meta.url).pathname;
const LICENSE = new URL("../../LICENSE", import.meta.url).pathname;

/** A failure that is reported in one line. */
class PackError extends Error {}

async function pack(folder: string, version: string, targets: readonly string[]): Promise<void> {
  const work = await Deno.makeTempDir();
  try {
    const packages = [];
    for (const platform of selectPlatforms(targets)) {
      packages.push(await makeBinaryPackage(`${work}/${platform}`, { folder, platform, version }));
    }
    packages.push(await makeLauncherPackage(`${work}/ccrun`, version));
    await run("rm", ["-rf", `${folder}/npm`]); // It may contain another version.
    await Deno.mkdir(`${folder}/npm`);
    await run("npm", ["pack", "--silent", "--pack-destination", `${folder}/npm`, ...packages]);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

function selectPlatforms(targets: readonly string[]): readonly Platform[] {
  const all: readonly string[] = Object.values(TARGETS);
  const unknown = targets.find((target) => !all.includes(target));
  if (unknown !== undefined) {
    fail(`no npm package for ${unknown}: the targets are ${all.join(", ")}`);
  }
  if (targets.length === 0) return PLATFORMS;
  return PLATFORMS.filter((platform) => targets.includes(TARGETS[platform]));
}

interface BinaryPackage {
  /** The folder of the archives. */
  readonly folder: string;
  readonly platform: Platform;
  readonly version: string;
}

async function makeBinaryPackage(path: string, options: BinaryPackage): Promise<string> {
  const { folder, platform, version } = options;
  const archive = `${folder}/ccrun-${TARGETS[platform]}.tar.gz`;
  await Deno.stat(archive).catch(() => fail(`${archive} is missing`));
  await Deno.mkdir(`${path}/bin`, { recursive: true });
  await run("tar", ["-xzf", archive, "-C", `${path}/bin`, "ccrun"])
    .catch(() => fail(`${archive} contains no ccrun`));
  await Deno.chmod(`${path}/bin/ccrun`, 0o755);
  // The binary contains lib/version.ts.
  await run("grep", ["-qaF", `VERSION = "${version}"`, `${path}/bin/ccrun`])
    .catch(() => fail(`${archive} does not contain version ${version}: make it again`));
  const readme = `# @ccrun/${platform}\n\nThe compiled ccrun for ${platform}. ` +
    "Install the package [ccrun](https://github.com/ccrun/ccrun) instead: `npm install -g ccrun`.\n";
  await Deno.writeTextFile(`${path}/README.md`, readme);
  return await finish(path, binaryManifest(platform, version));
}

async function makeLauncherPackage(path: string, version: string): Promise<string> {
  await run("cp", ["-R", LAUNCHER, path]);
  return await finish(path, launcherManifest(version));
}

/** Adds what every package has. */
async function finish(path: string, manifest: object): Promise<string> {
  await Deno.writeTextFile(`${path}/package.json`, `${JSON.stringify(manifest, undefined, 2)}\n`);
  await Deno.copyFile(LICENSE, `${path}/LICENSE`);
  return path;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    stdout: "null",
  }).output();
  const [reason = ""] = new TextDecoder().decode(stderr).split("\n");
  if (!success) fail(`${command} failed: ${reason}`);
}

function fail(message: string): never {
  throw new PackError(message);
}

try {
  const [folder = "", version = "", ...targets] = Deno.args;
  await pack(
    await Deno.realPath(folder).catch(() => fail(`no folder ${folder}`)),
    version,
    targets,
  );
} catch (error) {
  if (!(error instanceof PackError)) throw error;
  console.error(`release: ${error.message}`);
  Deno.exit(1);
}
