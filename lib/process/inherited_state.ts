import { runShell } from "../util/run_shell.ts";

/** What this program inherited from its parent and Deno does not report. */
export interface InheritedState {
  /** The signals that were ignored at the start, because of `nohup` or the `&` of a script. */
  readonly ignored: ReadonlySet<Deno.Signal>;
  /** Whether there is a controlling terminal, which can send Ctrl-C. */
  readonly hasTerminal: boolean;
  /** Whether a write to a full stdout fails instead of waiting, because another program wants it so. */
  readonly isStdoutNonBlocking: boolean;
}

/** The signals of interest and their numbers. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15, SIGTSTP: 20 } as const;

/** O_NONBLOCK on Linux. */
const NON_BLOCKING = 0o4000;

/**
 * Prints a line for each finding. A shell inherits the same ignored signals. Without /proc, the
 * script sends each signal to a shell to see which ones it survives.
 */
const SCRIPT = `
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
  const lines = (await runShell(SCRIPT))?.stdout.split("\n") ?? [];
  const mask = lines.find((line) => line.startsWith("mask "))?.replace("mask ", "0x") ?? "0";
  const flags = lines.find((line) => line.startsWith("flags "))?.replace("flags ", "") ?? "0";
  const isIgnored = (name: string, number: number) =>
    lines.includes(name) || (BigInt(mask) >> BigInt(number - 1)) % 2n === 1n;
  const signals = Object.entries(SIGNALS) as [Deno.Signal, number][];
  return {
    ignored: new Set(signals.filter((entry) => isIgnored(...entry)).map(([name]) => name)),
    hasTerminal: lines.includes("terminal"),
    isStdoutNonBlocking: (Number.parseInt(flags, 8) & NON_BLOCKING) !== 0,
  };
}
