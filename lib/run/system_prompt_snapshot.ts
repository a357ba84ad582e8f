import { execCapture } from "../process/exec_capture.ts";

const SNAPSHOT_OPTION = "--system-prompt-snapshot";
const RESUMES = /^(--(resume|continue)(=|$)|-[rc]$)/;
const SETS_SYSTEM_PROMPT = /^--(append-)?system-prompt(-file)?(=|$)/;

/** Whether a claude has the option, by its path. The runs of a session ask once. */
const known = new Map<string, boolean>();

/** claude prints its help within a second on an idle machine. */
const HELP_TIMEOUT_MS = 10_000;

/** What {@linkcode snapshotArguments} reads from the plan of a run. */
export interface SnapshotOptions {
  /** The claude to run. */
  readonly command: string;
  /** The other arguments of claude. */
  readonly args: readonly string[];
  readonly env: { [name: string]: string };
  readonly cwd: string;
  /** Stops claude when it resolves. */
  readonly aborted?: Promise<unknown> | undefined;
}

/**
 * Returns the arguments that give a resumed session its new system prompt. Newer versions of claude
 * send the recorded one otherwise; older versions do not know the option.
 */
export async function snapshotArguments(options: SnapshotOptions): Promise<string[]> {
  const { args } = options;
  const has = (pattern: RegExp) => args.some((arg) => pattern.test(arg));
  if (!has(RESUMES) || !has(SETS_SYSTEM_PROMPT)) return [];
  if (args.some((arg) => arg.startsWith(SNAPSHOT_OPTION))) return [];
  const isSupported = known.get(options.command) ?? await hasSnapshots(options);
  return isSupported ? [`${SNAPSHOT_OPTION}=off`] : [];
}

async function hasSnapshots({ aborted, ...program }: SnapshotOptions): Promise<boolean> {
  const { command } = program;
  const { code, stdout } = await execCapture({
    ...program,
    args: ["--help"],
    limitMs: HELP_TIMEOUT_MS,
    ...(aborted === undefined ? {} : { aborted }),
  });
  const isSupported = stdout.includes(SNAPSHOT_OPTION);
  if (code === 0) known.set(command, isSupported);
  return isSupported;
}
