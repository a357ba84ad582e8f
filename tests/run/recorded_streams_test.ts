import { assertEquals } from "@std/assert";
import { replay, replaySession } from "../../lib/run/replay.ts";
import { createTempDirectory } from "../../lib/util/temp_directory.ts";
import { conversationsIn } from "../support/conversations.ts";
import { exitOf } from "../support/events_of_type.ts";
import {
  RECORDED_WORKSPACE,
  storeRecordedSession,
  TRANSCRIPTS,
} from "../support/stored_sessions.ts";

for (const name of ["2.1.332-parallel", "2.1.332-tools"]) {
  Deno.test(`replaySession shows ${name} as replay shows its stream`, async () => {
    using home = createTempDirectory();
    const { path } = await storeRecordedSession(home.path, RECORDED_WORKSPACE, name);
    using stream = await Deno.open(`${TRANSCRIPTS}/streams/${name}.jsonl`);
    const live = await Array.fromAsync(replay(stream.readable));
    const stored = await Array.fromAsync(replaySession(path));
    assertEquals(conversationsIn(stored), conversationsIn(live));
    const [exit, liveExit] = [exitOf(stored), exitOf(live)];
    assertEquals(
      [exit.ok, exit.turns, exit.usage, exit.cost_usd],
      [liveExit.ok, liveExit.turns, liveExit.usage, liveExit.cost_usd],
    );
  });
}
