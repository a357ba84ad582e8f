/**
 * No process of a run outlives it, however the run ends.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { apiError, message, type Reply, text } from "../support/api_reply.ts";
import { runCcrun } from "../support/ccrun.ts";
import { emit, fakeClaude, initLine, resultLine } from "../support/fake_claude.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { withFake } from "./fake_scene.ts";
import {
  assertNothingLeft,
  bash,
  checked,
  eventOf,
  eventsOf,
  type JsonRun,
  type Scene,
  SKIP,
  toolStarted,
  withScene,
} from "./scene.ts";
import { assertGone, makeStray, makeStrays, type Stray } from "./strays.ts";

const NEEDS = { commands: ["setsid", "nohup"] };

/** The ways in which a process can leave the one that started it. */
const WAYS = {
  nohup: ({ command }: Stray) => `nohup ${command} &`,
  subshell: ({ command }: Stray) => `(${command} &)`,
  session: ({ command }: Stray) => `setsid ${command} &`,
  doubleFork: ({ command }: Stray) => `(setsid sh -c '(setsid "$@" &)' sh ${command} &)`,
  // Only its session shows that it belongs to the run.
  cleared: ({ command }: Stray) => `env -i ${command} &`,
  // Ignored signals are inherited.
  deaf: ({ command }: Stray) => `(trap '' TERM INT HUP; ${command} &)`,
} as const;

const NAMES = Object.keys(WAYS) as (keyof typeof WAYS)[];

/** Returns the commands that start all strays, one after the other. */
function startAll(strays: Readonly<Record<keyof typeof WAYS, Stray>>): string {
  return NAMES.map((name) => `${WAYS[name](strays[name])}\n${strays[name].awaited}`).join("\n");
}

/** Plays a scene in which a tool starts all strays and then runs another command. */
async function withStrays(
  more: string,
  next: Reply,
  act: (scene: Scene, strays: readonly Stray[]) => Promise<void>,
): Promise<void> {
  let command = "";
  const replies: Reply[] = [() => message(text("I start it."), bash(command)), next];
  await withScene(replies, async (scene) => {
    await using strays = makeStrays(scene.sandbox, NAMES);
    command = `${startAll(strays)}\n${more}`;
    await act(scene, NAMES.map((name) => strays[name]));
  });
}

/** Returns the notices about leftover processes. */
function named(run: Pick<JsonRun, "events">, kind = "left_behind"): string {
  return eventsOf(run, "notice").filter((notice) => notice.kind === kind)
    .map((notice) => JSON.stringify(notice)).join("\n");
}

/** A short grace period, because one of the strays ignores signals. */
const GRACE = ["--grace", "2s"];

testWith(NEEDS, "ccrun stops the leftovers of a successful run and reports them", async () => {
  await withStrays("true", text("Started."), async ({ json }, strays) => {
    const events = await json([SKIP, ...GRACE, "Start it."]);
    await assertGone(...strays);
    assertEquals([events.code, eventOf(events, "result").text], [0, "Started."]);
    for (const { name } of strays) assertStringIncludes(named(events), name);
    const notice = eventsOf(events, "notice").find(({ kind }) => kind === "left_behind");
    assertEquals(notice?.level, "info");
    assertStringIncludes(notice?.text ?? "", "leftover process");
  });
});

testWith(NEEDS, "ccrun stops the leftovers of a failed run", async () => {
  const failure = apiError(400, "invalid_request_error", "no");
  await withStrays("true", failure, async ({ run }, strays) => {
    const { code, stderr } = await run([SKIP, ...GRACE, "Start it."]);
    await assertGone(...strays);
    assertEquals(code, 4, stderr);
    for (const { name } of strays) assertStringIncludes(stderr, name);
  });
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130], ["SIGHUP", 129]] as const) {
  testWith(NEEDS, `ccrun stops all processes of a run at ${signal}`, async () => {
    await withStrays("touch started; sleep 377", text("Never."), async (scene, strays) => {
      await using process = await scene.start(["--json", SKIP, ...GRACE, "Start it."]);
      await toolStarted(scene.sandbox);
      for (const stray of strays) await stray.running();
      process.kill(signal);
      const events = checked(await process.finished);
      await assertGone(...strays);
      await assertNothingLeft(scene.sandbox);
      assertEquals(events.code, code);
    });
  });
}

testWith(
  NEEDS,
  "ccrun kills everything at the second signal, even in a long grace period",
  async () => {
    await withStrays("touch started; sleep 377", text("Never."), async (scene, strays) => {
      const [polite, ...others] = strays;
      await using process = await scene.start(["--json", SKIP, "--grace", "1h", "Start it."]);
      await toolStarted(scene.sandbox);
      for (const stray of others) await stray.running();
      process.kill("SIGTERM");
      // Only the deaf process still runs, and would do so for an hour.
      await polite?.gone();
      process.kill("SIGTERM");
      const events = checked(await process.finished);
      await assertGone(...strays);
      await assertNothingLeft(scene.sandbox);
      assertEquals([events.code, events.exit.signal], [143, "SIGTERM"]);
    });
  },
);

