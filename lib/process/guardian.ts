/**
 * Waits for its stdin to end. Without a word before that, the program that held it
 * has gone: it asks the child to stop, as we would have, and kills what remains of
 * its group. $1 is the child's pid, $2 the tenths of a second that it gets.
 *
 * It ignores what ends the program, or it would go with it.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM PIPE
read -r word && exit
kill -s INT "$1"
tenths=$2
while [ "$tenths" -gt 0 ] && kill -0 "$1"; do sleep 0.1; tenths=$((tenths - 1)); done
kill -s KILL -- "-$1"
`;

/** A process that outlives the program, to end a child that would otherwise be left behind. */
export interface Guardian {
  /** The child has ended: there is nothing to guard any more. Resolves when the guardian has gone. */
  release(): Promise<void>;
}

/**
 * Sets a guardian over a child. The program may then end in any way, also by SIGKILL:
 * the child is ended all the same.
 *
 * @param pid the child, which leads a process group
 * @param graceMs how long the child may take to stop, in milliseconds
 * @returns undefined where there is no shell to do it
 */
export function guard(pid: number, graceMs: number): Guardian | undefined {
  let shell: Deno.ChildProcess;
  try {
    shell = new Deno.Command("/bin/sh", {
      args: ["-c", SCRIPT, "ccrun-guardian", String(pid), String(Math.ceil(graceMs / 100))],
      env: { PATH: "/usr/bin:/bin" },
      clearEnv: true,
      cwd: "/",
      stdin: "piped",
      stdout: "null",
      stderr: "null",
      // In a session of its own, or a closing terminal would take it along.
      detached: true,
    }).spawn();
  } catch {
    return undefined;
  }
  // It does not keep the program alive; that it ends with the program is its purpose.
  shell.unref();
  const writer = shell.stdin.getWriter();
  return {
    async release() {
      // Until it knows, the program's end would make it signal a pid that may be another's by then.
      shell.ref();
      await writer.write(new TextEncoder().encode("ended\n"))
        .then(() => writer.close())
        .catch(() => {}); // somebody has killed it
      await shell.status;
    },
  };
}
