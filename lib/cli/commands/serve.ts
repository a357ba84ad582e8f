import { resolve } from "@std/path/resolve";
import { EXIT_CODES } from "../../exit_codes.ts";
import { DEFAULT_GRACE_MS } from "../../process/child.ts";
import { EventRedactor } from "../../redact/event_redactor.ts";
import { stopReasonOf } from "../../run/stop_reason.ts";
import { workspaceProblem } from "../../run/workspace.ts";
import { Conversations } from "../../serve/conversations.ts";
import type { ServeOutput } from "../../serve/messages.ts";
import { Server } from "../../serve/server.ts";
import { openStateFile, StateFile } from "../../serve/state_file.ts";
import { ClaudeSessionPool } from "../../session_pool.ts";
import { toLines } from "../../stream/lines.ts";
import { type BufferedWriter, createBufferedWriter } from "../../terminal/buffered_writer.ts";
import { describeReadError, describeWriteError } from "../../util/file_errors.ts";
import { processEnv } from "../../util/process_env.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import {
  type CommandLine,
  getDuration,
  getNumber,
  getPath,
  getSwitch,
  getWorkspaces,
  type Options,
} from "../command_line.ts";
import { ForcedExitTimer } from "../forced_exit.ts";
import type { HostInfo } from "../host.ts";
import { allowedPermissionModes } from "../../claude/permission_modes.ts";
import { printFailure, printMessage, stdoutFailure } from "../print.ts";
import { createOutputRedactor } from "../redaction.ts";
import { runSettings } from "../run_settings.ts";
import { controlService } from "../service_control.ts";
import type { SignalHandler } from "../signals.ts";
import { usageError } from "../usage_error.ts";
import { describeWeakeningVariables } from "../weakening_variables.ts";

const DEFAULT_JOBS = 4;
const DEFAULT_MAX_PROCESSES = 8;
const DEFAULT_KEEP_ALIVE_MS = 5 * 60_000;

/** The tools with which claude finds other sessions of the user, and writes to them. */
const TOOLS_BETWEEN_SESSIONS = ["ListAgents", "SendMessage"];

/** The requests wait while more than this is left to write, in characters. */
const MAX_PENDING = 512 * 1024;

/**
 * Runs `ccrun serve`, which runs the prompts of many conversations.
 *
 * @returns the exit code
 * @throws {CcrunError} `usage` for what is wrong before the service starts
 */
export async function serveCommand(
  commandLine: CommandLine,
  host: HostInfo,
  signals: SignalHandler,
): Promise<number> {
  const { abortSignal } = signals;
  const stdout = createBufferedWriter(Deno.stdout, {
    onFailure: (error) => signals.stop({ failure: stdoutFailure(error) }),
    isNonBlocking: host.streams?.stdoutIsNonBlocking,
  });
  const service = createService(commandLine, host, stdout);
  const { server, state } = await signals.raceWithStop(service);
  const graceMs = getDuration(commandLine.options, "grace") ?? DEFAULT_GRACE_MS;
  using forcedExit = new ForcedExitTimer({ signals, graceMs });
  controlService(server, forcedExit, signals);
  await server.serve(toLines(Deno.stdin.readable, { signal: abortSignal }));
  await state?.flush();
  await stdout.flush();
  if (!abortSignal.aborted) return EXIT_CODES.success;
  return printFailure(stopReasonOf(abortSignal).failure);
}

/** A service, and what keeps its conversations. */
interface Service {
  readonly server: Server;
  readonly state: StateFile | undefined;
}

async function createService(
  commandLine: CommandLine,
  host: HostInfo,
  stdout: BufferedWriter,
): Promise<Service> {
  const { options } = commandLine;
  const { session, render } = await runSettings(commandLine, host);
  const cwd = await realWorkspace(session.workspace ?? host.cwd);
  const allowedDirs = await allowedDirectories(options, host);
  const statePath = getPath(options, "state", host.cwd);
  const stateFile = statePath === undefined
    ? undefined
    : await openStateFile(statePath, getWorkspaces(options, host.cwd));
  const redactor = await createOutputRedactor(render, commandLine, host);
  const weakening = describeWeakeningVariables(options);
  if (weakening !== undefined) printMessage(weakening);
  const diagnostics = (line: string) => printMessage(`debug: ${line}`);
  const maxProcesses = getNumber(options, "max-processes") ?? DEFAULT_MAX_PROCESSES;
  const conversations = new Conversations({
    cwd,
    allowedDirs,
    env: session.env ?? processEnv(),
    stored: stateFile?.stored,
  });
  const state = stateFile && new StateFile({
    file: stateFile.file,
    read: () => conversations.toStored(),
    onFailure(error) {
      const message = `cannot write --state ${statePath}: ${describeWriteError(error)}`;
      server.reportFailure({ kind: "failed", message });
    },
  });
  const server: Server = new Server({
    pool: new ClaudeSessionPool({
      ...session,
      disallowedTools: [...session.disallowedTools ?? [], ...TOOLS_BETWEEN_SESSIONS],
      // Deltas are not redacted but dropped.
      partial: getSwitch(options, "partial") === true && redactor === undefined,
      workspace: cwd,
      maxProcesses,
      keepAliveMs: getDuration(options, "keep-alive") ?? DEFAULT_KEEP_ALIVE_MS,
      ...(render.debug ? { diagnostics } : {}),
    }),
    conversations,
    cwd,
    jobs: getNumber(options, "jobs") ?? DEFAULT_JOBS,
    maxProcesses,
    permissionModes: allowedPermissionModes(session),
    write: (message) => writeMessage(stdout, message),
    createFilter: redactor && (() => {
      const events = new EventRedactor(redactor);
      return (event) => events.redact(event);
    }),
    onSessionsChanged: () => state?.save(),
  });
  return { server, state };
}

/** Returns the path of the workspace without links. @throws {CcrunError} `usage` if it cannot be used */
async function realWorkspace(path: string): Promise<string> {
  const problem = await workspaceProblem(path);
  if (problem !== undefined) throw problem;
  return await Deno.realPath(path);
}

/** Returns the directories of `--allow-cwd` without links. */
async function allowedDirectories(options: Options, host: HostInfo): Promise<string[]> {
  const { values = [], source } = options.get("allow-cwd") ?? {};
  return await Promise.all(values.map(async (value) => {
    const path = resolve(host.cwd, value);
    try {
      if (!(await Deno.stat(path)).isDirectory) throw new Error("it is not a directory");
      return await Deno.realPath(path);
    } catch (error) {
      const reason = describeReadError(error);
      throw usageError(`cannot use ${source} ${path}: ${reason}`, "name an existing directory");
    }
  }));
}

/** Writes a line, and waits while the reader is behind. */
async function writeMessage(stdout: BufferedWriter, message: ServeOutput): Promise<void> {
  stdout.write(`${stringifySafe(message)}\n`);
  if (stdout.pending > MAX_PENDING) await stdout.flush(MAX_PENDING / 2);
}
