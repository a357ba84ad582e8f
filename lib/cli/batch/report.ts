import { readReport } from "../../batch/results/read_report.ts";
import { EXIT_CODES } from "../../exit_codes.ts";
import { batchReportText } from "../../render/batch/report_text.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import type { Options } from "../command_line.ts";
import type { HostInfo } from "../host.ts";
import { print, printMessage } from "../print.ts";
import { createOutputRedactor } from "../redaction.ts";
import { ciSettings } from "../render_settings.ts";
import { usageError } from "../usage_error.ts";

/**
 * Prints what results files contain together.
 *
 * @returns the exit code, which is not 0 if a task has failed
 * @throws {CcrunError} `usage` if a file cannot be read
 */
export async function batchReport(
  files: readonly string[],
  options: Options,
  host: HostInfo,
): Promise<number> {
  if (files.length === 0) {
    throw usageError("ccrun batch report needs a file", "name the files of --results");
  }
  const { report, tornFiles } = await readReport(files);
  for (const file of tornFiles) {
    printMessage(`warning: the last line of ${file} is incomplete, and is not counted`);
  }
  const redactor = await createOutputRedactor(ciSettings(options, host), { options }, host);
  const shown = redactor === undefined ? report : redactor.json(report) as typeof report;
  const text = options.has("json") ? `${stringifySafe(shown)}\n` : batchReportText(shown);
  const code = await print(text);
  return code === EXIT_CODES.success && report.failed > 0 ? EXIT_CODES.failed : code;
}
