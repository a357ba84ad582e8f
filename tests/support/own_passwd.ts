/**
 * Starts programs with another list of users, for tests without HOME.
 *
 * @module
 */

import { succeeds } from "./test_with.ts";

/** Replaces the list of users, uses no other source of users, and executes the remaining arguments. */
const SCRIPT = `
mount --make-rprivate / && mount --bind "$1" /etc/passwd || exit
[ ! -e /etc/nsswitch.conf ] || mount --bind "$2" /etc/nsswitch.conf || exit
shift 2
exec "$@"
`;

function command(passwd: string, nsswitch: string): readonly [string, ...string[]] {
  return ["unshare", "-m", "sh", "-c", SCRIPT, "sh", passwd, nsswitch];
}

/** The requirements of a test that uses {@linkcode withPasswd}. */
export const OWN_PASSWD = { unless: reasonAgainst() };

function reasonAgainst(): string | undefined {
  const canMount = Deno.build.os === "linux" &&
    succeeds(...command("/etc/passwd", "/etc/passwd"), "true");
  return canMount ? undefined : "nothing can be mounted here";
}

/**
 * Returns the first arguments of a command in which the user has this home directory, or is unknown.
 *
 * @param folder receives the list of users
 */
export async function withPasswd(
  folder: string,
  home: string | undefined,
): Promise<readonly [string, ...string[]]> {
  const path = `${folder}/passwd`;
  const line = home === undefined ? "" : `tester:x:${Deno.uid()}:${Deno.gid()}::${home}:/bin/sh\n`;
  await Deno.writeTextFile(path, line);
  await Deno.writeTextFile(`${folder}/nsswitch.conf`, "passwd: files\n");
  return command(path, `${folder}/nsswitch.conf`);
}
