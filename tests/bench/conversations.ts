/**
 * Measures a second turn on a claude that was kept, and many conversations in `ccrun serve`.
 *
 * @module
 */

import { ClaudeSession } from "../../lib/mod.ts";
import { text } from "../support/api_reply.ts";
import { claudePath } from "../support/claude.ts";
import { startMessagesApi } from "../support/messages_api.ts";
import { runServeLoad } from "../support/serve_load.ts";
import type { Bench } from "./bench.ts";
import { SERVE_GROWTH_GOAL, SERVE_MEMORY_GOAL, WARM_TURN_GOAL } from "./goals.ts";
import { median, medianRatio, type Row } from "./results.ts";

/** How often each kind of turn is measured. */
const TURNS = 10;

/** Measures conversations. */
export async function conversationsSection(bench: Bench): Promise<readonly Row[]> {
  return [...await warmTurns(bench), ...await manyConversations(bench)];
}

async function warmTurns(bench: Bench): Promise<Row[]> {
  const { sandbox } = bench;
  const claude = await claudePath({ onInstall: (name) => bench.log(`installing ${name}`) });
  await using api = await startMessagesApi({ respond: () => text("Hello.") });
  const options = { workspace: sandbox.project, claudePath: claude, env: sandbox.env(api.url) };
  const cold = new ClaudeSession(options);
  await using warm = new ClaudeSession({ ...options, keepAliveMs: 60_000 });
  const times = { cold: [] as number[], warm: [] as number[] };
  // The first turns start the sessions and are not counted.
  for (let turn = 0; turn <= TURNS; turn++) {
    bench.log(turn === 0 ? "warm-up" : `turn ${turn} of ${TURNS}`);
    const [coldMs, warmMs] = [await timeToFirstMessage(cold), await timeToFirstMessage(warm)];
    if (turn === 0) continue;
    times.cold.push(coldMs);
    times.warm.push(warmMs);
  }
  return [
    { name: "first message of turn 2, cold", value: median(times.cold), unit: "ms" },
    { name: "first message of turn 2, warm", value: median(times.warm), unit: "ms" },
    {
      name: "warm turn",
      value: medianRatio(times.cold, times.warm),
      unit: "x",
      goal: WARM_TURN_GOAL,
    },
  ];
}

/** Returns the milliseconds until the first message of claude in a run. */
async function timeToFirstMessage(session: ClaudeSession): Promise<number> {
  const startedAt = performance.now();
  let ms = NaN;
  for await (const { type } of session.run("Greet me.")) {
    if (type === "session_info" && Number.isNaN(ms)) ms = performance.now() - startedAt;
  }
  return ms;
}

async function manyConversations(bench: Bench): Promise<Row[]> {
  bench.log("200 conversations of 5 turns");
  const load = { conversations: 200, turns: 5, jobs: 4, maxProcesses: 8 };
  const { megabytes, processes } = await runServeLoad(load);
  const fifth = Math.floor(megabytes.length / 5);
  const [second, last] = [megabytes.slice(fifth, 2 * fifth), megabytes.slice(-fifth)];
  bench.log("2,000 requests");
  const queue = await runServeLoad({ conversations: 20, turns: 100, jobs: 8, maxProcesses: 20 });
  return [
    {
      name: "peak memory of serve, 200 conversations",
      value: Math.max(...megabytes),
      unit: "MB",
      goal: SERVE_MEMORY_GOAL,
    },
    {
      name: "its memory in the last fifth, compared with the second",
      value: median(last) / median(second),
      unit: "x",
      goal: SERVE_GROWTH_GOAL,
    },
    { name: "claudes at the same time", value: processes, unit: "", goal: { below: 9 } },
    { name: "2,000 requests", value: queue.rate, unit: "/s" },
  ];
}
