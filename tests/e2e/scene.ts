/**
 * A sandbox with a scripted Messages API, in which ccrun runs the real Claude Code.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { EventOf, EventType, RunEvent } from "../../lib/events.ts";
import {
  type Block,
  isWarmUp,
  type Reply,
  type Respond,
  script,
  type ScriptOptions,
  toolUse,
} from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import {
  type CcrunOptions,
  type CcrunResult,
  type RunningCcrun,
  startCcrun,
  startShellCcrun,
} from "../support/ccrun.ts";
import { claudePath } from "../support/claude.ts";
import { assertEvents, type AssertEventsOptions } from "../support/event_schema.ts";
import { exists } from "../../lib/util/exists.ts";
import type { JsonObject } from "../support/json.ts";
import { eventsOfType, exitOf } from "../support/events_of_type.ts";
import { type MessagesApi, startMessagesApi } from "../support/messages_api.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";

/** Allows the scripted model every tool in its sandbox. */
export const SKIP = "--dangerously-skip-permissions";

/** Options of ccrun in a scene. */
export interface SceneRunOptions extends Omit<CcrunOptions, "sandbox"> {
  /** The session that is forked. No event may name it. */
  readonly forkedFrom?: string | undefined;
}

/** How `ccrun --json` ended, with its validated events. */
export interface JsonRun extends CcrunResult {
  readonly events: readonly RunEvent[];
  /** The last one. */
  readonly exit: EventOf<"exit">;
}

/** A sandbox, a scripted API, and ccrun with the real Claude Code. */
export interface Scene {
  readonly sandbox: Sandbox;
  readonly api: MessagesApi;
  /** The path of the real Claude Code. */
  readonly claude: string;
  /** Returns the requests of conversations so far, without those for titles. */
  turns(): readonly ApiRequest[];
  /** Starts ccrun. */
  start(args: readonly string[], options?: SceneRunOptions): Promise<RunningCcrun>;
  /** Runs ccrun, and checks that no process or file is left. */
  run(args: readonly string[], options?: SceneRunOptions): Promise<CcrunResult>;
  /** Starts a bash script in which `ccrun` is a command. */
  startShell(script: string, options?: SceneRunOptions): Promise<RunningCcrun>;
  /** Runs such a script, and checks that no process or file is left. */
  shell(script: string, options?: SceneRunOptions): Promise<CcrunResult>;
  /** Runs ccrun with `--json` and validates its events. */
  json(args: readonly string[], options?: SceneRunOptions): Promise<JsonRun>;
}

/**
 * Runs a test in which the model answers with these replies.
 *
 * @example
 * ```ts
 * await withScene([text("Hello.")], async ({ run }) => {
 *   assertEquals((await run(["-q", "Greet me."])).stdout, "Hello.\n");
 * });
 * ```
 */
export async function withScene(
  replies: readonly Reply[] | Respond,
  act: (scene: Scene) => Promise<void>,
  options: ScriptOptions = {},
): Promise<void> {
  await using sandbox = await makeSandbox();
  const respond = typeof replies === "function" ? replies : script(replies, options);
  await using api = await startMessagesApi({ respond });
  const claude = await claudePath();

  const start = (args: readonly string[], options: SceneRunOptions = {}) =>
    startCcrun(["--claude", claude, ...args], { sandbox, apiUrl: api.url, ...options });
  const startShell = (script: string, { env, ...options }: SceneRunOptions = {}) =>
    startShellCcrun(script, {
      sandbox,
      apiUrl: api.url,
      env: { CCRUN_CLAUDE: claude, ...env },
      ...options,
    });
  const toEnd = async (starting: Promise<RunningCcrun>) => {
    await using process = await starting;
    const result = await process.finished;
    await assertNothingLeft(sandbox);
    return result;
  };
  const run: Scene["run"] = (args, options) => toEnd(start(args, options));
  await act({
    sandbox,
    api,
    claude,
    turns: () => api.requests.filter((request) => request.hasTools && !isWarmUp(request)),
    start,
    run,
    startShell,
    shell: (script, options) => toEnd(startShell(script, options)),
    json: async (args, options = {}) =>
      checked(await run(["--json", ...args], options), { forkedFrom: options.forkedFrom }),
  });
  await assertNothingLeft(sandbox);
}

/** Removes the times of slow tools, which depend on the machine. */
export function untimed(shown: string): string {
  const time = "(?:\\d+m )?\\d+(?:\\.\\d)?s";
  return shown
    .replaceAll(new RegExp(`\\n[│ ]*${time}(?=\\n)`, "g"), "")
    .replaceAll(new RegExp(`(?:  | · )${time}(?=\\n)`, "g"), "");
}

/** Fails if a process or a temporary file of the sandbox is left. */
export async function assertNothingLeft(sandbox: Sandbox): Promise<void> {
  await sandbox.assertNothingLeft();
  assertEquals(await temporaryFiles(sandbox), [], "temporary files");
}

/** Returns the temporary files of ccrun: private files and unfinished answers. */
export async function temporaryFiles(sandbox: Sandbox): Promise<readonly string[]> {
  const found: string[] = [];
  const places = [[`${sandbox.root}/tmp`, /^ccrun-|\.tmp$/], [sandbox.project, /\.tmp$/]] as const;
  for (const [folder, temporary] of places) {
    for await (const { name } of Deno.readDir(folder)) {
      if (temporary.test(name)) found.push(`${folder}/${name}`);
    }
  }
  return found;
}

/** Validates the events of a run with `--json`, which must be its whole stdout. */
export function checked(result: CcrunResult, options: AssertEventsOptions = {}): JsonRun {
  const { events, code, stderr, stdout } = result;
  assert(events !== undefined, `not only events:\n${stdout}\nstderr:\n${stderr}`);
  assertEvents(events, options);
  const exit = exitOf(events);
  assertEquals(code, exit.code, `the exit code of:\n${stdout}\nstderr:\n${stderr}`);
  return { ...result, events, exit };
}

/** Writes the user's settings of Claude Code, and returns their path. */
export async function writeSettings({ home }: Sandbox, settings: JsonObject): Promise<string> {
  await Deno.mkdir(`${home}/.claude`, { recursive: true });
  const path = `${home}/.claude/settings.json`;
  await Deno.writeTextFile(path, JSON.stringify(settings));
  return path;
}

/** Returns a call of the Bash tool. */
export function bash(command: string, description = "Run it"): Block {
  return toolUse("Bash", { command, description });
}

/** Longer than a tool takes to start on a loaded machine. */
const STARTED_WITHIN_MS = 60_000;

/** Waits for a tool that runs `touch started`. */
export async function toolStarted({ project }: Sandbox): Promise<void> {
  const path = `${project}/started`;
  assert(await waitFor(() => exists(path), STARTED_WITHIN_MS), "the tool has not started");
  await Deno.remove(path);
}

/** Returns the events of a type. */
export function eventsOf<K extends EventType>(
  { events }: Pick<JsonRun, "events">,
  type: K,
): readonly EventOf<K>[] {
  return eventsOfType(events, type);
}

/** Returns the only event of a type. */
export function eventOf<K extends EventType>(run: Pick<JsonRun, "events">, type: K): EventOf<K> {
  const found = eventsOf(run, type);
  const [event] = found;
  assert(event !== undefined && found.length === 1, `${found.length} events of type ${type}`);
  return event;
}
