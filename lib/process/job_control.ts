import { runShell } from "../util/run_shell.ts";

/**
 * Looks for an ancestor in the same session but in another process group. That is the shell which has
 * started this program as a job, and which can resume it. The script starts at its own parent.
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
 * Returns whether a shell can resume this program after Ctrl-Z. Without one, the kernel ignores
 * SIGTSTP, but Deno would stay suspended forever.
 */
export async function canBeResumed(): Promise<boolean> {
  return (await runShell(SCRIPT))?.code === 0;
}
