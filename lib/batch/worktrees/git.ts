import { deadline } from "@std/async/deadline";
import { TextLineStream } from "@std/streams/text-line-stream";
import { fileKind } from "../../claude/find.ts";
import type { Env } from "../../util/env.ts";
import { osErrorMessage } from "../../util/file_errors.ts";
import { systemPathFirst } from "../../util/run_shell.ts";
import { TailBuffer } from "../../util/tail_buffer.ts";
import { truncate } from "../../util/truncate.ts";

/** A setting of git and its value. */
export type GitSetting = readonly [name: string, value: string];

/** Why git failed, in one line. */
export class GitError extends Error {}

/** How a {@linkcode Git} runs. */
interface GitOptions {
  /** The absolute path of git. */
  readonly program: string;
  /** The environment without variables of git. */
  readonly env: Env;
  /** The working directory. */
  readonly directory: string;
  /** The options before the name of the command. */
  readonly options: readonly string[];
  /** The settings that take precedence over all files. */
  readonly settings: readonly GitSetting[];
}

/** Checking out a large repository takes minutes. */
const LIMIT_MS = 600_000;

const MAX_OUTPUT_BYTES = 64 * 1024;
const MAX_REASON_LENGTH = 500;

/** Keeps git from running hooks and other programs that a repository can name. It runs only filters. */
const SETTINGS: readonly GitSetting[] = [
  ["core.hooksPath", "/dev/null"],
  ["core.fsmonitor", "false"],
  ["core.untrackedCache", "false"],
  ["submodule.recurse", "false"],
  // It keeps files from being committed.
  ["core.safecrlf", "false"],
  ["user.name", "ccrun"],
  ["user.email", "ccrun@localhost"],
  // The link from a worktree to its repository is compared with its absolute path.
  ["worktree.useRelativePaths", "false"],
];

/**
 * Returns an environment without the variables of git. Those that a hook has lead git to the repository
 * of the hook.
 */
export function withoutGitVariables(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GIT_")));
}

/** Runs commands of git in a directory. The commands run no hooks and ask for nothing. */
export class Git {
  readonly #options: GitOptions;

  private constructor(options: GitOptions) {
    this.#options = options;
  }

  /** Finds git in the absolute directories of PATH. Returns undefined if it is not there. */
  static async find(env: Env, directory: string): Promise<Git | undefined> {
    const path = systemPathFirst(env);
    for (const folder of path.split(":")) {
      const program = `${folder}/git`;
      if (await fileKind(program) !== "executable") continue;
      const ownEnv = { ...withoutGitVariables(env), PATH: path };
      return new Git({ program, env: ownEnv, directory, options: [], settings: SETTINGS });
    }
    return undefined;
  }

  /** Returns a git that runs in another directory, with more options and settings. */
  in(
    directory: string,
    options: readonly string[] = [],
    settings: readonly GitSetting[] = [],
  ): Git {
    return new Git({
      ...this.#options,
      directory,
      options,
      settings: [...this.#options.settings, ...settings],
    });
  }

  /**
   * Runs a command and returns its output without the last newline.
   *
   * @throws {GitError} if the command fails
   */
  async text(args: readonly string[]): Promise<string> {
    return (await this.#run(args, readTail)).replace(/\n$/, "");
  }

  /** Returns the output of a command, or undefined if the command fails. */
  async textIfAny(args: readonly string[]): Promise<string | undefined> {
    try {
      return await this.text(args);
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  }

  /** Returns the commit that a revision names, if there is one. */
  commitOf(revision: string): Promise<string | undefined> {
    return this.textIfAny(["rev-parse", "--verify", "--quiet", `${revision}^{commit}`]);
  }

  /**
   * Runs a command and passes the lines of its output on. There can be any number of them.
   *
   * @throws {GitError} if the command fails
   */
  async eachLine(args: readonly string[], onLine: (line: string) => void): Promise<void> {
    await this.#run(args, async (stdout) => {
      const lines = stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
      for await (const line of lines) onLine(line);
    });
  }

  async #run<T>(
    args: readonly string[],
    read: (stdout: ReadableStream<Uint8Array<ArrayBuffer>>) => Promise<T>,
  ): Promise<T> {
    const child = this.#start(args);
    const work = Promise.all([read(child.stdout), readTail(child.stderr), child.status]);
    const [output, errors, { success }] = await deadline(work, LIMIT_MS).catch((error) => {
      child.kill("SIGKILL");
      throw new GitError(`git ${args[0]} failed: ${osErrorMessage(error)}`);
    });
    if (!success) throw new GitError(reasonIn(errors) ?? `git ${args[0]} failed`);
    return output;
  }

  #start(args: readonly string[]): Deno.ChildProcess {
    const { program, env, directory, options, settings } = this.#options;
    try {
      return new Deno.Command(program, {
        args: [...options, ...args],
        cwd: directory,
        env: { ...env, ...settingVariables(settings), ...QUIET },
        clearEnv: true,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
        // A Ctrl-C for ccrun must not leave a worktree half made.
        detached: true,
      }).spawn();
    } catch (error) {
      throw new GitError(`cannot run ${program}: ${osErrorMessage(error)}`);
    }
  }
}

const QUIET: Env = { GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };

/** Returns the variables for settings. Unlike `-c`, they can have any name. */
function settingVariables(settings: readonly GitSetting[]): Env {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(settings.length) };
  for (const [index, [name, value]] of settings.entries()) {
    variables[`GIT_CONFIG_KEY_${index}`] = name;
    variables[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return variables;
}

async function readTail(stream: ReadableStream<Uint8Array>): Promise<string> {
  const tail = new TailBuffer(MAX_OUTPUT_BYTES);
  for await (const chunk of stream) tail.push(chunk);
  return tail.text();
}

/** Returns the last error in the output of git. Other lines are progress and advice. */
function reasonIn(errors: string): string | undefined {
  const lines = errors.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const line = lines.findLast((line) => /^(?:fatal|error): /.test(line)) ?? lines.at(-1);
  const reason = line?.replace(/^(?:fatal|error): /, "").replace(/\p{Cc}/gu, "?");
  return reason === undefined ? undefined : truncate(reason, MAX_REASON_LENGTH);
}
