import { readBoundedTextFile } from "../util/bounded_file.ts";
import type { Env } from "../util/env.ts";
import { compareVersions } from "./version.ts";

const IS_WINDOWS = Deno.build.os === "windows";

/**
 * Returns where installers and version managers put claude, in the order in which it is searched. PATH
 * often lacks these directories in cron and CI.
 */
export async function installDirectories(env: Env): Promise<string[]> {
  const home = env["HOME"] || env["USERPROFILE"];
  const inHome = home ? await directoriesInHome(env, home) : [];
  const prefix = env["NPM_CONFIG_PREFIX"] || env["npm_config_prefix"];
  const prefixes = prefix ? [IS_WINDOWS ? prefix : `${prefix}/bin`] : [];
  if (!IS_WINDOWS) {
    return [...inHome, ...prefixes, "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin"];
  }
  const appData = env["APPDATA"];
  return [...inHome, ...prefixes, ...(appData === undefined ? [] : [`${appData}/npm`])];
}

async function directoriesInHome(env: Env, home: string): Promise<string[]> {
  const data = env["XDG_DATA_HOME"] || `${home}/.local/share`;
  return [
    `${home}/.local/bin`,
    `${home}/.claude/local`,
    `${home}/.npm-global/bin`,
    ...await npmrcDirectories(home),
    `${env["BUN_INSTALL"] || `${home}/.bun`}/bin`,
    `${env["VOLTA_HOME"] || `${home}/.volta`}/bin`,
    env["PNPM_HOME"] || `${data}/pnpm`,
    `${home}/.yarn/bin`,
    `${env["ASDF_DATA_DIR"] || `${home}/.asdf`}/shims`,
    `${env["MISE_DATA_DIR"] || `${data}/mise`}/shims`,
    ...await versionDirectories(`${env["NVM_DIR"] || `${home}/.nvm`}/versions/node`, "bin"),
    ...await versionDirectories(`${data}/fnm/node-versions`, "installation/bin"),
  ];
}

/** Returns the directory of each version of Node.js in `directory`, the newest one first. */
async function versionDirectories(directory: string, bin: string): Promise<string[]> {
  const versions: string[] = [];
  try {
    for await (const { name } of Deno.readDir(directory)) {
      if (/^v\d+\.\d+\.\d+$/.test(name)) versions.push(name.slice(1));
    }
  } catch {
    return []; // The version manager is not installed.
  }
  versions.sort((a, b) => compareVersions(b, a));
  return versions.map((version) => `${directory}/v${version}/${bin}`);
}

/** Much more than the options of npm take. */
const MAX_NPMRC_BYTES = 1024 * 1024;

/** Returns the directory that the user has configured for global packages of npm. */
async function npmrcDirectories(home: string): Promise<string[]> {
  const text = await readBoundedTextFile(`${home}/.npmrc`, MAX_NPMRC_BYTES).catch(() => "");
  const prefix = /^[ \t]*prefix[ \t]*=[ \t]*["']?([^\r\n"']+?)["']?[ \t]*$/m.exec(text)?.[1];
  if (prefix === undefined) return [];
  const path = prefix.replace(/^(?:~|\$\{HOME\})(?=\/|$)/, home);
  return [IS_WINDOWS ? path : `${path}/bin`];
}
