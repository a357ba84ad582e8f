import { writeFailure } from "../file_error.ts";
import { CcrunError, type StopCause } from "../outcome.ts";
import { openRecordFile, type RecordFile } from "../output/record_file.ts";
import { ClaudeSession, isPendingSessionId } from "../session.ts";
import { format } from "@std/fmt/bytes";
import type { Edge } from "./edge.ts";
import type { CommandLine, Given } from "./parse.ts";
import { readPrompt } from "./prompt.ts";
import { runSettings } from "./settings.ts";
import { makeShow } from "./show.ts";
import { onEndingSignals } from "./signals.ts";

/**
 * `ccrun [run]`: runs a prompt and gives the exit code.
 *
 * @throws {CcrunError} `usage` for what is wrong before claude starts
 */
export async function runCommand(
  line: CommandLine,
  options: ReadonlyMap<string, Given>,
  edge: Edge,
): Promise<number> {
  const settings = await runSettings(options, line.rest, edge);
  const { show: showSettings, record } = settings;
  const say = (message: string) => console.error(`ccrun: ${message}`);
  const prompt = await readPrompt({
    positionals: line.positionals,
    options,
    hasRest: line.rest.length > 0,
    cwd: edge.cwd,
    stdin: Deno.stdin.readable,
    stdinIsTerminal: edge.isTerminal.stdin,
    tell: say,
  });
  const abort = new AbortController();
  const stop = (cause: StopCause) => abort.abort(cause);
  const stopListening = onEndingSignals(stop);
  let file: RecordFile | undefined;
  try {
    const { sessionId, fork } = settings.run;
    const show = await makeShow({
      settings: showSettings,
      edge,
      forkedFrom: fork && sessionId && !isPendingSessionId(sessionId) ? sessionId : undefined,
      onStdoutFailure: stop,
    });
    file = record === undefined ? undefined : await openRecordFile(record);
    if (showSettings.progress && prompt.stdinBytes > 0) {
      show.tell(`${format(prompt.stdinBytes)} read from stdin`);
    }
    const session = new ClaudeSession({
      ...settings.session,
      ...(showSettings.debug ? { diagnostics: (what) => show.tell(`debug: ${what}`) } : {}),
    });
    const events = session.run(prompt.text, {
      ...settings.run,
      signal: abort.signal,
      async onOutput(chunk) {
        await file?.write(chunk).catch((error) => {
          throw new CcrunError("failed", `cannot write --record ${record}: ${writeFailure(error)}`);
        });
        await show.bytes(chunk);
      },
    });
    return await show.events(events);
  } finally {
    stopListening();
    file?.close();
  }
}
