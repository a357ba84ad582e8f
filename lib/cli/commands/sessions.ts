import { type CommandLine, getSwitch, getText, type Options } from "../command_line.ts";
import type { HostInfo } from "../host.ts";
import { printAll, printMessage } from "../print.ts";
import { listTexts } from "../sessions/list.ts";
import { SessionSource } from "../sessions/session_source.ts";
import { totalsTexts } from "../sessions/totals.ts";
import type { SignalHandler } from "../signals.ts";

/** Runs `ccrun sessions`, which lists stored sessions, or adds up what they used. */
export async function sessionsCommand(
  { options }: CommandLine,
  host: HostInfo,
  signals: SignalHandler,
): Promise<number> {
  const texts = sessionsTexts(options, host, signals.abortSignal);
  return await signals.raceWithStop(printAll(texts));
}

/**
 * Returns what `ccrun sessions` prints: a table or one JSON array, each part as soon as it is read.
 *
 * @throws {CcrunError} `usage` if the workspace or its sessions cannot be read
 */
export async function* sessionsTexts(
  options: Options,
  host: HostInfo,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const source = await SessionSource.find(options, host);
  if (source.files.length === 0 && !options.has("json")) {
    printMessage(describeNone(source, getText(options, "since")));
  }
  const isTotal = getSwitch(options, "total") === true || options.has("by");
  yield* (isTotal ? totalsTexts : listTexts)({ options, host, source, signal });
  source.reportSkipped();
}

/** Returns that no sessions were found. */
function describeNone({ cwd }: SessionSource, since: string | undefined): string {
  const place = cwd === undefined ? "there are" : `${cwd} has`;
  return since === undefined ? `${place} no sessions yet` : `${place} no sessions since ${since}`;
}
