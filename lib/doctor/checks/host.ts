import { execCapture } from "../../process/exec_capture.ts";
import type { Env } from "../../util/env.ts";

/** What the machine has, and what the user may do there. */
export interface Host {
  /** Whether there is a shell that could say so; without one, nothing else is known. */
  readonly hasShell: boolean;
  /** The user's number; 0 is root. */
  readonly uid: number | undefined;
  /** Whether there is a program of that name. */
  has(name: string): boolean;
  /** Whether the user may write there: also with a file system that is read-only. Undefined when it is not known. */
  mayWrite(path: string): boolean | undefined;
  /** Whether the user may see what is in that folder, likewise. */
  mayRead(path: string): boolean | undefined;
}

/** Options of {@linkcode inspectHost}. */
export interface HostOptions {
  readonly env: Env;
  /** The places for which {@linkcode Host.mayWrite} and {@linkcode Host.mayRead} are asked. */
  readonly places: readonly string[];
  /** Ends it before its time. */
  readonly until?: Promise<unknown> | undefined;
}

/** A shell that takes longer hangs. */
const LIMIT_MS = 5000;

/** What the guardian, the watch over the reader, isolation and claude itself need. */
const PROGRAMS = ["grep", "awk", "ps", "tail", "bash", "zsh", "git", "unshare"];

/**
 * A shell asks the kernel what the user may do, which Deno cannot. For a place that does not exist
 * yet, the nearest folder above it is asked. `proc` is no program, but the processes in it are what
 * is looked for.
 */
const SCRIPT = `
echo "uid $(id -u)"
for name in ${PROGRAMS.join(" ")}; do command -v $name >/dev/null 2>&1 && echo "has $name"; done
[ -r /proc/$$/stat ] && echo "has proc"
tail --version </dev/null 2>/dev/null | grep -q GNU && echo "has gnu-tail"
number=0
for place; do
  while [ ! -e "$place" ] && [ ! -L "$place" ] && [ "$place" != "\${place%/*}" ]; do
    place=\${place%/*}
  done
  [ -w "\${place:-/}" ] && echo "writes $number"
  [ -r "\${place:-/}" ] && echo "reads $number"
  number=$((number + 1))
done
echo end
`;

/** Asks a shell what the machine has. */
export async function inspectHost(options: HostOptions): Promise<Host> {
  const { env, places, until } = options;
  const said = new Set<string>();
  if (Deno.build.os !== "windows") {
    try {
      const { stdout } = await execCapture({
        command: "/bin/sh",
        args: ["-c", SCRIPT, "sh", ...places],
        // As those who need the programs have it.
        env: { ...env, PATH: `/usr/bin:/bin:${env["PATH"] ?? ""}`, LC_ALL: "C" },
        cwd: "/",
        limitMs: LIMIT_MS,
        ...(until === undefined ? {} : { signal: until }),
      });
      for (const line of stdout.split("\n")) said.add(line);
    } catch {
      // There is none, or it may not be started.
    }
  }
  const hasShell = said.has("end");
  const uid = [...said].find((line) => /^uid \d+$/.test(line))?.slice("uid ".length);
  return {
    hasShell,
    uid: uid === undefined ? undefined : Number(uid),
    has: (name) => said.has(`has ${name}`),
    mayWrite: (path) => hasShell ? said.has(`writes ${places.indexOf(path)}`) : undefined,
    mayRead: (path) => hasShell ? said.has(`reads ${places.indexOf(path)}`) : undefined,
  };
}
