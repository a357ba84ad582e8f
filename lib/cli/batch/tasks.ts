import { resolve } from "@std/path/resolve";
import { isInShard } from "../../batch/is_in_shard.ts";
import { parseShard } from "../../batch/shard.ts";
import type { Task } from "../../batch/task.ts";
import type { OptionKind, OptionKinds } from "../../batch/tasks/options.ts";
import { type ParsedTasks, parseTasks } from "../../batch/tasks/parse_tasks.ts";
import { readInputFile } from "../../util/bounded_file.ts";
import { decodeText } from "../../util/decode_text.ts";
import { describeReadError } from "../../util/file_errors.ts";
import {
  type CommandLine,
  getPath,
  getText,
  getWorkspace,
  type OptionValue,
} from "../command_line.ts";
import { checkSessionOptions } from "../conflicts.ts";
import type { HostInfo } from "../host.ts";
import type { OptionSpec } from "../option_spec.ts";
import { OPTIONS } from "../options.ts";
import { readExplicitPrompt } from "../prompt.ts";
import { readStdin } from "../stdin.ts";
import { usageError } from "../usage_error.ts";
import { checkValues } from "../validate.ts";

/** The options that belong to the machine, and one with which two tasks could get the same session. */
const OTHER_OPTIONS = ["api-url", "claude", "continue"];

/** The headings of the options that a task can set. */
const TASK_HEADINGS = [
  "Session and workspace",
  "Agent",
  "Timeouts and cleanup",
  "Passed on to claude",
];

const TASK_OPTIONS: OptionKinds = new Map(
  OPTIONS.filter(isTaskOption).map((spec) => [spec.name, kindOf(spec)]),
);

function isTaskOption({ name, heading, commands }: OptionSpec): boolean {
  if (!commands.includes("run") || OTHER_OPTIONS.includes(name)) return false;
  return TASK_HEADINGS.includes(heading) || name === "image";
}

function kindOf({ valueName, isRepeatable }: OptionSpec): OptionKind {
  if (valueName === undefined) return "switch";
  return isRepeatable ? "list" : "text";
}

/** The tasks of a batch, each with its command line. */
export interface BatchTasks extends ParsedTasks {
  /** The command lines of the tasks that have options of their own. */
  readonly commandLines: ReadonlyMap<Task, CommandLine>;
}

/**
 * Reads the tasks that a command line names, and keeps those of its shard.
 *
 * @throws {CcrunError} `usage` if they cannot be read, or one is not valid
 */
export async function readTasks(
  commandLine: CommandLine,
  host: HostInfo,
  notify: (message: string) => void,
): Promise<BatchTasks> {
  const { positionals, options } = commandLine;
  const [name, ...others] = positionals;
  if (name === undefined) {
    throw usageError(
      "ccrun batch needs a file with tasks",
      "use ccrun batch FILE, or - for the tasks on stdin",
    );
  }
  if (others.length > 0) {
    throw usageError(
      `ccrun batch takes one file with tasks, not ${positionals.length}`,
      "put the prompt after --prompt, and pipe a list of files to ccrun batch -",
    );
  }
  if (name !== "-" && getPath(options, "results", host.cwd) === resolve(host.cwd, name)) {
    throw usageError(
      `--results cannot be the file with the tasks, ${name}`,
      "name another file for the results",
    );
  }
  const template = await readExplicitPrompt({ positionals: [], options }, host.cwd);
  const text = name === "-"
    ? await readTasksOnStdin(commandLine, host, notify)
    : await readTaskFile(name, host.cwd);
  const source = name === "-" ? "stdin" : name;
  const parsed = parseTasks(text, {
    source,
    isJson: /\.(?:jsonl|ndjson|json)$/i.test(name) || undefined,
    template: template?.text,
    optionKinds: TASK_OPTIONS,
  });
  const commandLines = new Map(
    parsed.tasks.filter((task) => task.options.size > 0)
      .map((task) => [task, taskCommandLine(task, { source, commandLine, host })]),
  );
  const shard = parseShard(getText(options, "shard") ?? "1/1");
  const tasks = parsed.tasks.filter(({ id }) => shard === undefined || isInShard(id, shard));
  return { ...parsed, tasks, commandLines };
}

async function readTasksOnStdin(
  commandLine: CommandLine,
  host: HostInfo,
  notify: (message: string) => void,
): Promise<string> {
  const bytes = await readStdin({ commandLine, host, stdin: Deno.stdin.readable, notify });
  return bytes === undefined ? "" : decodeText(bytes);
}

async function readTaskFile(name: string, cwd: string): Promise<string> {
  try {
    return await readInputFile(resolve(cwd, name));
  } catch (error) {
    throw usageError(
      `cannot read the tasks in ${name}: ${describeReadError(error)}`,
      "name another file, or use - for the tasks on stdin",
    );
  }
}

/** Returns the command line of a task, whose options replace those of the batch. */
function taskCommandLine(
  { line, options }: Task,
  { source, commandLine, host }: {
    readonly source: string;
    readonly commandLine: CommandLine;
    readonly host: HostInfo;
  },
): CommandLine {
  const merged = new Map<string, OptionValue>(commandLine.options);
  for (const [name, values] of options) {
    merged.set(name, { values, source: `${source}, line ${line}: ${name}` });
  }
  const cwd = options.get("cwd")?.[0];
  if (cwd !== undefined) {
    const path = resolve(getWorkspace(commandLine.options, host.cwd), cwd);
    merged.set("cwd", { values: [path], source: `${source}, line ${line}: cwd` });
  }
  checkValues(merged, "run");
  checkSessionOptions(merged);
  return { ...commandLine, options: merged };
}
