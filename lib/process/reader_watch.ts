import { spawnHelper } from "./helper_process.ts";
import type { Env } from "../util/env.ts";

/** Options of {@linkcode watchReader}. */
export interface ReaderWatchOptions {
  /** The environment whose PATH and outer runs the watch has. */
  readonly env: Env;
  /** The shell and its first arguments. @default {["/bin/sh"]} */
  readonly shell?: readonly [string, ...string[]];
}

/** A watch over who reads the program's stdout. */
export interface ReaderWatch {
  /**
   * Resolves when nobody is left who reads stdout. Where that cannot be watched it never does:
   * then a program learns of it when it next writes.
   */
  readonly gone: Promise<void>;
  /**
   * Ends the watch. Resolves when its processes have gone. To be called before the program ends:
   * until then the watch holds stdout open, and the reader finds no end.
   */
  close(): Promise<void>;
}

/**
 * The watch's program, for any POSIX shell. Its arguments: the program's process id, and a file.
 *
 * GNU's `tail -f` asks whether its stdout still has a reader, and dies of SIGPIPE when not. That it
 * ends with the program is left to a second process, which does not hold stdout: it reads what ends
 * only with the program, and then kills the group that the two are. `--pid` would not do: a program
 * that was killed counts as alive until its parent has asked how it ended, and that may be the reader,
 * who waits for the end of stdout first. It is there for when somebody has killed the second process,
 * and because other kinds of tail do not know it: they would watch nothing, and so they go.
 */
const WATCH_SCRIPT = `: ccrun-reader
[ -p /dev/fd/1 ] || exit 0
exec 3<&0 </dev/null
{ read -r line <&3; kill -s KILL -- -$$; } >/dev/null &
exec tail -n 0 -f --pid="$1" -- "$2" 3<&-
`;

const NO_WATCH: ReaderWatch = { gone: new Promise(() => {}), close: async () => {} };

/**
 * Watches whether the program's stdout still has a reader, also while nothing is written. It works
 * where stdout is a pipe and `tail` is GNU's, and does nothing elsewhere. It does not keep the
 * program alive, and ends with it, however it ends.
 *
 * @example
 * ```ts
 * import { watchReader } from "./reader_watch.ts";
 *
 * const watch = watchReader({ env: { PATH: "/usr/bin:/bin" } });
 * watch.gone.then(() => console.error("Nobody reads this any more."));
 * // ... what takes long and writes little ...
 * await watch.close();
 * ```
 */
export function watchReader(options: ReaderWatchOptions): ReaderWatch {
  if (Deno.build.os === "windows") return NO_WATCH;
  const process = spawnHelper({
    name: "ccrun-reader-watch",
    script: WATCH_SCRIPT,
    // Nothing can be added to a file that runs, or it would come out on stdout. It is no link,
    // either: behind links tail looks only once a second.
    args: [`${Deno.pid}`, Deno.execPath()],
    env: options.env,
    shell: options.shell,
    stdout: "inherit",
    // Its end tells that both processes have gone.
    stderr: "piped",
  });
  if (process === undefined) return NO_WATCH;
  const errors = process.stderr.pipeTo(new WritableStream());
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  const end = () => {
    // Later, its id may be somebody else's.
    if (isOver) return;
    isOver = true;
    try {
      Deno.kill(-process.pid, "SIGKILL");
    } catch {
      // Both have ended.
    }
    process.stdin.close().catch(() => {});
  };
  const ended = process.status.then(async ({ signal }) => {
    // Any other end, such as a kill by somebody, says nothing of the reader.
    if (signal === "SIGPIPE") resolve();
    end();
    await errors;
  });
  process.unref();
  return {
    gone,
    async close() {
      process.ref();
      end();
      await ended;
    },
  };
}
