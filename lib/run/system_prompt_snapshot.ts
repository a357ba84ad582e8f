import { execCapture, type ExecOptions } from "../process/exec_capture.ts";

const SNAPSHOT_OPTION = "--system-prompt-snapshot";
const RESUMES = /^(--(resume|continue)(=|$)|-[rc]$)/;
const SETS_SYSTEM_PROMPT = /^--(append-)?system-prompt(-file)?(=|$)/;

/** Whether a claude has the option, by its path. The runs of a session ask once. */
const known = new Map<string, boolean>();

/** claude prints its help within a second on an idle machine. */
const HELP_TIMEOUT_MS = 10_000;

/**
 * Returns the arguments that give a resumed session its new system prompt. Newer versions of claude
 * send the recorded one otherwise; older versions do not know the option.
 *
 * @param program the claude to run, with its other arguments
 */
export async function snapshotArguments(
  program: Omit<ExecOptions, "limitMs">,
): Promise<string[]> {
  const { command, args } = program;
  const has = (pattern: RegExp) => args.some((arg) => pattern.test(arg));
  if (!has(RESUMES) || !has(SETS_SYSTEM_PROMPT)) return [];
  if (args.some((arg) => arg.startsWith(SNAPSHOT_OPTION))) return [];
  const isSupported = known.get(command) ?? await hasSnapshots(program);
  return isSupported ? [`${SNAPSHOT_OPTION}=off`] : [];
}

async function hasSnapshots(program: Omit<ExecOptions, "limitMs">): Promise<boolean> {
  const { code, stdout } = await execCapture({
    ...program,
    args: ["--help"],
    limitMs: HELP_TIMEOUT_MS,
  });
  const isSupported = stdout.includes(SNAPSHOT_OPTION);
  if (code === 0) known.set(program.command, isSupported);
  return isSupported;
}
