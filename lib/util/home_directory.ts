import type { Env } from "./env.ts";
import { runShell, systemPathFirst } from "./run_shell.ts";

/** Uses `getent`, or on systems without it, such as macOS, the shell's own tilde expansion. */
const SCRIPT = `
home=$(getent passwd "$(id -u)" | cut -d : -f 6)
if [ -z "$home" ]; then
  name=$(id -un) || exit 1
  case $name in
    "" | [!A-Za-z_]* | *[!A-Za-z0-9._@-]*) exit 1 ;;
    *) eval "home=~$name" ;;
  esac
fi
printf %s "$home"
`;

/**
 * Returns the user's home directory as claude determines it: HOME, or if that is unset or empty,
 * what the system has recorded for the user. Deno's own function for it needs one more permission.
 *
 * @returns undefined if it cannot be determined
 *
 * @example
 * ```ts
 * import { homeDirectory } from "./home_directory.ts";
 *
 * console.log(await homeDirectory({ HOME: "/home/ada" })); // /home/ada
 * ```
 */
export async function homeDirectory(env: Env): Promise<string | undefined> {
  const home = env["HOME"] || env["USERPROFILE"];
  if (home) return home;
  const result = await runShell(SCRIPT, { PATH: systemPathFirst(env) });
  return result?.code === 0 && result.output.startsWith("/") ? result.output : undefined;
}
