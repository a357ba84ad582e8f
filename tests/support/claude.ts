/**
 * Installs a fixed version of the real Claude Code once, with npm.
 *
 * @module
 */

import { compareVersions, TESTED_VERSIONS } from "../../lib/claude/version.ts";
import { makeOnce } from "./make_once.ts";
import { cacheFolder } from "./paths.ts";
import type { Needs } from "./test_with.ts";

/** The newest version that ccrun supports. The tests are written for it. */
export const DEFAULT_VERSION: string = TESTED_VERSIONS.newest;

/** The first version with a package of a native executable for each platform. */
const FIRST_NATIVE_VERSION = "2.1.110";

/** The version that the tests use. CCRUN_TEST_CLAUDE_VERSION selects another one. */
export const claudeVersion: string = Deno.env.get("CCRUN_TEST_CLAUDE_VERSION") ||
  DEFAULT_VERSION;

/** Returns whether the tests use this version of Claude Code or a newer one. */
export function claudeAtLeast(version: string): boolean {
  return compareVersions(claudeVersion, version) >= 0;
}

/** Returns the requirement that the tests use this version or a newer one, with the reason. */
export function sinceClaude(version: string, reason: string): Needs {
  return claudeAtLeast(version) ? {} : { unless: reason };
}

/** Options of {@linkcode claudePath}. */
export interface ClaudePathOptions {
  /** Is called with the name of the package before it is downloaded. */
  readonly onInstall?: (packageName: string) => void;
}

let installed: Promise<string> | undefined;

/** Returns the path of the Claude Code executable, and installs it if necessary. */
export function claudePath(options: ClaudePathOptions = {}): Promise<string> {
  installed ??= install(options);
  return installed;
}

async function install(options: ClaudePathOptions): Promise<string> {
  const folder = `${cacheFolder()}/claude-${claudeVersion}`;
  const native = claudeAtLeast(FIRST_NATIVE_VERSION);
  const packageName = native ? nativePackage() : "@anthropic-ai/claude-code";
  await makeOnce(folder, async (draft) => {
    options.onInstall?.(`${packageName}@${claudeVersion}`);
    await npmInstall(`${packageName}@${claudeVersion}`, draft);
    if (!native) await writeWrapper(`${draft}/claude`);
  });
  const path = native ? `${folder}/node_modules/${packageName}/claude` : `${folder}/claude`;
  await Deno.chmod(path, 0o755);
  return path;
}

function nativePackage(): string {
  const { os, arch, target } = Deno.build;
  const processor = arch === "aarch64" ? "arm64" : "x64";
  const library = target.includes("musl") ? "-musl" : "";
  if (os !== "linux" && os !== "darwin") {
    throw new Error(`the tests have no Claude Code for ${os}: run them on Linux or macOS`);
  }
  return `@anthropic-ai/claude-code-${os}-${processor}${library}`;
}

/** Installs an npm package into a folder. */
export async function npmInstall(packageSpec: string, folder: string): Promise<void> {
  const args = [
    "install",
    "--prefix",
    folder,
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--no-save",
    "--no-package-lock",
    "--omit=optional",
    "--loglevel=error",
    packageSpec,
  ];
  const reason = await runQuietly("npm", args, folder);
  if (reason === undefined) return;
  throw new Error(
    `npm could not install ${packageSpec} for the tests (${reason}): ` +
      "check that npm is in PATH and reaches its registry",
  );
}

/** Runs a command and returns why it failed, in one line. */
async function runQuietly(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<string | undefined> {
  try {
    const child = new Deno.Command(command, { args: [...args], cwd, stdin: "null" });
    const { success, code, stderr } = await child.output();
    if (success) return undefined;
    const lines = new TextDecoder().decode(stderr).split("\n");
    const errors = lines.filter((line) => /error|ERR!/.test(line)).slice(0, 2);
    return errors.join("; ").trim() || `exit code ${code}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Writes an executable for older versions, which are a script for Node. */
async function writeWrapper(path: string): Promise<void> {
  const script = 'exec node "${0%/*}/node_modules/@anthropic-ai/claude-code/cli.js" "$@"';
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`);
}
