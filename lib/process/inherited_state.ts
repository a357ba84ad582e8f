import { runShell } from "../util/run_shell.ts";

/** What this program inherited from its parent and Deno does not report. */
export interface InheritedState {
  /** The signals that were ignored at the start, because of `nohup` or the `&` of a script. */
  readonly ignored: ReadonlySet<Deno.Signal>;
  /** Whether there is a controlling terminal, which can send Ctrl-C. */
  readonly hasTerminal: boolean;
  readonly streams: StandardStreams;
}

/** What the standard streams are. */
export interface StandardStreams {
  /** Whether stdin is a device such as /dev/null. */
  readonly stdinIsDevice: boolean;
  /** Whether stdout is a regular file. */
  readonly stdoutIsFile: boolean;
  /** Whether a write to a full stdout fails instead of waiting, because another program has set O_NONBLOCK. */
  readonly stdoutIsNonBlocking: boolean;
  /** Whether stdout and stderr go to the same place, as with `2>&1`. True if it is not known. */
  readonly stdoutAndStderrShareTarget: boolean;
}

/** The signals of interest and their numbers. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15, SIGTSTP: 20 } as const;

/** O_NONBLOCK on Linux. */
const NON_BLOCKING = 0o4000;

/**
 * Prints a line for each finding. A shell inherits the same streams and ignored signals, except that
 * its stderr is read here. Without /proc, the script sends each signal to a shell to see which ones it
 * survives.
 */
const SCRIPT = `
[ -c /dev/stdin ] && echo 'stdin device' >&2
[ -f /dev/stdout ] && echo 'stdout file' >&2
stderr=/proc/$PPID/fd/2
{ [ /dev/stdout -ef "$stderr" ] || [ ! -e "$stderr" ]; } && echo 'shared target' >&2
exec >&2 2>/dev/null
[ -t 0 ] </dev/tty && echo terminal
if [ -r /proc/$$/status ]; then
  while read -r key value; do
    [ "$key" = SigIgn: ] && echo "mask $value"
  done </proc/$$/status
  while read -r key value; do
    [ "$key" = flags: ] && echo "flags $value"
  done </proc/"$PPID"/fdinfo/1
else
  ulimit -c 0
  for name in HUP INT QUIT TERM; do
    /bin/sh -c "kill -s $name \\$\\$; echo SIG$name"
  done
fi
`;

/**
 * Reads the inherited state. Must be called first of all: Deno stops ignoring signals half a second
 * after the start, or when the first signal listener is added.
 */
export async function readInheritedState(): Promise<InheritedState> {
  const lines = await runScript();
  const mask = lines.find((line) => line.startsWith("mask "))?.replace("mask ", "0x") ?? "0";
  const flags = lines.find((line) => line.startsWith("flags "))?.replace("flags ", "") ?? "0";
  const isIgnored = (name: string, number: number) =>
    lines.includes(name) || (BigInt(mask) >> BigInt(number - 1)) % 2n === 1n;
  const signals = Object.entries(SIGNALS) as [Deno.Signal, number][];
  return {
    ignored: new Set(signals.filter((entry) => isIgnored(...entry)).map(([name]) => name)),
    hasTerminal: lines.includes("terminal"),
    streams: {
      stdinIsDevice: lines.includes("stdin device"),
      stdoutIsFile: lines.includes("stdout file"),
      stdoutIsNonBlocking: (Number.parseInt(flags, 8) & NON_BLOCKING) !== 0,
      stdoutAndStderrShareTarget: lines.includes("shared target"),
    },
  };
}

async function runScript(): Promise<readonly string[]> {
  const result = await runShell(SCRIPT, {}, [], { sharesStreams: true });
  return result?.output.split("\n") ?? [];
}
