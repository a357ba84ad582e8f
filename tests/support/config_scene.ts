import { dirname } from "@std/path/dirname";
import { type ConfigFiles, readConfigFiles } from "../../lib/claude/config_files.ts";
import type { Env } from "../../lib/util/env.ts";

/** A temporary directory with a home, a workspace, and a directory for managed settings. */
export interface ConfigScene extends AsyncDisposable {
  readonly root: string;
  readonly home: string;
  readonly project: string;
  readonly managed: string;
  /** Writes a file below the root, as JSON unless it is a string, and returns its path. */
  write(path: string, content: unknown): Promise<string>;
  /** Reads all configuration files. */
  read(env?: Env): Promise<ConfigFiles>;
}

/** Creates a {@linkcode ConfigScene}. */
export async function makeConfigScene(): Promise<ConfigScene> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "ccrun-test-" }));
  const [home, project, managed] = [`${root}/home`, `${root}/project`, `${root}/managed`];
  for (const directory of [home, project]) await Deno.mkdir(directory);
  return {
    root,
    home,
    project,
    managed,
    async write(path, content) {
      const full = `${root}/${path}`;
      await Deno.mkdir(dirname(full), { recursive: true });
      const text = typeof content === "string" ? content : JSON.stringify(content);
      await Deno.writeTextFile(full, text);
      return full;
    },
    read: (env = {}) => readConfigFiles({ env, home, cwd: project, managedDirectory: managed }),
    async [Symbol.asyncDispose]() {
      await Deno.remove(root, { recursive: true });
    },
  };
}
