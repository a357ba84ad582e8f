import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { replaySession } from "../../lib/run/replay.ts";
import { assertEvents } from "../support/event_schema.ts";
import { brokenTranscripts } from "../support/broken_transcripts.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { storeSession } from "../support/stored_sessions.ts";

for (const { name, shown, bytes, subagents } of brokenTranscripts()) {
  Deno.test(`replaySession shows the rest of a session with ${name}`, async () => {
    await using sandbox = await makeSandbox();
    const { home, project } = sandbox;
    const { path } = await storeSession(home, project, bytes(), subagents && { subagents });
    const events: RunEvent[] = await Array.fromAsync(replaySession(path));
    assertEvents(events);
    const texts = events.flatMap((event) => "text" in event ? [event.text] : []);
    assertEquals(shown.filter((text) => !texts.includes(text)), []);
  });
}
