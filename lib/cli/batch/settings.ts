import { join } from "@std/path/join";
import { fileNameOf } from "../../batch/file_name.ts";
import type { BatchOptions } from "../../batch/batch.ts";
import type { TaskLog } from "../../batch/run_task.ts";
import type { Task } from "../../batch/task.ts";
import { LineRedactor } from "../../redact/line_redactor.ts";
import type { Redactor } from "../../redact/redactor.ts";
import { describeWriteError } from "../../util/file_errors.ts";
import { type CommandLine, getPath, type Options } from "../command_line.ts";
import type { HostInfo } from "../host.ts";
import { openRecordFile } from "../record_file.ts";
import { type RunSettings, runSettings } from "../run_settings.ts";
import { usageError } from "../usage_error.ts";
import type { BatchTasks } from "./tasks.ts";

/** What the tasks of a batch run with. */
export interface BatchSettings
  extends Pick<BatchOptions, "settingsOf" | "openLog" | "redactResult"> {
  /** The settings of a task without options of its own. */
  readonly common: RunSettings;
}

/**
 * Returns what the tasks of a batch run with.
 *
 * @throws {CcrunError} `usage` for a conflict, or a file that cannot be used
 */
export async function batchSettings(
  commandLine: CommandLine,
  { commandLines }: BatchTasks,
  host: HostInfo,
  redactor: Redactor | undefined,
): Promise<BatchSettings> {
  const { options } = commandLine;
  rejectSharedSession(options);
  const common = await runSettings(commandLine, host);
  const protectedPaths = ["results", "logs"].map((name) => getPath(options, name, host.cwd))
    .filter((path) => path !== undefined);
  return {
    common,
    async settingsOf(task) {
      const own = commandLines.get(task);
      const settings = own === undefined ? common : await runSettings(own, host);
      return { run: settings.run, session: { ...settings.session, protectedPaths } };
    },
    openLog: await logOpener(options, host, common, redactor),
    redactResult: common.redactRecord && redactor !== undefined
      // A batch continues by the ids.
      ? (result) => ({ ...redactor.json(result) as typeof result, id: result.id })
      : undefined,
  };
}

/** Two claudes in one session would lose a part of it. */
function rejectSharedSession(options: Options): void {
  const resume = options.get("resume");
  if (resume === undefined || options.has("fork")) return;
  throw usageError(
    `${resume.source} needs --fork, because each task needs its own session`,
    "add --fork",
  );
}

/** Returns what opens the files of `--logs`; undefined without it. */
async function logOpener(
  options: Options,
  host: HostInfo,
  { redactRecord, render: { workspaces } }: RunSettings,
  redactor: Redactor | undefined,
): Promise<((task: Task, execution: number) => Promise<TaskLog>) | undefined> {
  const directory = getPath(options, "logs", host.cwd);
  if (directory === undefined) return undefined;
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw usageError(
      `cannot create --logs ${directory}: ${describeWriteError(error)}`,
      "name another directory",
    );
  }
  return async ({ id }, execution) =>
    await openRecordFile(join(directory, `${fileNameOf(id)}.${execution}.jsonl`), {
      option: "--logs",
      // Without a reader, a pipe that a task has created would block the batch.
      canBeSpecial: false,
      workspaces,
      redactor: redactRecord && redactor !== undefined ? new LineRedactor(redactor) : undefined,
    });
}
