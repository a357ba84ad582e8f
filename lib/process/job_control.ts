/**
 * Whoever can let a stopped program go on is an ancestor in the same session, but another process
 * group: the shell that it is a job of. Its parent asks.
 */
const SCRIPT = `
pid=$PPID group= session=
while [ "$pid" -gt 0 ]; do
  if [ -r "/proc/$pid/stat" ]; then
    line=$(cat "/proc/$pid/stat")
    set -- \${line##*") "}
    shift
  else
    set -- $(ps -o ppid= -o pgid= -o sess= -p "$pid")
  fi
  [ $# -ge 3 ] || exit 1
  [ "$3" = "\${session:=$3}" ] || exit 1
  [ "$2" = "\${group:=$2}" ] || exit 0
  pid=$1
done
exit 1
`;

/**
 * Whether somebody can let this program go on when it stands still. Where nobody can, the system
 * takes no notice of a Ctrl-Z; but Deno, which has its own way to stop, would stand for ever.
 */
export async function canBeContinued(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("/bin/sh", {
      args: ["-c", SCRIPT],
      env: { PATH: "/usr/bin:/bin" },
      clearEnv: true,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}
