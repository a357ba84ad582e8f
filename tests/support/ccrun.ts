/**
 * Running ccrun in tests: from source, or the binary that CCRUN_TEST_BINARY names.
 *
 * @module
 */

import { dirname } from "@std/path/dirname";
import config from "../../deno.json" with { type: "json" };
import type { RunEvent } from "../../lib/events.ts";
import { shellQuote } from "../../lib/util/shell_quote.ts";
import { asObject, asString, isJsonObject } from "./json.ts";
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

/** The exit status and the output of ccrun. */
export interface CcrunResult extends ProcessResult {
  /** The events, if every line of stdout is one. */
  readonly events?: readonly RunEvent[] | undefined;
}

/** A running ccrun. */
export interface RunningCcrun extends Omit<RunningProcess, "finished"> {
  /** Resolves when it has exited and its output has been read. */
  readonly finished: Promise<CcrunResult>;
}

/** The permissions of ccrun. */
const PERMISSIONS = [
  "--allow-run",
  "--allow-env",
  "--allow-read",
  "--allow-write",
  "--allow-net=127.0.0.1",
] as const;

/** The V8 flags of the tasks `ccrun` and `compile`. */
const V8_FLAGS = /--v8-flags=\S+/.exec(config.tasks.ccrun.command)?.[0] ?? "--v8-flags=";

/** Returns the first words of a command line that runs ccrun. */
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
 * Runs ccrun until it exits.
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

/** Runs a bash script in which `ccrun` is a command. */
export async function shellCcrun(script: string, options: CcrunOptions): Promise<CcrunResult> {
  await using process = await startShellCcrun(script, options);
  return await process.finished;
}

/** Starts a bash script in which `ccrun` is a command. */
export async function startShellCcrun(
  script: string,
  options: CcrunOptions,
): Promise<RunningCcrun> {
  await writeWrapper(options.sandbox, await command(options));
  return withEvents(startProcess(["/bin/bash", "-c", script], await withDeno(options)));
}

/** Parses the output of `ccrun --json`, and throws for a line that is not an event. */
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

/** Returns whether a value looks like an event. Tests check its fields. */
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
  await writeExecutable(draft, `#!/bin/sh\nexec ${prefix.map(shellQuote).join(" ")} "$@"\n`);
  // A file that is being executed cannot be written.
  await Deno.rename(draft, path);
}

/** Returns the variables that Deno needs to find its modules in an empty environment. */
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
 * Creates a Deno cache for this test file. In a shared cache, processes that start at once wait for
 * locks and report that on stderr. The npm packages and the transpiled modules need no locks.
 */
function denoDir(): Promise<string> {
  madeDenoDir ??= (async () => {
    const { npm, modules } = await sharedCaches();
    const dir = await Deno.makeTempDir({ prefix: "ccrun-test-deno-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(dir, { recursive: true }));
    await Deno.symlink(npm, `${dir}/npm`);
    await Deno.mkdir(`${dir}/gen/file${dirname(REPOSITORY)}`, { recursive: true });
    await Deno.symlink(modules, `${dir}/gen/file${REPOSITORY}`);
    return dir;
  })();
  return madeDenoDir;
}

/** Keeps the paths of the shared caches. All test files of a process share its environment. */
const CACHES_VARIABLE = "CCRUN_TEST_CACHES";

interface SharedCaches {
  readonly npm: string;
  /** The transpiled modules of this repository. */
  readonly modules: string;
}

/** Returns the caches of Deno in which the npm packages of ccrun are. */
async function sharedCaches(): Promise<SharedCaches> {
  const known = Deno.env.get(CACHES_VARIABLE);
  if (known) return JSON.parse(known);
  await deno(["cache", "--quiet", "--config", `${REPOSITORY}/deno.json`, `${REPOSITORY}/main.ts`]);
  const info = asObject(JSON.parse(await deno(["info", "--json"])));
  const caches: SharedCaches = {
    npm: asString(info.npmCache),
    modules: `${asString(info.typescriptCache)}/file${REPOSITORY}`,
  };
  await Deno.mkdir(caches.modules, { recursive: true });
  Deno.env.set(CACHES_VARIABLE, JSON.stringify(caches));
  return caches;
}

async function deno(args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
  }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`deno ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
