/**
 * The session in the picture of a page: that of the other picture, run by the real Claude Code. Its times are
 * replaced, because the scripted API takes none.
 *
 * @module
 */

import type { RunEvent } from "../../lib/events.ts";
import { jsonEvents, runCcrun } from "./ccrun.ts";
import { claudePath } from "./claude.ts";
import { DEMO_FILES, DEMO_PROMPT } from "./demo_script.ts";
import { startMessagesApi } from "./messages_api.ts";
import { pictureScript } from "./picture_scene.ts";
import { makeSandbox } from "./sandbox.ts";

const SESSION_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const SOME_SESSION_ID = "e9ff419f-1a5f-46ee-a06a-e6ce97c2d717";
const SOME_TIME = "2026-03-02T09:41:00.000Z";
const SOME_HOME = "/home/ada";

/** How long a real model and real tools take until an event, in milliseconds. */
const MS_BEFORE: { readonly [type in RunEvent["type"]]?: number } = {
  session_info: 600,
  thinking: 2_400,
  text: 1_500,
  tool_use: 1_100,
  tool_result: 1_300,
  result: 300,
  exit: 200,
};

/** Runs the session and returns its events, which are the same each time. */
export async function pictureSession(): Promise<readonly RunEvent[]> {
  const claude = await claudePath();
  await using sandbox = await makeSandbox();
  const project = `${sandbox.home}/till`;
  await Deno.mkdir(project);
  for (const [name, content] of Object.entries(DEMO_FILES)) {
    await Deno.writeTextFile(`${project}/${name}`, content);
  }
  await using api = await startMessagesApi({ respond: pictureScript(project) });
  const args = ["--json", "--dangerously-skip-permissions", DEMO_PROMPT];
  const env = { CCRUN_CLAUDE: claude };
  const { code, stdout, stderr } = await runCcrun(args, {
    sandbox,
    apiUrl: api.url,
    cwd: project,
    env,
  });
  if (code !== 0) throw new Error(`the session failed:\n${stderr}`);
  const same = stdout.replaceAll(sandbox.home, SOME_HOME).replaceAll(SESSION_ID, SOME_SESSION_ID)
    .replaceAll(claude, `${SOME_HOME}/.local/bin/claude`);
  return retimed(withPrompt(jsonEvents(same)));
}

/** Adds the prompt, which a run does not report, but a stored session contains. */
function withPrompt([start, session, ...rest]: readonly RunEvent[]): RunEvent[] {
  if (start === undefined || session === undefined) throw new Error("the session has no events");
  const prompt = { type: "user_text", kind: "prompt", text: DEMO_PROMPT } as const;
  const events = [start, session, { ...prompt, seq: 0, time_ms: 0 }, ...rest];
  return events.map((event, seq) => ({ ...event, seq }));
}

/** Replaces the times. */
function retimed(events: readonly RunEvent[]): RunEvent[] {
  let now = 0;
  const calls = new Map<string, number>();
  return events.map((event): RunEvent => {
    const time_ms = now += MS_BEFORE[event.type] ?? 0;
    switch (event.type) {
      case "start":
        return { ...event, time_ms, time: SOME_TIME };
      case "tool_use":
        calls.set(event.id, now);
        return { ...event, time_ms };
      case "tool_result":
        return { ...event, time_ms, duration_ms: now - (calls.get(event.tool_use_id) ?? now) };
      case "result":
        return { ...event, time_ms, duration_ms: now, api_duration_ms: null };
      case "exit":
        return { ...event, time_ms, duration_ms: now };
      default:
        return { ...event, time_ms };
    }
  });
}
