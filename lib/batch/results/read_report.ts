import { CcrunError } from "../../errors.ts";
import { describeReadError } from "../../util/file_errors.ts";
import { readResultLines } from "./read_results.ts";
import { type ResultsReport, ResultsSummary } from "./results_summary.ts";

/** What results files contain. */
export interface ReadReport {
  readonly report: ResultsReport;
  /** The paths of the files whose last line is incomplete, and is not counted. */
  readonly tornFiles: readonly string[];
}

/**
 * Joins the results of one or several results files. A batch can still write to them.
 *
 * @throws {CcrunError} `usage` if a file cannot be read, or is not a results file
 */
export async function readReport(paths: readonly string[]): Promise<ReadReport> {
  const summary = new ResultsSummary();
  const tornFiles: string[] = [];
  for (const path of paths) {
    try {
      using file = await Deno.open(path);
      for await (const { result } of readResultLines(file)) {
        if (result === undefined) tornFiles.push(path);
        else summary.add(result);
      }
    } catch (error) {
      throw new CcrunError(
        "usage",
        `cannot read ${path}: ${describeReadError(error)}`,
        "name results files of ccrun batch",
      );
    }
  }
  return { report: summary.report, tornFiles };
}
