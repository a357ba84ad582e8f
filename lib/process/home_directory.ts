import { execCapture } from "./exec_capture.ts";
import type { Env } from "../util/env.ts";

/** A shell that takes longer hangs. */
const LIMIT_MS = 5000;

/**
 * Asks the system for the user's home: `getent`, and where there is none, as on macOS, the shell
 * itself, which knows the homes of users by their names.
 */
const SCRIPT = `
home=$(getent passwd "$(id -u)" 2>/dev/null | cut -d : -f 6)
if [ -z "$home" ]; then
  name=$(id -un 2>/dev/null) || exit 1
  case $name in
    "" | [!A-Za-z_]* | *[!A-Za-z0-9._@-]*) exit 1 ;;
    *) eval "home=~$name" ;;
  esac
fi
printf %s "$home"
`;

/**
 * The user's home, as claude finds it: what HOME names, and where that is not set or empty, what the
 * system knows (2.0.25 takes an empty one for the workspace). Deno would ask for one more permission
 * to tell it.
 *
 * @returns undefined where there is no telling
 *
 * @example
 * ```ts
 * import { homeDirectory } from "./home_directory.ts";
 *
 * console.log(await homeDirectory({ HOME: "/home/ada" })); // /home/ada
 * ```
 */
export async function homeDirectory(
  env: Env,
): Promise<string | undefined> {
  const given = env["HOME"] || env["USERPROFILE"];
  if (given) return given;
  if (Deno.build.os === "windows") return undefined;
  try {
    const { code, stdout } = await execCapture({
      command: "/bin/sh",
      args: ["-c", SCRIPT],
      env: { ...env, PATH: `/usr/bin:/bin:${env["PATH"] ?? ""}`, LC_ALL: "C" },
      cwd: "/",
      limitMs: LIMIT_MS,
    });
    return code === 0 && stdout.startsWith("/") ? stdout : undefined;
  } catch {
    // There is no shell, or none may be started.
    return undefined;
  }
}
