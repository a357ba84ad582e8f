/**
 * Runs of the library with a fake claude.
 *
 * @module
 */

import type { EventOf, RunEvent } from "../../lib/events.ts";
import type { ClaudeSessionOptions } from "../../lib/mod.ts";
import { exitOf } from "../support/events_of_type.ts";
import { eventsOf, fakeSession } from "../support/fake_session.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { assertNothingLeft } from "./scene.ts";

/** The events of a run of the library. */
export interface LibraryRun {
  readonly events: readonly RunEvent[];
  /** The last one. */
  readonly exit: EventOf<"exit">;
}

/**
 * Runs a prompt with `ClaudeSession` and a fake claude, validates its events, and checks that no process is
 * left. Unlike the options of ccrun, those of the library include the time that claude has to exit.
 *
 * @param body A shell script that runs after the prompt was read.
 */
export async function runInLibrary(
  body: string,
  options: ClaudeSessionOptions = {},
): Promise<LibraryRun> {
  await using sandbox = await makeSandbox();
  const session = await fakeSession(sandbox, `head -n 1 >/dev/null\n${body}`, options);
  const events = await eventsOf(session);
  await assertNothingLeft(sandbox);
  return { events, exit: exitOf(events) };
}
