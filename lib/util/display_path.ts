/** The directories by which paths are shortened. */
export interface PathContext {
  /** The workspace: paths in it are shown relative to it. */
  cwd?: string;
  /** The home directory, shown as `~`. */
  home?: string;
}

function below(path: string, directory: string | undefined): string | undefined {
  if (directory === undefined || directory.length < 2) return undefined;
  const base = directory.replace(/[/\\]+$/, "");
  if (!path.startsWith(base)) return undefined;
  const rest = path.slice(base.length);
  return rest === "" || /^[/\\]/.test(rest) ? rest : undefined;
}

/**
 * A path as short as it can be said: relative to the workspace, or with `~`.
 *
 * @example
 * ```ts
 * import { shortPath } from "./display_path.ts";
 *
 * console.log(shortPath("/home/ada/x/main.ts", { cwd: "/home/ada/x" })); // main.ts
 * ```
 */
export function shortPath(path: string, { cwd, home }: PathContext): string {
  const inside = below(path, cwd);
  if (inside !== undefined) return inside === "" ? "." : inside.slice(1);
  const atHome = below(path, home);
  return atHome === undefined ? path : `~${atHome}`;
}
