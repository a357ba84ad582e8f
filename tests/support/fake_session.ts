/**
 * Sessions of the library that run a fake claude.
 *
 * @module
 */

import type { RunEvent } from "../../lib/events.ts";
import { ClaudeSession, type ClaudeSessionOptions, type RunOptions } from "../../lib/mod.ts";
import { assertEvents } from "./event_schema.ts";
import { emit, fakeClaude, initLine, resultLine, textLine } from "./fake_claude.ts";
import type { Sandbox } from "./sandbox.ts";

/** The part of a fake claude that records the prompt, and the arguments one a line. */
export const RECORD = 'head -n 1 >>"$HOME/prompts"; printf "%s\\n" "$@" -- >>"$HOME/args"';

/** A fake claude that succeeds. */
export const SUCCEED = `${RECORD}; ${emit(initLine(), textLine("Done."), resultLine())}`;

/** A fake claude that reports the session and waits for SIGINT. */
export const WAIT = `${emit(initLine())}trap 'exit 1' INT; while :; do sleep 0.02; done`;

/** Creates a session whose claude is a shell script, see {@linkcode fakeClaude}. */
export async function fakeSession(
  sandbox: Sandbox,
  body: string,
  options: ClaudeSessionOptions = {},
): Promise<ClaudeSession> {
  return new ClaudeSession({
    workspace: sandbox.project,
    claudePath: await fakeClaude(sandbox, body),
    env: sandbox.env(),
    ...options,
  });
}

/** Returns the events of a run, and checks them. */
export async function eventsOf(
  session: ClaudeSession,
  prompt = "go",
  options: RunOptions = {},
): Promise<readonly RunEvent[]> {
  const events = await Array.fromAsync(session.run(prompt, options));
  assertEvents(events);
  return events;
}

/** Returns the message and the hint of the error. */
export function errorOf(events: readonly RunEvent[]): string {
  const error = events.find((event) => event.type === "error")?.error;
  return `${error?.message} | ${error?.hint}`;
}

/** Returns what a fake claude has written to a file in its home directory. */
export async function recorded(sandbox: Sandbox, name: string): Promise<string> {
  return await Deno.readTextFile(`${sandbox.home}/${name}`).catch(() => "");
}