Deno.test("ccrun finds a process without a token by its session", async () => {
  let command = "";
  await withScene([() => bash(command), text("Started.")], async ({ sandbox, json }) => {
    await using stray = makeStray(sandbox);
    // The guardian scans every 2 s. At the end of the tool the session has no leader.
    command = `${WAYS.cleared(stray)}\n${stray.awaited}; sleep 3`;
    const events = await json([SKIP, "Start it."]);
    await assertGone(stray);
    assertEquals(events.code, 0);
    assertStringIncludes(named(events), stray.name);
  });
});

testWith(
  NEEDS,
  "ccrun finds a process without a token in another session by its parent",
  async () => {
    let command = "";
    await withScene([() => bash(command), text("Never.")], async ({ sandbox, start }) => {
      await using stray = makeStray(sandbox);
      command = `env -i setsid ${stray.command} & ${stray.awaited}; touch started; wait`;
      await using process = await start(["--json", SKIP, "Start it."]);
      await toolStarted(sandbox);
      await stray.running();
      process.kill("SIGTERM");
      assertEquals(checked(await process.finished).code, 143);
      await assertGone(stray);
      await assertNothingLeft(sandbox);
    });
  },
);

testWith(NEEDS, "SIGKILL of ccrun leaves nothing of a run", async () => {
  const more = "touch started; sleep 377";
  await withStrays(more, text("Never."), async ({ sandbox, start }, strays) => {
    await using process = await start(["--json", SKIP, ...GRACE, "Start it."]);
    await toolStarted(sandbox);
    for (const stray of strays) await stray.running();
    process.kill("SIGKILL");
    assertEquals((await process.finished.catch(() => ({ code: 137 }))).code, 137);
    for (const stray of strays) await stray.gone();
    await sandbox.assertNothingLeft();
  });
});

/** An MCP server that ignores signals. */
const MCP_SERVER = `
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => {});
setInterval(() => {}, 1000);
spawn("sh", ["-c", process.argv[2]], { stdio: "ignore", detached: true });
const say = (id, result) => console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  const serverInfo = { name: "stubborn", version: "1" };
  const { protocolVersion } = params ?? {};
  if (method === "initialize") say(id, { protocolVersion, capabilities: { tools: {} }, serverInfo });
  else if (method === "tools/list") say(id, { tools: [] });
  else if (id !== undefined) say(id, {});
});
`;

Deno.test("ccrun stops an MCP server that ignores signals, and its descendants", async () => {
  await withScene([bash("echo works"), text("Done.")], async ({ sandbox, json }) => {
    await using stray = makeStray(sandbox);
    const server = `${sandbox.root}/server.mjs`;
    await Deno.writeTextFile(server, MCP_SERVER);
    const args = [server, `exec ${stray.command}`];
    const config = JSON.stringify({ mcpServers: { stubborn: { command: "node", args } } });
    const events = await json([SKIP, ...GRACE, "--mcp-config", config, "Work."]);
    await assertGone(stray);
    const [session] = eventsOf(events, "session_info");
    assertEquals(session?.mcp_servers?.map(({ name }) => name), ["stubborn"]);
    assertEquals([events.code, eventOf(events, "result").text], [0, "Done."]);
    assertStringIncludes(named(events), stray.name);
  });
});

testWith(NEEDS, "ccrun does not touch the processes of another run", async () => {
  let command = "";
  const replies = [() => bash(command), text("Done.")];
  await withScene(replies, async ({ sandbox, json, start }) => {
    await using strays = makeStrays(sandbox, ["here", "there"]);
    const options = { cwd: sandbox.home };
    command = `${WAYS.doubleFork(strays.there)}\n${strays.there.awaited}; touch started; sleep 377`;
    await using there = await start(["--json", SKIP, "Start it."]);
    await toolStarted(sandbox);
    await strays.there.running();
    const before = await sandbox.processes();

    command = `${WAYS.doubleFork(strays.here)}\n${strays.here.awaited}`;
    await using here = await start(["--json", SKIP, "Start it."], options);
    const events = checked(await here.finished);
    assertEquals(events.code, 0);
    await assertGone(strays.here);
    assertEquals((await strays.there.pids()).length, 1);
    const after = new Set(await sandbox.processes());
    assertEquals(before.filter((pid) => !after.has(pid)), []);

    there.kill("SIGTERM");
    assertEquals(checked(await there.finished).code, 143);
    await assertGone(strays.there);
    assertEquals(eventsOf(await json([SKIP, "--max-turns", "1", "Start it."]), "result").length, 1);
  });
});

