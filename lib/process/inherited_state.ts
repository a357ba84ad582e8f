import { runShellScript } from "./run_shell.ts";

/** What a program has inherited from the one that started it, and Deno does not tell. */
export interface InheritedState {
  /** The signals that it was started to ignore: by `nohup`, or by a script's `&`. */
  readonly ignored: ReadonlySet<Deno.Signal>;
  /** Whether it belongs to a terminal, from which a Ctrl-C may come. */
  readonly hasTerminal: boolean;
  /** What its output goes to; undefined where that cannot be seen, as without /proc. */
  readonly output?: OutputStreams | undefined;
}

/** What stdout and stderr go to. */
export interface OutputStreams {
  /** Whether stdout goes to a file. */
  readonly stdoutIsFile: boolean;
  /** Whether both go to one place, as with `2>&1`. */
  readonly areOne: boolean;
}

/** The signals that are asked for, and their bits in /proc. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15, SIGTSTP: 20 } as const;

/**
 * A shell has inherited the same, but for its output, which it looks up. Where it finds no /proc, it
 * looks who survives the signal.
 */
const SCRIPT = `
[ -t 0 ] </dev/tty && echo terminal
if [ -r /proc/$$/status ]; then
  while read -r key value; do
    [ "$key" = SigIgn: ] && echo "mask $value"
  done </proc/$$/status
  if [ -r /proc/$PPID/fd ]; then
    echo output
    [ -f /proc/$PPID/fd/1 ] && echo file
    [ /proc/$PPID/fd/1 -ef /proc/$PPID/fd/2 ] && echo one
  fi
else
  ulimit -c 0
  for name in HUP INT QUIT TERM; do
    /bin/sh -c "kill -s $name \\$\\$; echo SIG$name"
  done
fi
`;

/**
 * Finds out what was inherited. It takes as long as it takes to start a shell. To be called before
 * anything is waited for: half a second after the start, or when something listens to any signal,
 * Deno undoes what was ignored.
 */
export async function readInheritedState(): Promise<InheritedState> {
  const ignored = new Set<Deno.Signal>();
  let hasTerminal = false;
  let output: OutputStreams | undefined;
  if (Deno.build.os === "windows") return { ignored, hasTerminal };
  try {
    const lines = (await runShellScript(SCRIPT)).split("\n");
    if (lines.includes("output")) {
      output = { stdoutIsFile: lines.includes("file"), areOne: lines.includes("one") };
    }
    for (const line of lines) {
      const [word = "", mask = ""] = line.split(" ");
      if (word === "terminal") hasTerminal = true;
      for (const [name, number] of Object.entries(SIGNALS) as [keyof typeof SIGNALS, number][]) {
        const isInMask = word === "mask" && (BigInt(`0x${mask}`) >> BigInt(number - 1)) % 2n === 1n;
        if (word === name || isInMask) ignored.add(name);
      }
    }
  } catch {
    // No shell: then nothing is known to be ignored, which is the usual case.
  }
  return { ignored, hasTerminal, output };
}
