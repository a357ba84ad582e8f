/**
 * Starting programs that see another list of users: for what they do without HOME.
 *
 * @module
 */

/** Replaces the list of users, sees that nothing else is asked for them, and runs the rest of its words. */
const SCRIPT = `
mount --make-rprivate / && mount --bind "$1" /etc/passwd || exit
[ ! -e /etc/nsswitch.conf ] || mount --bind "$2" /etc/nsswitch.conf || exit
shift 2
exec "$@"
`;

function words(passwd: string, nsswitch: string): readonly [string, ...string[]] {
  return ["unshare", "-m", "sh", "-c", SCRIPT, "sh", passwd, nsswitch];
}

/** What a test needs that uses {@linkcode withPasswd}. */
export const OWN_PASSWD = { unless: reasonAgainst() };

function reasonAgainst(): string | undefined {
  const why = "nothing can be mounted here";
  if (Deno.build.os !== "linux") return why;
  try {
    const [command, ...args] = words("/etc/passwd", "/etc/passwd");
    const { success } = new Deno.Command(command, { args: [...args, "true"], stderr: "null" })
      .outputSync();
    return success ? undefined : why;
  } catch {
    return why;
  }
}

/**
 * The words that start a program for which the user has this home, or is unknown to the system.
 *
 * @param folder where the list may be put
 */
export async function withPasswd(
  folder: string,
  home: string | undefined,
): Promise<readonly [string, ...string[]]> {
  const path = `${folder}/passwd`;
  const line = home === undefined ? "" : `tester:x:${Deno.uid()}:${Deno.gid()}::${home}:/bin/sh\n`;
  await Deno.writeTextFile(path, line);
  await Deno.writeTextFile(`${folder}/nsswitch.conf`, "passwd: files\n");
  return words(path, `${folder}/nsswitch.conf`);
}
