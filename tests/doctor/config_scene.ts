/**
 * Files of Claude Code's for tests of what is read from them.
 *
 * @module
 */

import { dirname } from "node:path";
import { type ConfigFiles, readConfigFiles } from "../../lib/doctor/checks/config_files.ts";

/** A home, a workspace, and an administrator's folder, all of them empty. */
export interface ConfigScene extends AsyncDisposable {
  readonly root: string;
  readonly home: string;
  readonly project: string;
  readonly managed: string;
  /** Writes a file below the root: JSON, or a text as it is. */
  write(path: string, content: unknown): Promise<string>;
  /** Reads all. */
  read(env?: { readonly [name: string]: string }): Promise<ConfigFiles>;
}

/** Makes a {@linkcode ConfigScene}. */
export async function makeConfigScene(): Promise<ConfigScene> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "ccrun-test-" }));
  const [home, project, managed] = [`${root}/home`, `${root}/project`, `${root}/managed`];
  for (const folder of [home, project]) await Deno.mkdir(folder);
  return {
    root,
    home,
    project,
    managed,
    async write(path, content) {
      const full = `${root}/${path}`;
      await Deno.mkdir(dirname(full), { recursive: true });
      await Deno.writeTextFile(
        full,
        typeof content === "string" ? content : JSON.stringify(content),
      );
      return full;
    },
    read: (env = {}) =>
      readConfigFiles({
        env: { HOME: home, ...env },
        home: env["HOME"] ?? home,
        cwd: project,
        managedFolder: managed,
      }),
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };
}
