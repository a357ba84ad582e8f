import { History, readHistory } from "../../batch/results/history.ts";
import type { Task } from "../../batch/task.ts";
import { MAX_LINE_LENGTH, sanitizeLine } from "../../terminal/sanitize.ts";
import { describeReadError } from "../../util/file_errors.ts";
import { stringifySafe } from "../../util/safe_json.ts";
import { formatCount } from "../../util/units.ts";
import { getPath, type Options } from "../command_line.ts";
import type { HostInfo } from "../host.ts";
import { printMessage } from "../print.ts";
import { usageError } from "../usage_error.ts";

/**
 * Returns what `--dry-run` prints: the tasks that would run, a line each.
 *
 * @throws {CcrunError} `usage` if the results cannot be read
 */
export async function batchPreview(
  tasks: readonly Task[],
  options: Options,
  host: HostInfo,
): Promise<string> {
  const history = await findHistory(getPath(options, "results", host.cwd));
  const left = tasks.filter(({ id }) => !history.hasSucceeded(id));
  const skipped = tasks.length - left.length;
  const count = formatCount(left.length, "task");
  printMessage(`${count} would run, and ${skipped} of ${tasks.length} have succeeded`);
  const toText = options.has("json") ? taskJson : taskLine;
  return left.map((task) => `${toText(task)}\n`).join("");
}

async function findHistory(path: string | undefined): Promise<History> {
  if (path === undefined) return new History();
  try {
    using file = await Deno.open(path);
    return (await readHistory(file)).history;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new History();
    throw usageError(`cannot read --results ${path}: ${describeReadError(error)}`);
  }
}

function taskLine({ id, prompt }: Task): string {
  const shownId = sanitizeLine(id, MAX_LINE_LENGTH);
  return id === prompt ? shownId : `${shownId}\t${sanitizeLine(prompt, MAX_LINE_LENGTH)}`;
}

function taskJson({ id, line, prompt, options }: Task): string {
  return stringifySafe({ id, line, prompt, options: Object.fromEntries(options) });
}
