import { Batch } from "../../batch/batch.ts";
import { openResultsFile, type ResultsFile } from "../../batch/results/results_file.ts";
import { openWorktrees } from "../../batch/worktrees/open_worktrees.ts";
import { DEFAULT_GRACE_MS } from "../../process/child.ts";
import { batchCommandText } from "../batch/command_text.ts";
import { openBatchOutput } from "../batch/output.ts";
import { batchPreview } from "../batch/preview.ts";
import { batchReport } from "../batch/report.ts";
import { batchSettings } from "../batch/settings.ts";
import { readTasks } from "../batch/tasks.ts";
import {
  type CommandLine,
  getNumber,
  getPath,
  getWorkspace,
  getWorkspaces,
} from "../command_line.ts";
import { ForcedExitTimer } from "../forced_exit.ts";
import type { HostInfo } from "../host.ts";
import { print, printMessage } from "../print.ts";
import { createOutputRedactor } from "../redaction.ts";
import { ciSettings } from "../render_settings.ts";
import { controlService } from "../service_control.ts";
import type { SignalHandler } from "../signals.ts";
import { usageError } from "../usage_error.ts";
import { describeWeakeningVariables } from "../weakening_variables.ts";

const DEFAULT_JOBS = 4;

/**
 * Runs `ccrun batch`, which runs many prompts, and `ccrun batch report`, which reports their results.
 *
 * @returns the exit code
 * @throws {CcrunError} `usage` for what is wrong before the first task starts
 */
export async function batchCommand(
  commandLine: CommandLine,
  host: HostInfo,
  signals: SignalHandler,
): Promise<number> {
  const { positionals: [first, ...files], options } = commandLine;
  if (first === "report") return await signals.raceWithStop(batchReport(files, options, host));
  const tasks = await signals.raceWithStop(readTasks(commandLine, host, printMessage));
  for (const warning of tasks.warnings) printMessage(`warning: ${warning}`);
  const redactor = await createOutputRedactor(ciSettings(options, host), commandLine, host);
  if (options.has("dry-run")) {
    return await print(await batchPreview(tasks.tasks, options, host, redactor));
  }
  const settings = await signals.raceWithStop(
    batchSettings(commandLine, tasks, host, redactor),
  );
  const worktrees = options.has("worktrees")
    ? await signals.raceWithStop(
      openWorktrees({ cwd: getWorkspace(options, host.cwd), env: host.env }),
    )
    : undefined;
  await using results = await openResults(commandLine, host);
  const output = await openBatchOutput({
    settings: settings.common.render,
    host,
    redactor,
    onStdoutFailure: signals.stop,
  });
  const weakening = describeWeakeningVariables(options);
  if (weakening !== undefined) output.printMessage(weakening);
  for (const warning of worktrees?.warnings ?? []) output.printMessage(`warning: ${warning}`);
  if (results.wasTorn) output.printMessage(`warning: ${TORN_LINE}`);
  const batch = new Batch({
    ...settings,
    tasks: tasks.tasks,
    results,
    worktrees,
    jobs: getNumber(options, "jobs") ?? DEFAULT_JOBS,
    maxFailures: getNumber(options, "max-failures"),
    maxTotalBudgetUsd: getNumber(options, "max-total-budget-usd"),
    resume: batchCommandText(commandLine),
    emit: (event) => output.emit(event),
  });
  const { graceMs = DEFAULT_GRACE_MS } = settings.common.session;
  using forcedExit = new ForcedExitTimer({ signals, graceMs });
  controlService(batch, forcedExit, signals);
  try {
    return (await batch.run()).code;
  } finally {
    await output.finish();
  }
}

const TORN_LINE = "the last line of the results was incomplete and is removed; its task runs again";

async function openResults(
  { options }: CommandLine,
  host: HostInfo,
): Promise<ResultsFile> {
  const path = getPath(options, "results", host.cwd);
  if (path === undefined) {
    throw usageError(
      "ccrun batch needs --results FILE",
      "name a file: it gets a line for each task, and the same command continues from there",
    );
  }
  return await openResultsFile(path, getWorkspaces(options, host.cwd));
}
