import { runShell } from "./run_shell.ts";

/** How many looks in a row have to find no writer. A rotated file has none until the writer reopens it. */
const LOOKS_WITHOUT_WRITER = 2;

/**
 * Notices that a program has closed the file to which it wrote, even if it was killed. This needs no help
 * from the program. A lock would: it exists only if the writer is ccrun, and on some file systems, such as
 * SMB shares, no other program can read a file that is locked.
 */
export class WriterWatch {
  readonly #path: string;
  readonly #intervalMs: number;
  #lookedAt = -Infinity;
  #hasSeenWriter = false;
  #looksWithoutWriter = 0;

  /** @param intervalMs the time between two looks at the processes, in milliseconds */
  constructor(path: string, intervalMs = 1_000) {
    this.#path = path;
    this.#intervalMs = intervalMs;
  }

  /** Whether a program was seen that had the file open to write. Those of other users cannot be seen. */
  get hasSeenWriter(): boolean {
    return this.#hasSeenWriter;
  }

  /** Returns whether the file had a writer and has none now. Looks at most once in the interval. */
  async isClosed(): Promise<boolean> {
    if (performance.now() - this.#lookedAt >= this.#intervalMs) {
      const isWritten = await hasWriter(this.#path);
      this.#lookedAt = performance.now();
      if (isWritten) this.#hasSeenWriter = true;
      this.#looksWithoutWriter = isWritten === false ? this.#looksWithoutWriter + 1 : 0;
    }
    return this.#hasSeenWriter && this.#looksWithoutWriter >= LOOKS_WITHOUT_WRITER;
  }
}

/** Fails with 1 if no process has the file $1 open to write, and with 2 if that is not known. */
const FIND_WRITER = `
if [ -d /proc/self/fd ]; then
  for fd in /proc/[0-9]*/fd/*; do
    [ "$fd" -ef "$1" ] || continue
    while read -r name flags; do
      case $name$flags in flags:*[12]) exit 0 ;; esac
    done <"\${fd%/fd/*}/fdinfo/\${fd##*/}"
  done
  exit 1
fi
lsof=$(command -v lsof || command -v /usr/sbin/lsof) || exit 2
"$lsof" -Fa -- "$1" | grep -q '^a[wu]'`;

/**
 * Returns whether a process has a file open to write it. Processes of other users and in other containers
 * cannot be seen.
 *
 * @returns undefined if the processes cannot be listed
 */
export async function hasWriter(path: string): Promise<boolean | undefined> {
  const code = (await runShell(FIND_WRITER, {}, [path]))?.code;
  if (code === 0) return true;
  return code === 1 ? false : undefined;
}