/** Returns the command of a tool that starts two strays, which become orphans. */
function twoStrays(strays: Readonly<Record<"nohup" | "session", Stray>>): string {
  const { nohup, session } = strays;
  return `${WAYS.nohup(nohup)}\n${WAYS.session(session)}\n${nohup.awaited}\n${session.awaited}`;
}

testWith(
  NEEDS,
  "ccrun --keep-background keeps the leftovers of a successful run and lists them",
  async () => {
    let command = "";
    const replies: Reply[] = [() => bash(command), text("Started.")];
    await withScene(replies, async ({ sandbox, start }) => {
      for (const [args, said] of [[["--json"], "stdout"], [[], "stderr"]] as const) {
        await using strays = makeStrays(sandbox, ["nohup", "session"]);
        command = twoStrays(strays);
        await using process = await start([...args, SKIP, "--keep-background", "Start it."]);
        const result = await process.finished;
        assertEquals(result.code, 0, result.stderr);
        const line = result[said].split("\n").find((line) =>
          /kept (?:a leftover process|leftover processes): /.test(line)
        ) ?? "";
        for (const { name, pids } of [strays.nohup, strays.session]) {
          const [pid, ...others] = await pids();
          assertEquals(others, []);
          assertStringIncludes(line, `${name} (pid ${pid})`);
          Deno.kill(pid ?? 0, "SIGKILL");
        }
        await assertNothingLeft(sandbox);
      }
      // Without leftovers there is no notice.
      command = "true";
      await using process = await start(["--json", SKIP, "--keep-background", "Start it."]);
      const events = checked(await process.finished);
      assertEquals([events.code, named(events)], [0, ""]);
    });
  },
);

testWith(
  NEEDS,
  "ccrun --keep-background keeps nothing if the run fails or is stopped",
  async () => {
    let command = "";
    let next: Reply = apiError(400, "invalid_request_error", "no");
    const replies: Reply[] = [() => bash(command), () => next];
    await withScene(replies, async ({ sandbox, json, start }) => {
      {
        await using strays = makeStrays(sandbox, ["nohup", "session"]);
        command = twoStrays(strays);
        const events = await json([SKIP, "--keep-background", "Start it."]);
        await assertGone(strays.nohup, strays.session);
        assertEquals(events.code, 4);
        assertStringIncludes(named(events), "leftover process");
        assertStringIncludes(named(events), strays.session.name);
      }
      next = text("Never.");
      await using strays = makeStrays(sandbox, ["nohup", "session"]);
      command = `${twoStrays(strays)}\ntouch started; sleep 377`;
      await using process = await start(["--json", SKIP, "--keep-background", "Start it."]);
      await toolStarted(sandbox);
      process.kill("SIGINT");
      assertEquals(checked(await process.finished).code, 130);
      await assertGone(strays.nohup, strays.session);
    });
  },
);

/** How a fake claude leaves something behind and exits. */
const FORKS: readonly (readonly [string, (stray: Stray) => string])[] = [
  [
    "starts a process and dies of SIGKILL",
    (stray) => `${stray.command} & ${stray.awaited}; kill -KILL $$`,
  ],
  [
    "starts a daemon and dies of SIGSEGV",
    (stray) =>
      `(setsid sh -c '(setsid "$@" &)' sh ${stray.command} &); ${stray.awaited}; kill -SEGV $$`,
  ],
  ["starts a process and exits", (stray) => `(${stray.command} &); ${stray.awaited}; exit 3`],
];

for (const [what, script] of FORKS) {
  testWith(NEEDS, `ccrun stops the leftovers of a claude that ${what}`, async () => {
    await using sandbox = await makeSandbox();
    await using stray = makeStray(sandbox);
    const path = await fakeClaude(
      sandbox,
      `head -n 1 >/dev/null\n${emit(initLine())}${script(stray)}`,
    );
    const { code, stderr } = await runCcrun(["-q", "--claude", path, "hi"], { sandbox });
    assertEquals(code, 1, stderr);
    await assertGone(stray);
    await assertNothingLeft(sandbox);
  });
}

testWith(NEEDS, "ccrun stops processes that fork when they are asked to exit", async () => {
  // Each process starts two others in new sessions when it receives SIGTERM.
  const body = `cat >"$HOME/hydra" <<'END'
trap 'setsid sh "$0" & setsid sh "$0" & exit' TERM
while :; do sleep 0.05; done
END
setsid sh "$HOME/hydra" </dev/null >/dev/null 2>&1 &
${emit(initLine(), resultLine())}`;
  await withFake(body, async ({ run }) => {
    const { code, stderr } = await run(["-q", "--grace", "1s", "hi"]);
    assertEquals(code, 0, stderr);
  });
});
