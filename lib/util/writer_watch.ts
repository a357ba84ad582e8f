import { runShell } from "./run_shell.ts";

/** How many looks in a row have to find no writer. A rotated file has none until the writer reopens it. */
const LOOKS_WITHOUT_WRITER = 2;

/** The same if there was none at the first look, because a writer in another container cannot be seen. */
const LOOKS_WITHOUT_ANY_WRITER = 10;

/**
 * Notices that a program has closed the file to which it wrote, even if it was killed. This needs no help
 * from the program. A lock would: it exists only if the writer is ccrun, and on some file systems, such as
 * SMB shares, no other program can read a file that is locked.
 */
export class WriterWatch {
  readonly #path: string;
  readonly #intervalMs: number;
  #lookedAt = -Infinity;
  /** Where the last look found a writer. */
  #writer = "";
  #version: string | undefined;
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

  /**
   * Returns whether the file exists, has no writer, and no longer changes. Looks at most once in the interval.
   */
  async isClosed(): Promise<boolean> {
    if (performance.now() - this.#lookedAt >= this.#intervalMs) {
      await this.#look();
      this.#lookedAt = performance.now();
    }
    const limit = this.#hasSeenWriter ? LOOKS_WITHOUT_WRITER : LOOKS_WITHOUT_ANY_WRITER;
    return this.#looksWithoutWriter >= limit;
  }

  async #look(): Promise<void> {
    const writer = await findWriter(this.#path, this.#writer);
    const version = await versionOf(this.#path);
    const isUnchanged = version !== undefined && version === this.#version;
    this.#version = version;
    this.#writer = writer ?? "";
    if (writer) this.#hasSeenWriter = true;
    this.#looksWithoutWriter = writer === "" && isUnchanged ? this.#looksWithoutWriter + 1 : 0;
  }
}

/** Returns a text that changes when a file does; undefined if there is none. */
async function versionOf(path: string): Promise<string | undefined> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info && `${info.ino}:${info.size}:${info.mtime?.getTime()}`;
}

/**
 * Prints where a process has the file $1 open to write, which can be $2. Fails with 1 if none has, and with 2
 * if that is not known, as for a file of another user.
 */
const FIND_WRITER = `
is_writer() {
  [ "$1" -ef "$2" ] || return 1
  while read -r name flags; do
    case $name$flags in flags:*[12]) return 0 ;; esac
  done <"\${1%/fd/*}/fdinfo/\${1##*/}"
  return 1
}
if [ -d /proc/self/fd ]; then
  is_writer "$2" "$1" && echo "$2" && exit
  for fd in /proc/[0-9]*/fd/*; do
    is_writer "$fd" "$1" && echo "$fd" && exit
  done
else
  lsof=$(command -v lsof || command -v /usr/sbin/lsof) || exit 2
  "$lsof" -Fa -- "$1" | grep '^a[wu]' && exit
fi
[ -O "$1" ] || [ "$(id -u)" = 0 ] || exit 2
exit 1`;

/**
 * Returns where a process has a file open to write it, which is not empty. Processes of other users and in
 * other containers cannot be seen.
 *
 * @param known where it was found before, which is looked at first
 * @returns an empty text if there is none; undefined if that is not known
 */
export async function findWriter(path: string, known = ""): Promise<string | undefined> {
  const result = await runShell(FIND_WRITER, {}, [path, known]);
  if (result?.code === 0) return result.output.trim();
  return result?.code === 1 ? "" : undefined;
}
