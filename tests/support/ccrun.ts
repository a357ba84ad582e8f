/**
 * Running ccrun in tests: from source, or the binary that CCRUN_TEST_BINARY names.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import type { RunEvent } from "../../lib/events.ts";
import { isJsonObject } from "./json.ts";
import { REPOSITORY } from "./paths.ts";
import {
  type ProcessOptions,
  type ProcessResult,
  type RunningProcess,
  startProcess,
} from "./running_process.ts";
import type { Sandbox } from "./sandbox.ts";
import { writeExecutable } from "./executable.ts";

/** How to run ccrun. */
export interface CcrunOptions extends ProcessOptions {
  /** A compiled ccrun to run; by default CCRUN_TEST_BINARY, else the source. */
  readonly binary?: string | undefined;
}

/** How ccrun ended and what it said. */
export interface CcrunResult extends ProcessResult {
  /** The events, when every line of stdout is one. */
  readonly events?: readonly RunEvent[] | undefined;
}

/** ccrun as it runs. */
export interface RunningCcrun extends Omit<RunningProcess, "finished"> {
  /** Resolves when it has ended and its output is read to the end. */
  readonly finished: Promise<CcrunResult>;
}

/** What ccrun needs from Deno. */
const PERMISSIONS = [
  "--allow-run",
  "--allow-env",
  "--allow-read",
  "--allow-write",
  "--allow-net=127.0.0.1",
] as const;

/** How V8 is to keep its memory small, as ccrun is started from source and as it is compiled. */
const V8_FLAGS = /--v8-flags=\S+/.exec(config.tasks.ccrun.command)?.[0] ?? "--v8-flags=";

/** The words with which a command line that runs ccrun begins. */
export async function command(
  options: Pick<CcrunOptions, "binary"> = {},
): Promise<readonly [string, ...string[]]> {
  const binary = compiled(options);
  if (binary !== undefined) return [await Deno.realPath(binary)];
  return [
    Deno.execPath(),
    "run",
    "--no-prompt",
    "--quiet",
    // A test must not be able to download anything.
    "--cached-only",
    V8_FLAGS,
    ...PERMISSIONS,
    "--config",
    `${REPOSITORY}/deno.json`,
    `${REPOSITORY}/main.ts`,
  ];
}

function compiled(options: Pick<CcrunOptions, "binary">): string | undefined {
  return options.binary ?? (Deno.env.get("CCRUN_TEST_BINARY") || undefined);
}

/**
 * Runs ccrun to its end.
 *
 * @example
 * ```ts
 * const { code, stdout } = await runCcrun(["--json", "hello"], { sandbox, apiUrl: api.url });
 * ```
 */
export async function runCcrun(
  args: readonly string[],
  options: CcrunOptions,
): Promise<CcrunResult> {
  await using process = await startCcrun(args, options);
  return await process.finished;
}

/** Starts ccrun. */
export async function startCcrun(
  args: readonly string[],
  options: CcrunOptions,
): Promise<RunningCcrun> {
  const prefix = await command(options);
  return withEvents(startProcess([...prefix, ...args], await withDeno(options)));
}

/** Runs a bash script, in which `ccrun` is a command, to its end. */
export async function shellCcrun(script: string, options: CcrunOptions): Promise<CcrunResult> {
  await using process = await startShellCcrun(script, options);
  return await process.finished;
}

/** Starts a bash script, in which `ccrun` is a command. */
export async function startShellCcrun(
  script: string,
  options: CcrunOptions,
): Promise<RunningCcrun> {
  await writeWrapper(options.sandbox, await command(options));
  return withEvents(startProcess(["/bin/bash", "-c", script], await withDeno(options)));
}

/** The events in what `ccrun --json` wrote. A line that is none fails, and is shown. */
export function jsonEvents(stdout: string): readonly RunEvent[] {
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const event = parsed(line);
    if (!isRunEvent(event)) throw new Error(`not an event: ${line}`);
    return event;
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Enough to tell an event from any other JSON; whether its fields are right is what tests are for. */
function isRunEvent(value: unknown): value is RunEvent {
  return isJsonObject(value) && typeof value.type === "string" && typeof value.seq === "number";
}

function withEvents(process: RunningProcess): RunningCcrun {
  const finished = process.finished.then((result): CcrunResult => {
    const lines = result.stdout.split("\n").filter((line) => line !== "");
    const isJson = lines.length > 0 && lines.every((line) => isRunEvent(parsed(line)));
    return isJson ? { ...result, events: jsonEvents(result.stdout) } : result;
  });
  finished.catch(() => {});
  return { ...process, finished };
}

/** `exec`, so that a signal to the script's child reaches ccrun itself. */
async function writeWrapper(sandbox: Sandbox, prefix: readonly string[]): Promise<void> {
  const path = `${sandbox.bin}/ccrun`;
  const draft = `${path}.${crypto.randomUUID()}`;
  await writeExecutable(draft, `#!/bin/sh\nexec ${prefix.map(quoted).join(" ")} "$@"\n`);
  // One that is being started cannot be written.
  await Deno.rename(draft, path);
}

/** A word as the shell reads it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** What Deno itself needs to run ccrun: with an environment from nothing it would not find its modules. */
export async function denoVariables(
  options: Pick<CcrunOptions, "binary"> = {},
): Promise<Record<string, string>> {
  if (compiled(options) !== undefined) return {};
  return { DENO_DIR: await denoDir(), DENO_NO_UPDATE_CHECK: "1" };
}

async function withDeno(options: CcrunOptions): Promise<CcrunOptions> {
  return { ...options, env: { ...await denoVariables(options), ...options.env } };
}

let madeDenoDir: Promise<string> | undefined;

/**
 * A cache of its own for the ccruns of this test file, with everything in it that ccrun imports.
 * In the shared one, Denos that start at once wait for each other's locks, and say so on stderr.
 */
function denoDir(): Promise<string> {
  madeDenoDir ??= (async () => {
    await deno([
      "cache",
      "--quiet",
      "--config",
      `${REPOSITORY}/deno.json`,
      `${REPOSITORY}/main.ts`,
    ]);
    const info: unknown = JSON.parse(await deno(["info", "--json"]));
    if (!isJsonObject(info) || typeof info.npmCache !== "string") {
      throw new Error("deno info --json does not say where its cache is");
    }
    const dir = await Deno.makeTempDir({ prefix: "ccrun-test-deno-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(dir, { recursive: true }));
    await Deno.symlink(info.npmCache, `${dir}/npm`);
    return dir;
  })();
  return madeDenoDir;
}

async function deno(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`deno ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
