import { History, readHistory } from "../../batch/results/history.ts";
import type { Task } from "../../batch/task.ts";
import type { Redactor } from "../../redact/redactor.ts";
import { escapeLogCommands } from "../../terminal/escape_commands.ts";
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
  redactor: Redactor | undefined,
): Promise<string> {
  const history = await findHistory(getPath(options, "results", host.cwd));
  const left = tasks.filter(({ id }) => !history.hasSucceeded(id));
  const skipped = tasks.length - left.length;
  const count = formatCount(left.length, "task");
  printMessage(`${count} would run, and ${skipped} of ${tasks.length} have succeeded`);
  const previews = left.map(toPreview);
  const shown = redactor === undefined ? previews : redactor.json(previews) as typeof previews;
  const toText = options.has("json") ? stringifySafe : taskLine;
  return shown.map((task) => `${toText(task)}\n`).join("");
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

type TaskPreview = ReturnType<typeof toPreview>;

function toPreview({ id, line, prompt, options }: Task) {
  return { id, line, prompt, options: Object.fromEntries(options) };
}

/** Returns a line that is safe in a terminal and in the log of a job. */
function taskLine({ id, prompt }: TaskPreview): string {
  const texts = id === prompt ? [id] : [id, prompt];
  const line = texts.map((text) => sanitizeLine(text, MAX_LINE_LENGTH)).join("\t");
  return escapeLogCommands(line);
}
