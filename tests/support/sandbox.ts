/**
 * Isolated directories and an isolated environment for a test, in which every started process can be found.
 *
 * @module
 */

import { stopIgnoringSignals } from "./default_signals.ts";
import { living } from "./process_table.ts";
import { waitFor } from "./wait_for.ts";

/** The directories, the environment and the processes of a test. Disposing of it removes them. */
export interface Sandbox extends AsyncDisposable {
  /** The directory that contains the others. */
  readonly root: string;
  /** The home directory, which is empty at first. */
  readonly home: string;
  /** The workspace, which contains a few small files. */
  readonly project: string;
  /** The first directory in PATH. It contains `node` and the programs of the test. */
  readonly bin: string;
  /**
   * Returns the environment of its processes. It inherits nothing.
   *
   * @param apiUrl the Messages API; by default an address that refuses connections
   */
  env(apiUrl?: string): Record<string, string>;
  /** Returns the running processes that were started here, even if they have left the process tree. */
  processes(): Promise<readonly number[]>;
  /** Waits until no process is left, by default for 10 s, and fails with the names of the others. */
  assertNothingLeft(withinMs?: number): Promise<void>;
}

/** The variable that marks the processes of a sandbox. Child processes inherit it. */
const MARK_VARIABLE = "CCRUN_TEST_MARK";

const MARK_BYTES = 16;

/** Refuses connections at once. */
const NO_API = "http://127.0.0.1:9";

/** More than ccrun needs to stop everything that it has started. */
const GONE_WITHIN_MS = 10_000;

/** The directories of the system in the PATH of a sandbox. */
export const SANDBOX_PATH = "/usr/local/bin:/usr/bin:/bin";

/** The first exit code of a shell that cannot run a command. */
const NOT_EXECUTABLE = 126;

/** Longer than a killed process needs to exit on a loaded machine. */
const KILLED_WITHIN_MS = 5_000;

const PROJECT_FILES: Readonly<Record<string, string>> = {
  "README.md": "# Example\n\nA project to try things on.\n",
  "greet.js": "export function greet(name) {\n  return `Hello, ${name}!`;\n}\n",
  "notes.txt": "first line\nsecond line\nthird line\n",
};

/**
 * Creates a sandbox.
 *
 * @example
 * ```ts
 * await using sandbox = await makeSandbox();
 * ```
 */
export async function makeSandbox(): Promise<Sandbox> {
  stopIgnoringSignals();
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "ccrun-test-" }));
  const home = `${root}/home`;
  const project = `${root}/project`;
  const bin = `${root}/bin`;
  const temp = `${root}/tmp`;
  for (const folder of [home, project, bin, temp]) await Deno.mkdir(folder);
  for (const [name, content] of Object.entries(PROJECT_FILES)) {
    await Deno.writeTextFile(`${project}/${name}`, content);
  }
  await Deno.symlink(await nodePath(), `${bin}/node`);

  const mark = randomHex(MARK_BYTES);
  const processes = () => processesWith(`${MARK_VARIABLE}=${mark}`);

  return {
    root,
    home,
    project,
    bin,
    env: (apiUrl = NO_API) => ({
      HOME: home,
      PATH: `${bin}:${SANDBOX_PATH}`,
      LANG: "C.UTF-8",
      // Claude Code leaves files in both.
      TMPDIR: temp,
      CLAUDE_CODE_TMPDIR: temp,
      ANTHROPIC_API_KEY: "sk-placeholder",
      ANTHROPIC_BASE_URL: apiUrl,
      DISABLE_AUTOUPDATER: "1",
      DISABLE_TELEMETRY: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      // A claude of a test ends before compiled code would pay off.
      BUN_JSC_useJIT: "0",
      // Allows root to skip permissions.
      IS_SANDBOX: "1",
      [MARK_VARIABLE]: mark,
    }),
    processes,
    async assertNothingLeft(withinMs = GONE_WITHIN_MS): Promise<void> {
      const gone = await waitFor(async () => (await processes()).length === 0, withinMs);
      if (!gone) throw new Error(`still running:\n${await commandLines(await processes())}`);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      // A process may start others before it is killed.
      await waitFor(async () => {
        const left = await processes();
        for (const pid of left) kill(pid);
        return left.length === 0;
      }, KILLED_WITHIN_MS);
      await Deno.remove(root, { recursive: true }).catch((error: unknown) => {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      });
    },
  };
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has exited in the meantime.
  }
}

function randomHex(bytes: number): string {
  const random = crypto.getRandomValues(new Uint8Array(bytes));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Returns the running processes with this text in their environment. A zombie has none. */
async function processesWith(assignment: string): Promise<readonly number[]> {
  if (Deno.build.os === "linux") {
    const search = `grep -lszxF -e "$1" /proc/[0-9]*/environ`;
    const output = await shell(search, [assignment]);
    return [...output.matchAll(/\/proc\/(\d+)\//g)].map((match) => Number(match[1]));
  }
  const output = await shell("ps eww -axo pid=,stat=,command=", []);
  return output.split("\n")
    .filter((line) => line.includes(assignment) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number.parseInt(line));
}

async function commandLines(pids: readonly number[]): Promise<string> {
  const lines = (await living(pids)).map(({ pid, parent, state, command }) =>
    `${pid} parent ${parent} ${state} ${command}`
  );
  return lines.join("\n");
}

/** Runs a script with an environment of its own, so that it does not find itself. */
async function shell(script: string, args: readonly string[]): Promise<string> {
  const { code, stdout } = await new Deno.Command("/bin/sh", {
    args: ["-c", script, "sh", ...args],
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin" },
    stdin: "null",
    stderr: "null",
  }).output();
  // Otherwise a shell that cannot run the script would look like an empty list.
  if (code >= NOT_EXECUTABLE) throw new Error(`${script}: exit code ${code}`);
  return new TextDecoder().decode(stdout);
}

/** Keeps the path of Node. All test files of a process share its environment, so few have to ask Node. */
const NODE_VARIABLE = "CCRUN_TEST_NODE";

/** Returns the real executable of Node, because the wrapper of a version manager needs its environment. */
async function nodePath(): Promise<string> {
  const known = Deno.env.get(NODE_VARIABLE);
  if (known) return known;
  const { stdout } = await new Deno.Command("node", {
    args: ["-p", "process.execPath"],
    stdin: "null",
    stderr: "null",
  }).output();
  const path = new TextDecoder().decode(stdout).trim();
  Deno.env.set(NODE_VARIABLE, path);
  return path;
}
