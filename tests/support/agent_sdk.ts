/**
 * Installs a fixed version of the Agent SDK once, with npm. It is not in deno.json because its
 * executables are large.
 *
 * @module
 */

import { npmInstall } from "./claude.ts";
import { makeOnce } from "./make_once.ts";
import { cacheFolder } from "./paths.ts";

const PACKAGE = "@anthropic-ai/claude-agent-sdk";
const VERSION = "0.3.332";

/** Returns the folder with the modules of the SDK, and installs it if necessary. */
export async function agentSdkModules(
  onInstall: (packageSpec: string) => void = () => {},
): Promise<string> {
  const folder = `${cacheFolder()}/agent-sdk-${VERSION}`;
  await makeOnce(folder, async (draft) => {
    const packageSpec = `${PACKAGE}@${VERSION}`;
    onInstall(packageSpec);
    await npmInstall(packageSpec, draft);
  });
  return await Deno.realPath(`${folder}/node_modules`);
}

/** Returns the folder of the SDK, and installs it if necessary. */
export async function agentSdkPath(onInstall?: (packageSpec: string) => void): Promise<string> {
  return `${await agentSdkModules(onInstall)}/${PACKAGE}`;
}
