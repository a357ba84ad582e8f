// @ts-check
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { checkExecutable } from "./check_executable.js";
import { notInstalled, unsupportedPlatform } from "./problems.js";

/**
 * Returns the path of the compiled ccrun for this platform.
 *
 * @throws {LauncherError} if there is none, or if it cannot be executed
 */
export function findBinary() {
  const platform = `${process.platform}-${process.arch}`;
  const packageName = `@ccrun/${platform}`;
  const supported = Object.keys(readManifest().optionalDependencies);
  if (usesMusl()) throw unsupportedPlatform(`${platform} with musl`, supported);
  if (!supported.includes(packageName)) throw unsupportedPlatform(platform, supported);
  const path = resolve(`${packageName}/bin/ccrun`);
  if (path === undefined) throw notInstalled(packageName);
  checkExecutable(path);
  return path;
}

/** @returns {{ optionalDependencies: Record<string, string> }} */
function readManifest() {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
}

/** Returns whether Node is linked to musl, which cannot run a binary for glibc. */
function usesMusl() {
  if (process.platform !== "linux") return false;
  // The report could otherwise wait for the network.
  Object.assign(process.report, { excludeNetwork: true });
  /** @type {{ header?: { glibcVersionRuntime?: string } }} */
  const report = process.report.getReport();
  return report.header?.glibcVersionRuntime === undefined;
}

/** @param {string} specifier */
function resolve(specifier) {
  try {
    return createRequire(import.meta.url).resolve(specifier);
  } catch {
    return undefined;
  }
}
