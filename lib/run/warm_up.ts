import type { ClaudeProcess } from "./claude_process.ts";
import { prepareLaunch } from "./launch.ts";
import { locateClaude } from "./locate_claude.ts";
import { openProcess } from "./open_process.ts";
import type { ProcessKeeper } from "./process_keeper.ts";
import { checkReadPermission } from "./read_permission.ts";
import type { RunRequest } from "./request.ts";
import { graceOf } from "./stop_controller.ts";

/**
 * Starts the claude of a session before its next run, unless it runs already.
 *
 * @param request the next run, without its prompt
 * @throws {CcrunError} for what would make the run fail before claude is started
 */
export async function warmUp(request: RunRequest, keeper: ProcessKeeper): Promise<void> {
  await checkReadPermission();
  const launch = await prepareLaunch(request, await locateClaude(request));
  const { resume, fork } = request.target;
  const aborted = new Promise<undefined>(() => {});
  await keeper.acquire(fork ? undefined : resume, aborted);
  let process: ClaudeProcess | undefined;
  try {
    process = await openProcess(launch, request, {
      keeper,
      graceMs: graceOf(request),
      aborted,
      listener: { onExit: () => {} },
    });
  } finally {
    if (process === undefined) keeper.free();
    else keeper.keep(process);
  }
}
