/** The directories that paths are shortened by. */
export interface PathContext {
  /** The workspace. Paths in it are shown relative to it. */
  cwd?: string;
  /** The home directory, shown as `~`. */
  home?: string;
}

function relativeTo(path: string, directory: string | undefined): string | undefined {
  if (directory === undefined || directory.length < 2) return undefined;
  const base = directory.replace(/[/\\]+$/, "");
  if (!path.startsWith(base)) return undefined;
  const rest = path.slice(base.length);
  return rest === "" || /^[/\\]/.test(rest) ? rest : undefined;
}

/**
 * Shortens a path: relative to the workspace, or with `~`.
 *
 * @example
 * ```ts
 * import { shortPath } from "./display_path.ts";
 *
 * console.log(shortPath("/home/ada/x/main.ts", { cwd: "/home/ada/x" })); // main.ts
 * ```
 */
export function shortPath(path: string, { cwd, home }: PathContext): string {
  const inside = relativeTo(path, cwd);
  if (inside !== undefined) return inside === "" ? "." : inside.slice(1);
  const atHome = relativeTo(path, home);
  return atHome === undefined ? path : `~${atHome}`;
}
