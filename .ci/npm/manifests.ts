/**
 * The package.json of each npm package.
 *
 * @module
 */

const REPOSITORY = "https://github.com/ccrun/ccrun";

/** The target of Deno for each platform of npm that has a package. */
export const TARGETS = {
  "linux-x64": "x86_64-unknown-linux-gnu",
  "linux-arm64": "aarch64-unknown-linux-gnu",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
} as const;

/** A platform of npm. */
export type Platform = keyof typeof TARGETS;

export const PLATFORMS = Object.keys(TARGETS) as readonly Platform[];

/** Returns the package.json of `ccrun`, which has the launcher. */
export function launcherManifest(version: string): object {
  return {
    ...commonFields("ccrun", version),
    description: "Runs Claude Code without its interactive screen, and makes that dependable",
    keywords: ["claude", "claude-code", "cli", "ci", "agent"],
    type: "module",
    bin: { ccrun: "bin/ccrun.js" },
    files: ["bin", "lib"],
    optionalDependencies: Object.fromEntries(
      PLATFORMS.map((platform) => [packageName(platform), version]),
    ),
  };
}

/** Returns the package.json of a package with the compiled binary. */
export function binaryManifest(platform: Platform, version: string): object {
  const [os, cpu] = platform.split("-");
  return {
    ...commonFields(packageName(platform), version),
    description: `The compiled ccrun for ${platform}. Install the package ccrun instead.`,
    os: [os],
    cpu: [cpu],
    ...(os === "linux" ? { libc: ["glibc"] } : {}),
    files: ["bin"],
    // Yarn would leave the binary in an archive, where it cannot be executed.
    preferUnplugged: true,
  };
}

function packageName(platform: Platform): string {
  return `@ccrun/${platform}`;
}

function commonFields(name: string, version: string): object {
  return {
    name,
    version,
    license: "MIT",
    author: "the ccrun authors",
    homepage: `${REPOSITORY}#readme`,
    // npm compares it with the repository in the provenance.
    repository: { type: "git", url: `git+${REPOSITORY}.git` },
    bugs: { url: `${REPOSITORY}/issues` },
    engines: { node: ">=18" },
  };
}
