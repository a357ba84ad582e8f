/**
 * A place of its own for each test: folders, an environment made from nothing, and the means to find
 * every process that was started there.
 *
 * @module
 */

import { living } from "./process_table.ts";
import { waitFor } from "./wait_for.ts";

/** A test's own folders, environment and processes. Disposing of it leaves nothing behind. */
export interface Sandbox extends AsyncDisposable {
  /** The folder that holds the others. */
  readonly root: string;
  /** The home directory: empty at first. */
  readonly home: string;
  /** The workspace, with a few small files. */
  readonly project: string;
  /** A folder that comes first in PATH: `node` is in it, and what a test puts there. */
  readonly bin: string;
  /**
   * The environment for everything that is started here, made from nothing.
   *
   * @param apiUrl The Messages API; without one, an address where nothing answers.
   */
  env(apiUrl?: string): Record<string, string>;
  /** The processes that were started here and live, wherever they are in the process tree. */
  processes(): Promise<readonly number[]>;
  /**
   * Waits until no process is left, by default for 10 s, and fails with the names of the others.
   */
  assertNothingLeft(withinMs?: number): Promise<void>;
}

/** The variable that marks the processes of a sandbox. Child processes inherit it. */
const MARK_VARIABLE = "CCRUN_TEST_MARK";

const MARK_BYTES = 16;

/** Nothing answers there, and the refusal comes at once. */
const NO_API = "http://127.0.0.1:9";

/** What ccrun may take to end everything it started, and more. */
const GONE_WITHIN_MS = 10_000;

/** Where everything that a sandbox has not got itself is looked for. */
export const SANDBOX_PATH = "/usr/local/bin:/usr/bin:/bin";

/** The shell's first exit code for a command that it cannot run. */
const NOT_RUN = 126;

/** A killed process is gone in milliseconds; this is for a loaded machine. */
const KILLED_WITHIN_MS = 5_000;

const PROJECT_FILES: Readonly<Record<string, string>> = {
  "README.md": "# Example\n\nA project to try things on.\n",
  "greet.js": "export function greet(name) {\n  return `Hello, ${name}!`;\n}\n",
  "notes.txt": "first line\nsecond line\nthird line\n",
};

/**
 * Makes a sandbox.
 *
 * @example
 * ```ts
 * await using sandbox = await makeSandbox();
 * ```
 */
export async function makeSandbox(): Promise<Sandbox> {
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
      // Claude Code leaves files in both of these.
      TMPDIR: temp,
      CLAUDE_CODE_TMPDIR: temp,
      ANTHROPIC_API_KEY: "sk-placeholder",
      ANTHROPIC_BASE_URL: apiUrl,
      DISABLE_AUTOUPDATER: "1",
      DISABLE_TELEMETRY: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      // Without it, root may not skip permissions.
      IS_SANDBOX: "1",
      [MARK_VARIABLE]: mark,
    }),
    processes,
    async assertNothingLeft(withinMs = GONE_WITHIN_MS): Promise<void> {
      const gone = await waitFor(async () => (await processes()).length === 0, withinMs);
      if (!gone) throw new Error(`still running:\n${await commandLines(await processes())}`);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      // What is found may start more before it dies: look until nothing is found.
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
    // It ended by itself in the meantime.
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
  // From a shell that could not run it, an empty list would say that all is gone.
  if (code >= NOT_RUN) throw new Error(`${script}: exit code ${code}`);
  return new TextDecoder().decode(stdout);
}

let foundNode: Promise<string> | undefined;

/** The real executable of Node: the wrapper of a version manager does not work without its environment. */
function nodePath(): Promise<string> {
  foundNode ??= (async () => {
    const { stdout } = await new Deno.Command("node", {
      args: ["-p", "process.execPath"],
      stdin: "null",
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).trim();
  })();
  return foundNode;
}
