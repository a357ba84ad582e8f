// @ts-check
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { LauncherError } from "./launcher_error.js";

/** The exit codes of shells for a command that cannot be executed or found. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

const REPOSITORY = "https://github.com/ccrun/ccrun";
const BUILD = "npx -y deno@2.9.6 task compile";
const WINDOWS_ASSET = "ccrun-x86_64-pc-windows-msvc.zip";

/**
 * Returns the failure on a platform without a package.
 *
 * @param {string} platform
 * @param {readonly string[]} packageNames
 */
export function unsupportedPlatform(platform, packageNames) {
  const names = packageNames.map((name) => name.replace("@ccrun/", ""))
    .map((name) => name.startsWith("linux-") ? `${name} (glibc)` : name);
  const zip = `, or use ${WINDOWS_ASSET} from ${REPOSITORY}/releases`;
  return new LauncherError(
    NOT_EXECUTABLE,
    `cannot run on ${platform}: the npm packages of ccrun are for ${names.join(", ")}; on other ` +
      `systems that Deno supports, build it with \`${BUILD}\` in a clone of ${REPOSITORY}` +
      (platform.startsWith("win32-") ? zip : ""),
  );
}

/** @param {string} packageName */
export function notInstalled(packageName) {
  return new LauncherError(
    NOT_FOUND,
    `cannot find ${packageName}: npm has omitted optional dependencies, or installed those of ` +
      `another platform; run \`${npmCommand("install")} --include=optional ccrun\``,
  );
}

/** @param {string} path */
export function notPermitted(path) {
  return new LauncherError(
    NOT_EXECUTABLE,
    `cannot execute ${path}: permission denied; set its mode to 755, or install ccrun on a file ` +
      "system that is not mounted with noexec",
  );
}

/** @param {string} path */
export function damaged(path) {
  return new LauncherError(
    NOT_EXECUTABLE,
    `cannot execute ${path}: the file is damaged; ` +
      `run \`${npmCommand("uninstall")} ccrun && ${npmCommand("install")} ccrun\``,
  );
}

/**
 * @param {string} path
 * @param {unknown} error
 */
export function cannotExecute(path, error) {
  const reason = error instanceof Error ? error.message : String(error);
  return new LauncherError(NOT_EXECUTABLE, `cannot execute ${path}: ${reason}`);
}

/**
 * Returns a command of npm for the project that contains this file, or else for the global packages.
 *
 * @param {"install" | "uninstall"} command
 */
function npmCommand(command) {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  // The cache of npx looks like a project. npx prefers a global package to it.
  const isProject = existsSync(`${root}/package.json`) && !root.includes("/_npx/");
  return isProject ? `npm ${command}` : `npm ${command} -g`;
}
